// Texts and numbers as JSON writes them, each in one way only.

/// Writes values as JSON.
enum JSONText {
    /// A text in quotation marks; only quotation marks, backslashes and control characters are escaped.
    static func quoted(_ text: String) -> String {
        var result: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
            case 0x08: result += Array("\\b".utf8)
            case 0x09: result += Array("\\t".utf8)
            case 0x0a: result += Array("\\n".utf8)
            case 0x0c: result += Array("\\f".utf8)
            case 0x0d: result += Array("\\r".utf8)
            case ..<0x20: result += Array((byte < 0x10 ? "\\u000" : "\\u00").utf8) + Array(String(byte, radix: 16).utf8)
            default: result.append(byte)
            }
        }
        result.append(UInt8(ascii: "\""))
        return String(decoding: result, as: UTF8.self)
    }

    /// The shortest text that reads as the same 32 bits; whole numbers have no fraction.
    static func number(_ value: Float) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
