// What LlamaGen does to a caption before its text encoder reads it.

import Foundation

/// Cleans captions as those that LlamaGen's text-conditional models were trained with: lower case, without addresses, file
/// names, numbers of articles, CJK characters, and with plain punctuation.
///
/// Source: `T5Embedder.clean_caption` in FoundationVision/LlamaGen, which takes it from DeepFloyd IF; applied twice there.
/// Of what the libraries ftfy and BeautifulSoup do on the way, this has: tags removed, entities of HTML resolved (numbers and
/// the common names), ligatures and characters of full width made plain, ends of lines and control characters, composed
/// form. Text in a wrong encoding is not repaired.
public enum CaptionCleaner {
    /// The caption, cleaned once.
    public static func clean(_ caption: String) -> String {
        var text = stripped(unquoted(caption)).lowercased()
        for rule in before { text = rule.apply(to: text) }
        text = withoutTags(text)
        for rule in middle { text = rule.apply(to: text) }
        if dashes.count(in: text) > 3 { text = dashes.apply(to: text) }
        text = stripped(unescaped(unescaped(plain(text))))
        for rule in after { text = rule.apply(to: text) }
        return stripped(text)
    }

    /// A regular expression and what replaces its matches.
    private struct Rule: @unchecked Sendable {
        // @unchecked is sound: NSRegularExpression is immutable and documented to be safe in several threads.
        private let expression: NSRegularExpression?
        private let replacement: String

        init(_ pattern: String, _ replacement: String = "") {
            expression = try? NSRegularExpression(pattern: pattern)
            self.replacement = replacement
        }

        func apply(to text: String) -> String {
            let range = NSRange(location: 0, length: (text as NSString).length)
            return expression?.stringByReplacingMatches(in: text, range: range, withTemplate: replacement) ?? text
        }

        func count(in text: String) -> Int {
            expression?.numberOfMatches(in: text, range: NSRange(location: 0, length: (text as NSString).length)) ?? 0
        }
    }

    private static let domain = #"[a-zA-Z0-9.\-]+[.](?:com|co|ru|net|org|edu|gov|it)[\w/-]*\b/?(?!@)"#
    private static let kinds = "(?:png|jpg|jpeg|bmp|webp|eps|pdf|apk|mp4)"

