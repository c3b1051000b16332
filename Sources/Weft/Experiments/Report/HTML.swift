// Text as HTML.

/// Writes text into HTML.
enum HTML {
    /// A text between tags or quotes: no character of it is markup; what HTML cannot hold becomes U+FFFD.
    static func text(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\r": result += "&#13;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            default:
                let isControl = scalar.properties.generalCategory == .control
                result.unicodeScalars.append(
                    isControl || scalar.properties.isNoncharacterCodePoint ? "\u{FFFD}" : scalar)
            }
        }
        return result
    }

    /// The values of axes on one line: `size 64x64 · temperature 0.7`, as HTML.
    static func line(_ values: [AxisValue]) -> String {
        text(values.map { "\($0.key) \($0.text)" }.joined(separator: " · "))
    }

    /// At most so many characters of a text, with `…` in place of the rest.
    static func shortened(_ text: String, to count: Int) -> String {
        text.count <= count ? text : text.prefix(count - 1) + "…"
    }
}
