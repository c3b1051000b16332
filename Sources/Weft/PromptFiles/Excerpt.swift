// Values of files in messages: short, and on one line.

/// Makes what stands in a file fit for a message.
enum Excerpt {
    /// How many characters of a value are shown.
    static let length = 60

    /// A text in quotation marks; what is long is cut, control characters are escaped.
    static func quoted(_ text: String) -> String { "\"\(plain(text.utf8))\"" }

    /// Bytes as text without quotation marks; what is long is cut, control characters are escaped.
    static func plain(_ bytes: some Collection<UInt8>) -> String {
        // Enough bytes for all characters that are shown, so that a long value costs no more than a short one.
        let head = bytes.prefix(4 * length + 4)
        let scalars = Array(String(decoding: head, as: UTF8.self).unicodeScalars)
        var result = ""
        for scalar in scalars.prefix(length) {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .format:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + (scalars.count > length ? "..." : "")
    }
}
