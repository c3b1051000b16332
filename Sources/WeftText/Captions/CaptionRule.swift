// The rules of the cleaning of captions, in their order.

import Foundation

/// A regular expression and what stands for its matches.
///
/// `<w>`, `<d>`, `<s>`, `<S>` and `<b>` in an expression are Python's `\w`, `\d`, `\s`, `\S` and `\b`, which ICU reads
/// in another way: `\w` has no combining marks, `\s` has U+001C to U+001F.
struct CaptionRule: Sendable {
    private let expression: NSRegularExpression
    private let replacement: String

    init(_ pattern: String, _ replacement: String) throws {
        let word = "[\\p{L}\\p{N}_]"
        var pattern = pattern
        for (short, long) in [
            ("<b>", "(?:(?<=\(word))(?!\(word))|(?<!\(word))(?=\(word)))"), ("<w>", "[\\p{L}\\p{N}_]"),
            ("<d>", "\\p{Nd}"), ("<s>", "[\\p{White_Space}\\u001C-\\u001F]"),
            ("<S>", "[^\\p{White_Space}\\u001C-\\u001F]"),
        ] { pattern = pattern.replacingOccurrences(of: short, with: long) }
        do {
            expression = try NSRegularExpression(pattern: pattern, options: .useUnixLineSeparators)
        } catch { throw TextError("the rule \(pattern.shortened) cannot be compiled") }
        self.replacement = replacement
    }

    func apply(_ text: String) throws -> String {
        let whole = NSRange(location: 0, length: text.utf16.count)
        return expression.stringByReplacingMatches(in: text, range: whole, withTemplate: replacement)
    }

    private static let address = "[a-zA-Z0-9.\\-]+\\.(?:com|co|ru|net|org|edu|gov|it)[<w>/-]*<b>/?(?!@)"
    private static let file = "png|jpg|jpeg|bmp|webp|eps|pdf|apk|mp4"

    /// A placeholder, and addresses.
    static let beforeHTML = [
        ("<person>", "person"),
        ("<b>(?:https?:(?:/{1,3}|[a-zA-Z0-9%])|\(address))", ""),
        ("<b>(?:www:(?:/{1,3}|[a-zA-Z0-9%])|\(address))", ""),
    ]

    /// Names, Chinese characters, dashes and quotation marks, numbers, file names and signs.
    static let beforeDashes = [
        ("@<w>+<b>", ""),
        // CJK strokes to the unified ideographs, all blocks in between.
        ("[\\u31C0-\\u9FFF]+", ""),
        (
            "[-\\u058A\\u05BE\\u1400\\u1806\\u2010-\\u2015\\u2E17\\u2E1A\\u2E3A\\u2E3B\\u2E40\\u301C\\u3030\\u30A0"
                + "\\uFE31\\uFE32\\uFE58\\uFE63\\uFF0D]+", "-"
        ),
        ("[`´«»“”¨]", "\""),
        ("[‘’]", "'"),
        ("&quot;?", ""),
        ("&amp", ""),
        ("<d>{1,3}\\.<d>{1,3}\\.<d>{1,3}\\.<d>{1,3}", " "),
        ("<d>:<d><d><s>+$", ""),
        ("\\\\n", " "),
        ("#<d>{1,3}<b>", ""),
        ("#<d>{5,}<b>", ""),
        ("<b><d>{6,}<b>", ""),
        ("<S>+\\.(?:\(file))", ""),
        ("[\"']{2,}", "\""),
        ("\\.{2,}", " "),
        ("[#®•©™&@·º½¾¿¡§~)(\\]\\[}{|\\\\/*]+", " "),
        ("<s>+\\.<s>+", " "),
    ]

    /// Article numbers, words of shops, sizes, space and punctuation at the ends.
    static let afterUnescape = [
        ("<b>[a-zA-Z]{1,3}<d>{3,15}<b>", ""),
        ("<b>[a-zA-Z]+<d>+[a-zA-Z]+<b>", ""),
        ("<b><d>+[a-zA-Z]+<d>+<b>", ""),
        ("(?:worldwide<s>+)?(?:free<s>+)?shipping", ""),
        ("(?:free<s>)?download(?:<s>free)?", ""),
        ("<b>click<b><s>(?:for|on)<s><w>+", ""),
        ("<b>(?:\(file))(?:<s>images?)?", ""),
        ("<b>page<s>+<d>+<b>", ""),
        ("<b><d>*[a-zA-Z]+<d>+[a-zA-Z]+<d>+[a-zA-Z\\p{Nd}]*<b>", " "),
        ("<b><d>+\\.?<d>*[xх×]<d>+\\.?<d>*<b>", ""),
        ("<b><s>+:<s>+", ": "),
        ("(\\P{Nd}[,./])<b>", "$1 "),
        ("<s>+", " "),
        ("^[\"']([\\s\\S]+)[\"']$", "$1"),
        ("^['_,\\-:;]", ""),
        ("['_,\\-:+]$", ""),
        ("^\\.<S>+$", ""),
    ]
}
