// Reads JSON front to back without building it in memory, for files that may be made to do harm.

/// A position in JSON text, from which the caller takes the values that it expects.
package struct JSONScanner {
    /// Why a value could not be taken.
    package enum Failure: Error {
        /// The bytes are not JSON, or nested deeper than ``JSONScanner/largestDepth``.
        case syntax
        /// The value is JSON, but not of the kind that was asked for.
        case kind
    }

    /// How deep values that nobody asked for may be nested.
    package static let largestDepth = 64

    /// How many bytes were taken; where the scanner stopped if it failed.
    package private(set) var position = 0
    private let bytes: UnsafeRawBufferPointer

    /// `bytes` must outlive the scanner.
    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Takes an object; `member` must take the value that follows each key.
    package mutating func object(_ member: (_ key: String, _ scanner: inout JSONScanner) throws -> Void) throws {
        try open(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) { return }
        repeat {
            guard next() == UInt8(ascii: "\"") else { throw Failure.syntax }
            let key = try string()
            guard take(UInt8(ascii: ":")) else { throw Failure.syntax }
            try member(key, &self)
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw Failure.syntax }
    }

    /// Takes an array; `element` must take each value.
    package mutating func array(_ element: (_ scanner: inout JSONScanner) throws -> Void) throws {
        try open(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) { return }
        repeat { try element(&self) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw Failure.syntax }
    }

    /// Takes a text.
    package mutating func string() throws -> String {
        try open(UInt8(ascii: "\""))
        let start = position
        while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if peek() == UInt8(ascii: "\"") {
            position += 1
            return try text(bytes[start..<position - 1])
        }
        var unescaped = [UInt8](bytes[start..<position])
        while let byte = peek(), byte >= 0x20 {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try text(unescaped)
            case UInt8(ascii: "\\"): try escape(into: &unescaped)
            default: unescaped.append(byte)
            }
        }
        throw Failure.syntax
    }

    /// Takes a number that has no fraction or exponent and fits an `Int`.
    package mutating func integer() throws -> Int {
        guard let first = next(), first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else {
            throw try otherKind()
        }
        let start = position
        try skipScalar()
        guard let value = Int(String(decoding: bytes[start..<position].prefix(20), as: UTF8.self)),
            position - start <= 20
        else { throw Failure.kind }
        return value
    }

    /// Takes a number of any form, as it is written.
    package mutating func number() throws -> String {
        let text = try raw()
        guard let first = text.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else {
            throw Failure.kind
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Takes a value of any kind, as it is written: its bytes without the white space around it.
    package mutating func raw() throws -> UnsafeRawBufferPointer {
        _ = next()
        let start = position
        try skip()
        return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    }

    /// Takes a value of any kind and drops it.
    package mutating func skip() throws { try skip(depth: 0) }

    /// Throws unless only white space is left.
    package mutating func end() throws {
        guard next() == nil else { throw Failure.syntax }
    }

    private mutating func skip(depth: Int) throws {
        guard depth < Self.largestDepth else { throw Failure.syntax }
        switch next() {
        case UInt8(ascii: "{"): try object { _, scanner in try scanner.skip(depth: depth + 1) }
        case UInt8(ascii: "["): try array { scanner in try scanner.skip(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        default: try skipScalar()
        }
    }

    /// Skips a number, `true`, `false` or `null`.
    private mutating func skipScalar() throws {
        let start = position
        while let byte = peek(),
            (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || "+-.E".utf8.contains(byte)
        {
            position += 1
            guard position - start <= 400 else { throw Failure.syntax }
        }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        guard ["true", "false", "null"].contains(word) || Self.isNumber(word) else { throw Failure.syntax }
    }

    private mutating func escape(into result: inout [UInt8]) throws {
        guard let byte = peek() else { throw Failure.syntax }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0c)
        case UInt8(ascii: "n"): result.append(0x0a)
        case UInt8(ascii: "r"): result.append(0x0d)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            var value = try codeUnit()
            if (0xd800..<0xdc00).contains(value), peek() == UInt8(ascii: "\\") {
                position += 1
                guard peek() == UInt8(ascii: "u") else { throw Failure.syntax }
                position += 1
                let low = try codeUnit()
                guard (0xdc00..<0xe000).contains(low) else { throw Failure.syntax }
                value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw Failure.syntax }
            result.append(contentsOf: Character(scalar).utf8)
        default: throw Failure.syntax
        }
    }

    private mutating func codeUnit() throws -> UInt32 {
        guard position + 4 <= bytes.count else { throw Failure.syntax }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw Failure.syntax }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    private func text(_ utf8: some Collection<UInt8>) throws -> String {
        let text = String(decoding: utf8, as: UTF8.self)
        // Bytes that are no UTF-8 become other ones.
        guard text.utf8.elementsEqual(utf8) else { throw Failure.syntax }
        return text
    }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The next byte that is not white space, which is not taken.
    private mutating func next() -> UInt8? {
        while let byte = peek(), byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
        return peek()
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next() == byte else { return false }
        position += 1
        return true
    }

    private mutating func open(_ byte: UInt8) throws {
        guard take(byte) else { throw try otherKind() }
    }

    /// What to throw at a value that is not of the kind that was asked for, if it is a value at all.
    private mutating func otherKind() throws -> Failure {
        switch next() {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""): return .kind
        default:
            try skipScalar()
            return .kind
        }
    }
}
