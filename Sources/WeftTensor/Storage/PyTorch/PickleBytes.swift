// The bytes of a pickle, taken one after the other and never beyond the end.

/// A place in a pickle.
struct PickleBytes {
    private let data: UnsafeRawBufferPointer
    private let path: String
    private var position = 0

    init(_ data: UnsafeRawBufferPointer, path: String) {
        self.data = data
        self.path = path
    }

    /// An error that says where in the pickle something is wrong.
    func error(_ reason: String) -> WeightsError { WeightsError(file: path, "the pickle \(reason)") }

    /// The next bytes.
    mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
        guard count >= 0, count <= data.count - position else { throw error("is cut off") }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: data[position..<position + count])
    }

    mutating func byte() throws -> UInt8 { try take(1)[0] }

    mutating func number<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
        T(littleEndian: try take(MemoryLayout<T>.size).loadUnaligned(as: T.self))
    }

    /// A count of bytes that follow.
    mutating func length<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type) throws -> Int {
        guard let length = Int(exactly: try number(type)) else { throw error("is cut off") }
        return length
    }

    /// UTF-8 text of a known length.
    mutating func text(_ count: Int) throws -> String {
        let bytes = try take(count)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw error("has text that is not UTF-8") }
        return text
    }

    /// Text up to the end of the line.
    mutating func line() throws -> String {
        guard let end = data[position...].firstIndex(of: UInt8(ascii: "\n")) else { throw error("is cut off") }
        defer { position = end + 1 }
        guard let text = String(validating: data[position..<end], as: UTF8.self) else {
            throw error("has text that is not UTF-8")
        }
        return text
    }

    /// A number that is written out; `01` and `00` stand for true and false.
    mutating func textNumber() throws -> PickleValue {
        let text = try line()
        if text == "01" { return .bool(true) }
        if text == "00" { return .bool(false) }
        guard let number = Int(text.hasSuffix("L") ? String(text.dropLast()) : text) else { return .opaque }
        return .int(number)
    }

    mutating func textIndex() throws -> Int {
        guard let index = Int(try line()), index >= 0 else { throw error("has a place that is no number") }
        return index
    }

    /// A number of two's complement; those that do not fit are kept closed.
    mutating func long(_ count: Int) throws -> PickleValue {
        let bytes = try take(count)
        guard count <= 8 else { return .opaque }
        var value: UInt64 = (bytes.last ?? 0) & 0x80 == 0 ? 0 : .max
        for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
        return .int(Int(truncatingIfNeeded: value))
    }
}
