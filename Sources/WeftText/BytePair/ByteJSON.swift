// Reads JSON without changing a byte of its texts.

/// A JSON value whose texts and keys are UTF-8.
///
/// Swift's dictionaries take texts for equal that Unicode calls equivalent, such as the letter K and the sign for kelvin; in
/// a vocabulary these are two pieces.
enum ByteJSON {
    case null
    case bool(Bool)
    case number(Double)
    case text([UInt8])
    case list([ByteJSON])
    case object([(key: [UInt8], value: ByteJSON)])

    /// Parses a whole document; throws ``TextError`` that names the byte at fault.
    init(parsing bytes: UnsafeBufferPointer<UInt8>) throws {
        var scanner = Scanner(bytes: bytes)
        self = try scanner.value(depth: 0)
        scanner.skipSpace()
        guard scanner.position == bytes.count else { throw scanner.error("has more after its end") }
    }

    /// The value of a key; nil for one that is absent or null, and for what is no object.
    subscript(key: String) -> ByteJSON? {
        guard case .object(let entries) = self else { return nil }
        for entry in entries where entry.key.elementsEqual(key.utf8) {
            if case .null = entry.value { return nil }
            return entry.value
        }
        return nil
    }

    var string: String? {
        guard case .text(let bytes) = self else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    var bool: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    var int: Int? {
        guard case .number(let number) = self else { return nil }
        return Int(exactly: number)
    }

    var list: [ByteJSON]? {
        guard case .list(let items) = self else { return nil }
        return items
    }
}

/// A place in a document.
private struct Scanner {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    /// Deeper than any tokenizer is nested.
    private static let deepest = 64

    func error(_ reason: String) -> TextError { TextError("is no valid JSON: byte \(position) \(reason)") }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || (0x09...0x0d).contains(byte) && byte != 0x0b && byte != 0x0c {
            position += 1
        }
    }

    mutating func value(depth: Int) throws -> ByteJSON {
        guard depth < Self.deepest else { throw error("is nested deeper than \(Self.deepest)") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object(try entries(depth))
        case UInt8(ascii: "["): return .list(try items(depth))
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: StaticString, _ value: ByteJSON) throws -> ByteJSON {
        for index in 0..<word.utf8CodeUnitCount {
            guard next == word.utf8Start[index] else { throw error("is no value") }
            position += 1
        }
        return value
    }

    private mutating func number() throws -> Double {
        let start = position
        while let byte = next, (48...57).contains(byte) || [43, 45, 46, 69, 101].contains(byte), position - start < 64 {
            position += 1
        }
        guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            throw error("is no value")
        }
        return number
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func entries(_ depth: Int) throws -> [(key: [UInt8], value: ByteJSON)] {
        position += 1
        var result: [(key: [UInt8], value: ByteJSON)] = []
        if take(UInt8(ascii: "}")) { return result }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error("is no key") }
            let key = try text()
            guard take(UInt8(ascii: ":")) else { throw error("is no colon") }
            result.append((key, try value(depth: depth + 1)))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw error("is neither a comma nor the end of an object") }
        return result
    }

    private mutating func items(_ depth: Int) throws -> [ByteJSON] {
        position += 1
        var result: [ByteJSON] = []
        if take(UInt8(ascii: "]")) { return result }
        repeat { result.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw error("is neither a comma nor the end of a list") }
        return result
    }

    private mutating func text() throws -> [UInt8] {
        position += 1
        var result: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard String(validating: result, as: UTF8.self) != nil else {
                    throw error("ends a text that is not UTF-8")
                }
                return result
            case UInt8(ascii: "\\"): try escape(into: &result)
            case ..<0x20: throw error("is a control character in a text")
            default: result.append(byte)
            }
        }
        throw error("is the end, in the middle of a text")
    }

    private mutating func escape(into result: inout [UInt8]) throws {
        guard let byte = next else { throw error("is the end, in the middle of a text") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(8)
        case UInt8(ascii: "f"): result.append(12)
        case UInt8(ascii: "n"): result.append(10)
        case UInt8(ascii: "r"): result.append(13)
        case UInt8(ascii: "t"): result.append(9)
        case UInt8(ascii: "u"):
            var code = try unit()
            if (0xd800..<0xdc00).contains(code) {
                guard next == UInt8(ascii: "\\") else { throw error("is no second half of a character") }
                position += 1
                guard next == UInt8(ascii: "u") else { throw error("is no second half of a character") }
                position += 1
                let low = try unit()
                guard (0xdc00..<0xe000).contains(low) else { throw error("is no second half of a character") }
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("is no character") }
            result += Array(String(scalar).utf8)
        default: throw error("is an unknown escape")
        }
    }

    private mutating func unit() throws -> UInt32 {
        guard bytes.count - position >= 4,
            let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw error("is no character") }
        position += 4
        return code
    }
}