    private static let before = [
        Rule("<person>", "person"), Rule(#"\b(?:https?:(?:/{1,3}|[a-zA-Z0-9%])|\#(domain))"#),
        Rule(#"\b(?:www:(?:/{1,3}|[a-zA-Z0-9%])|\#(domain))"#),
    ]

    private static let middle = [
        Rule(#"@[\w\d]+\b"#), Rule(#"[\u31c0-\u31ef\u31f0-\u31ff\u3200-\u4dbf\u4dc0-\u4dff\u4e00-\u9fff]+"#),
        Rule(
            #"[\u002D\u058A\u05BE\u1400\u1806\u2010-\u2015\u2E17\u2E1A\u2E3A\u2E3B\u2E40\u301C\u3030\u30A0\uFE31\uFE32\uFE58\uFE63\uFF0D]+"#,
            "-"), Rule("[`´«»“”¨]", "\""), Rule("[‘’]", "'"), Rule("&quot;?"), Rule("&amp"),
        Rule(#"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"#, " "), Rule(#"\d:\d\d\s+$"#), Rule(#"\\n"#, " "),
        Rule(#"#\d{1,3}\b"#), Rule(#"#\d{5,}\b"#), Rule(#"\b\d{6,}\b"#), Rule(#"\S+\.\#(kinds)"#),
        Rule(#"["']{2,}"#, "\""), Rule(#"\.{2,}"#, " "), Rule(#"[#®•©™&@·º½¾¿¡§~)(\]\[}{|\\/*]+"#, " "),
        Rule(#"\s+\.\s+"#, " "),
    ]

    private static let dashes = Rule("[-_]", " ")

    private static let after = [
        Rule(#"\b[a-zA-Z]{1,3}\d{3,15}\b"#), Rule(#"\b[a-zA-Z]+\d+[a-zA-Z]+\b"#), Rule(#"\b\d+[a-zA-Z]+\d+\b"#),
        Rule(#"(?:worldwide\s+)?(?:free\s+)?shipping"#), Rule(#"(?:free\s)?download(?:\sfree)?"#),
        Rule(#"\bclick\b\s(?:for|on)\s\w+"#), Rule(#"\b\#(kinds)(?:\simage[s]?)?"#), Rule(#"\bpage\s+\d+\b"#),
        Rule(#"\b\d*[a-zA-Z]+\d+[a-zA-Z]+\d+[a-zA-Z\d]*\b"#, " "), Rule(#"\b\d+\.?\d*[xх×]\d+\.?\d*\b"#),
        Rule(#"\b\s+:\s+"#, ": "), Rule(#"(\D[,./])\b"#, "$1 "), Rule(#"\s+"#, " "),
        Rule(#"^["']([\w\W]+)["']$"#, "$1"), Rule(#"^['_,\-:;]"#), Rule(#"['_,\-:+]$"#), Rule(#"^\.\S+$"#),
    ]

    private static func stripped(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

    /// `+` as a space and `%41` as a byte; what is no number of two digits stays.
    private static func unquoted(_ text: String) -> String {
        guard text.contains("%") || text.contains("+") else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16),
                bytes[index + 1] != UInt8(ascii: "+"), bytes[index + 1] != UInt8(ascii: "-")
            {
                result.append(byte)
                index += 3
            } else {
                result.append(bytes[index] == UInt8(ascii: "+") ? 0x20 : bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    // MARK: - HTML

    private static let tags = Rule(#"<!--.*?-->|</?[a-zA-Z!][^<>]*>"#)

    private static func withoutTags(_ text: String) -> String {
        guard text.contains("<") || text.contains("&") else { return text }
        return unescaped(tags.apply(to: text))
    }

    private static let names: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{a0}", "copy": "©", "reg": "®",
        "trade": "™", "hellip": "…", "mdash": "—", "ndash": "–", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”",
        "laquo": "«", "raquo": "»", "bull": "•", "middot": "·", "deg": "°", "times": "×", "euro": "€", "pound": "£",
        "cent": "¢", "yen": "¥", "sect": "§", "frac12": "½", "eacute": "é", "egrave": "è", "agrave": "à", "ccedil": "ç",
        "ouml": "ö", "uuml": "ü", "auml": "ä", "szlig": "ß", "ntilde": "ñ",
    ]

    private static let entity = try? NSRegularExpression(
        pattern: #"&(#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z0-9]{2,8});?"#)

    /// Entities as the characters that they name; those that are not known stay.
    private static func unescaped(_ text: String) -> String {
        guard text.contains("&"), let entity else { return text }
        let source = text as NSString
        var result = ""
        var end = 0
        for match in entity.matches(in: text, range: NSRange(location: 0, length: source.length)) {
            guard let character = character(source.substring(with: match.range(at: 1))) else { continue }
            result += source.substring(with: NSRange(location: end, length: match.range.location - end)) + character
            end = match.range.location + match.range.length
        }
        return result + source.substring(from: end)
    }

    private static func character(_ name: String) -> String? {
        guard name.hasPrefix("#") else { return names[name] }
        let digits = name.dropFirst()
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        let code = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return code.flatMap { Unicode.Scalar($0) }.map { String($0) }
    }

    // MARK: - Characters

    /// Ligatures, characters of full width, ends of lines and control characters made plain; composed form.
    private static func plain(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.replacing("\r\n", with: "\n").unicodeScalars {
            switch scalar.value {
            case 0x0d, 0x85, 0x2028, 0x2029: result.append("\n")
            case 0..<0x09, 0x0b, 0x0e..<0x20, 0x7f, 0xfeff, 0x206a..<0x2070, 0xfff9..<0xfffd: break
            case 0xff01..<0xff5f: result.append(Unicode.Scalar(scalar.value - 0xfee0) ?? scalar)
            case 0x3000: result.append(" ")
            case 0xfb00..<0xfb07, 0x132, 0x133, 0x149, 0x1f1..<0x1f4, 0x1c4..<0x1cd:
                result += String(scalar).precomposedStringWithCompatibilityMapping.unicodeScalars
            default: result.append(scalar)
            }
        }
        return String(result).precomposedStringWithCanonicalMapping
    }
}
