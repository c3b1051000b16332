// A value of a JSON line.

import WeftTensor

/// A value as it stands in a JSON line; the bytes are one complete value, and must outlive it.
struct JSONPromptValue: PromptValue {
    /// The value's bytes, without white space around them.
    let bytes: UnsafeRawBufferPointer

    var isAbsent: Bool { bytes.first == UInt8(ascii: "n") }

    var text: String? {
        var scanner = JSONScanner(bytes)
        return try? scanner.string()
    }

    var number: String? {
        var scanner = JSONScanner(bytes)
        return try? scanner.number()
    }

    var numbers: [String]? {
        var scanner = JSONScanner(bytes)
        var result: [String] = []
        guard (try? scanner.array { result.append(try $0.number()) }) != nil else { return nil }
        return result
    }

    var json: String? { Self.compact(bytes) }

    var excerpt: String { Excerpt.plain(bytes) }

    /// A value's text without white space outside of texts.
    static func compact(_ bytes: UnsafeRawBufferPointer) -> String {
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        var isText = false
        var isEscaped = false
        for byte in bytes {
            if !isText, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { continue }
            if byte == UInt8(ascii: "\""), !isEscaped { isText.toggle() }
            isEscaped = isText && byte == UInt8(ascii: "\\") && !isEscaped
            kept.append(byte)
        }
        return String(decoding: kept, as: UTF8.self)
    }
}
