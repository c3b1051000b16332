// Characters of captions in their plain form.

import Foundation

/// What ftfy does to a text besides the repair of wrong encodings.
enum CaptionText {
    /// The text in the form NFC with straight quotation marks, narrow letters, no ligatures, line feeds as the only
    /// line breaks, and without control characters.
    static func straightened(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
        let plain = HTMLUnescape.textOutsideOfTags(text).replacingOccurrences(
            of: "\u{1B}\\[[\\p{Nd};]*[a-zA-Z]", with: "", options: .regularExpression)
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in plain.unicodeScalars {
            if scalar == "\n", previous == "\r" {} else { append(scalar, to: &result) }
            previous = scalar
        }
        let joined = String(result)
        return joined.applyingTransform(StringTransform(rawValue: "NFC"), reverse: false) ?? joined
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String.UnicodeScalarView) {
        switch scalar.value {
        case 0x00...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFC: return
        case 0x0D, 0x2028, 0x2029: result.append("\n")
        case 0x80...0x9F:
            let meant = HTMLEntities.windows1252(scalar.value)
            // U+0085 is a line break as it stands, an ellipsis as it was meant.
            if meant != scalar { append(meant, to: &result) } else { result.append(scalar) }
        case 0x02BC, 0x2018...0x201B: result.append("'")
        case 0x201C...0x201F: result.append("\"")
        case 0x3000: result.append(" ")
        case 0x132, 0x133, 0x149, 0x1C4...0x1CC, 0x1F1...0x1F3, 0xFB00...0xFB06, 0xFF01...0xFFEF:
            // U+FB05 keeps its long s; the only one that is not the compatibility mapping.
            let mapped = scalar.value == 0xFB05 ? "ſt" : String(scalar).precomposedStringWithCompatibilityMapping
            for scalar in mapped.unicodeScalars {
                // The apostrophe of U+0149.
                result.append(scalar == "\u{2BC}" ? "'" : scalar)
            }
        default: result.append(scalar)
        }
    }
}

extension HTMLUnescape {
    /// As ``text(_:)``, but only if no tag can stand there, as ftfy does.
    static func textOutsideOfTags(_ text: String) -> String {
        text.utf8.contains(UInt8(ascii: "<")) ? text : self.text(text)
    }
}

extension String {
    /// Without white space at the ends, as Python's `strip` sees it.
    var trimmingCaptionSpace: String {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
        }
        var rest = unicodeScalars[...]
        while let first = rest.first, isSpace(first) { rest.removeFirst() }
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return String(rest)
    }
}
