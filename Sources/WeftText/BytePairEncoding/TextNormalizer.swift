// What is done to a text before it is split: the normalizers of a tokenizer.json.

import Foundation

/// A normalizer; texts are UTF-16.
///
/// Source: the normalizers of Hugging Face's tokenizers library.
indirect enum TextNormalizer: Sendable {
    case nfc
    case nfd
    case nfkc
    case nfkd
    case lowercase
    case prepend([UInt16])
    case replace(SplitPattern, [UInt16])
    case strip(left: Bool, right: Bool)
    case sequence([TextNormalizer])

    /// The longest text between two steps, in code units.
    static let maximumLength = 1 << 22

    /// The text after normalization; `isFirst` becomes false if it no longer begins where it began.
    ///
    /// - Throws: ``TextError`` if the text becomes too long or a pattern takes too many steps.
    func apply(_ text: [UInt16], isFirst: inout Bool) throws -> [UInt16] {
        switch self {
        case .nfc: return try Self.transformed(text, "NFC")
        case .nfd: return try Self.transformed(text, "NFD")
        case .nfkc: return try Self.transformed(text, "NFKC")
        case .nfkd: return try Self.transformed(text, "NFKD")
        case .lowercase:
            let scalars = String(decoding: text, as: UTF16.self).unicodeScalars
            return scalars.flatMap { $0.properties.lowercaseMapping.utf16 }
        case .prepend(let prefix):
            return try text.isEmpty ? text : Self.checked(prefix.count + text.count) { prefix + text }
        case .replace(let pattern, let content):
            let matches = try pattern.matches(in: text[...])
            if content.isEmpty, let first = matches.first, first.lowerBound == 0, !first.isEmpty { isFirst = false }
            return try Self.replacing(matches, in: text, by: content)
        case .strip(let left, let right):
            if left, let first = text.first, Self.isSpace(first) { isFirst = false }
            return Self.stripped(text, left: left, right: right)
        case .sequence(let normalizers): return try normalizers.reduce(text) { try $1.apply($0, isFirst: &isFirst) }
        }
    }

    /// The text after normalization, for who does not ask where it begins.
    ///
    /// - Throws: ``TextError`` as ``apply(_:isFirst:)`` does.
    func apply(_ text: [UInt16]) throws -> [UInt16] {
        var isFirst = true
        return try apply(text, isFirst: &isFirst)
    }

    /// One of Unicode's normal forms, by ICU: Foundation's own mappings join characters wrongly beyond U+FFFF.
    private static func transformed(_ text: [UInt16], _ form: String) throws -> [UInt16] {
        // ASCII is its own normal form.
        if text.allSatisfy({ $0 < 0x80 }) { return text }
        let transform = StringTransform(rawValue: form)
        guard let result = String(decoding: text, as: UTF16.self).applyingTransform(transform, reverse: false) else {
            throw TextError("the text cannot be brought to the form \(form)")
        }
        return Array(result.utf16)
    }

    /// Calls `body` if a text of `length` code units is not too long.
    static func checked<Result>(
        _ length: Int, limit: Int = maximumLength, _ body: () throws -> Result
    ) throws -> Result {
        guard length <= limit else {
            throw TextError("the text grows to \(length) code units; at most \(limit) are encoded")
        }
        return try body()
    }

    /// The text with `content` in the place of each match.
    static func replacing(_ matches: [Range<Int>], in text: [UInt16], by content: [UInt16]) throws -> [UInt16] {
        if matches.isEmpty { return text }
        let (growth, overflow) = matches.count.multipliedReportingOverflow(by: content.count)
        let removed = matches.reduce(0) { $0 + $1.count }
        return try checked(overflow ? .max : growth + text.count - removed) {
            var result: [UInt16] = []
            var done = 0
            for match in matches {
                result += text[done..<match.lowerBound]
                result += content
                done = match.upperBound
            }
            return result + text[done...]
        }
    }

    /// Every white space character is one code unit.
    private static func isSpace(_ unit: UInt16) -> Bool { Unicode.Scalar(unit)?.properties.isWhitespace ?? false }

    private static func stripped(_ text: [UInt16], left: Bool, right: Bool) -> [UInt16] {
        var rest = text[...]
        if left { rest = rest.drop { isSpace($0) } }
        if right { while let last = rest.last, isSpace(last) { rest.removeLast() } }
        return Array(rest)
    }
}
