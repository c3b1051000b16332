// A reader of JSON that keeps what Foundation's readers lose and refuses what would take too much.

/// Reads one JSON text (RFC 8259) in a single pass.
struct JSONScanner {
    /// The deepest nesting that is followed.
    static let maximumDepth = 32
    /// The most values that are read; a vocabulary of 262,144 pieces with its merges as pairs has about 1.8 million.
    static let maximumValues = 6_000_000

    private let bytes: UnsafeBufferPointer<UInt8>
    private var place = 0
    private var values = 0

    /// Reads `bytes`, which must be one JSON text in UTF-8.
    ///
    /// - Throws: ``TextError`` that names the line.
    static func read(_ bytes: [UInt8]) throws -> JSONValue {
        if let offset = UTF8Check.firstInvalidByte(bytes) {
            throw TextError("the byte at offset \(offset) is not UTF-8")
        }
        return try bytes.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(bytes: buffer)
            if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { scanner.place = 3 }
            let value = try scanner.value(depth: 0)
            scanner.skipSpace()
            guard scanner.place == buffer.count else { throw scanner.error("something stands after the end") }
            return value
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private func error(_ reason: String) -> TextError {
        let line = bytes.prefix(place).reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        return TextError("line \(line): \(reason)")
    }

    private var current: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while place < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[place]) { place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        place += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        guard take(UInt8(ascii: character)) else { throw error("\(found) stands where \(character) should be") }
    }

    private var found: String {
        guard let current else { return "the end" }
        return current < 0x21 || current > 0x7E ? "the byte \(current)" : String(UnicodeScalar(current))
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        skipSpace()
        values += 1
        guard values <= Self.maximumValues else { throw error("there are more than \(Self.maximumValues) values") }
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount where !take(word.utf8Start[index]) {
            throw error("\(found) stands in the middle of \(word)")
        }
        return value
    }

    private mutating func object(depth: Int) throws -> JSONValue {
        try enter(depth)
        var entries: [JSONEntry] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(entries) }
        repeat {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw error("\(found) stands where a key should be") }
            let key = try string()
            skipSpace()
            try expect(":")
            entries.append(JSONEntry(key: key, value: try value(depth: depth + 1)))
            skipSpace()
        } while take(UInt8(ascii: ","))
        try expect("}")
        return .object(entries)
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        try enter(depth)
        var items: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(items) }
        repeat {
            items.append(try value(depth: depth + 1))
            skipSpace()
        } while take(UInt8(ascii: ","))
        try expect("]")
        return .array(items)
    }

    private mutating func enter(_ depth: Int) throws {
        guard depth < Self.maximumDepth else { throw error("the nesting is deeper than \(Self.maximumDepth)") }
        place += 1
    }

    private mutating func number() throws -> JSONValue {
        let start = place
        _ = take(UInt8(ascii: "-"))
        let digits = place
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
        guard place > digits else { throw error("\(found) stands where a value should be") }
        guard place == digits + 1 || bytes[digits] != UInt8(ascii: "0") else { throw error("a number begins with 0") }
        let integer = Int(String(decoding: bytes[start..<place], as: UTF8.self))
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try skipDigits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try skipDigits()
        }
        guard isInteger, let integer else { return .fraction }
        return .integer(integer)
    }

    private mutating func skipDigits() throws {
        let start = place
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { place += 1 }
        if place == start { throw error("\(found) stands where a digit should be") }
    }

    // MARK: - Strings

    private mutating func string() throws -> String {
        place += 1
        let start = place
        while let byte = current {
            if byte == UInt8(ascii: "\"") {
                place += 1
                return String(decoding: bytes[start..<(place - 1)], as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            if byte < 0x20 { throw error("a string has the control character \(byte)") }
            place += 1
        }
        throw error("a string is not closed")
    }

    private mutating func escapedString(from start: Int) throws -> String {
        var text = Array(bytes[start..<place])
        while let byte = current {
            place += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            if byte < 0x20 { throw error("a string has the control character \(byte)") }
            if byte == UInt8(ascii: "\\") {
                text.append(contentsOf: String(try escape()).utf8)
            } else {
                text.append(byte)
            }
        }
        throw error("a string is not closed")
    }

    private mutating func escape() throws -> Unicode.Scalar {
        let letter = current ?? 0
        place += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            var code = try fourDigits()
            if (0xD800..<0xDC00).contains(code), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
                let low = try fourDigits()
                if (0xDC00..<0xE000).contains(low) { code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00) }
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("half of a surrogate pair stands alone") }
            return scalar
        default: throw error("a string has an unknown escape")
        }
    }

    private mutating func fourDigits() throws -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("an escape \\u has no four digits")
            }
            code = code << 4 | UInt32(digit)
            place += 1
        }
        return code
    }
}
