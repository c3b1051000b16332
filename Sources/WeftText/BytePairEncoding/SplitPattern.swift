// What a tokenizer.json searches for in a text: a string or a regular expression.

import Foundation

/// A compiled pattern; searching takes a bounded number of steps.
struct SplitPattern: Sendable {
    private enum Kind: Sendable {
        case literal([UInt16])
        case expression(NSRegularExpression)
    }

    private let kind: Kind

    /// A pattern that is itself.
    init(literal: String) throws {
        guard !literal.isEmpty else { throw TextError("a pattern is empty") }
        kind = .literal(Array(literal.utf16))
    }

    /// A regular expression in Oniguruma's syntax.
    ///
    /// - Throws: ``TextError`` if it has an error or something that is not supported.
    init(expression: String) throws {
        let translated = try PatternTranslator.icu(expression)
        do {
            let options: NSRegularExpression.Options = [.anchorsMatchLines, .useUnixLineSeparators]
            kind = .expression(try NSRegularExpression(pattern: translated, options: options))
        } catch { throw TextError("the regular expression \(expression.shortened) cannot be read") }
    }

    /// The places of the matches from left to right, without overlaps.
    ///
    /// - Throws: ``TextError`` if a regular expression takes far too many steps.
    func matches(in text: ArraySlice<UInt16>) throws -> [Range<Int>] {
        switch kind {
        case .literal(let literal): Self.places(of: literal, in: text)
        case .expression(let expression): try Self.matches(of: expression, in: text)
        }
    }

    private static func places(of literal: [UInt16], in text: ArraySlice<UInt16>) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var place = text.startIndex
        while place + literal.count <= text.endIndex {
            if text[place] == literal[0], text[place...].starts(with: literal) {
                result.append(place..<(place + literal.count))
                place += literal.count
            } else {
                place += 1
            }
        }
        return result
    }

    private static func matches(of expression: NSRegularExpression, in text: ArraySlice<UInt16>) throws -> [Range<Int>]
    {
        guard !text.isEmpty else { return [] }
        let string = String(decoding: text, as: UTF16.self)
        var result: [Range<Int>] = []
        // ICU reports after each 10,000 steps or so.
        var reports = 2000 + text.count / 100
        expression.enumerateMatches(
            in: string, options: .reportProgress, range: NSRange(location: 0, length: text.count)
        ) { match, _, stop in
            guard let match else {
                reports -= 1
                if reports <= 0 { stop.pointee = true }
                return
            }
            let start = text.startIndex + match.range.location
            let range = start..<(start + match.range.length)
            // An empty match right after another one is none.
            if range.isEmpty, result.last?.upperBound == start { return }
            result.append(range)
        }
        guard reports > 0 else { throw TextError("a regular expression of the tokenizer takes too many steps") }
        return result
    }
}
