// Regular expressions of tokenizers, and how text is cut by them.

import Foundation

/// A pattern in the dialect of the tokenizers library (Oniguruma), run by ICU.
struct TextPattern: @unchecked Sendable {
    // @unchecked is sound: NSRegularExpression is immutable and documented to be safe in several threads.
    private let expression: NSRegularExpression

    /// What becomes of the matches.
    enum Behavior: String, Sendable, CaseIterable {
        case removed = "Removed"
        case isolated = "Isolated"
        case mergedWithPrevious = "MergedWithPrevious"
        case mergedWithNext = "MergedWithNext"
        case contiguous = "Contiguous"
    }

    /// GPT-2's pattern, which byte-level tokenizers have built in.
    static let gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    /// Compiles a pattern.
    ///
    /// Throws ``TextError`` for one that makes no sense.
    init(_ pattern: String) throws {
        do {
            expression = try NSRegularExpression(pattern: Self.translated(pattern))
        } catch {
            throw TextError("the regular expression \(pattern.prefix(80).debugDescription) cannot be read")
        }
    }

    /// The pattern of a plain text.
    init(literal: String) throws { try self.init(NSRegularExpression.escapedPattern(for: literal)) }

    /// White space is Unicode's property in one dialect, a shorter list in the other.
    private static func translated(_ pattern: String) -> String {
        var result = ""
        var escaped = false
        for character in pattern {
            switch (escaped, character) {
            case (true, "s"): result += #"[\t-\r\x{85}\p{Z}]"#
            case (true, "S"): result += #"[^\t-\r\x{85}\p{Z}]"#
            case (true, _): result += "\\\(character)"
            case (false, "\\"): break
            default: result.append(character)
            }
            escaped = !escaped && character == "\\"
        }
        return result
    }

    /// Where the pattern matches, in UTF-16 units.
    private func matches(_ text: NSString) -> [NSRange] {
        expression.matches(in: text as String, range: NSRange(location: 0, length: text.length)).map(\.range)
            .filter { $0.length > 0 }
    }

    /// The text with all matches replaced.
    func replacing(in text: String, with content: String) -> String {
        let source = text as NSString
        var result = ""
        var end = 0
        for match in matches(source) {
            result += source.substring(with: NSRange(location: end, length: match.location - end)) + content
            end = match.location + match.length
        }
        return end == 0 ? text : result + source.substring(from: end)
    }

    /// The pieces of a text.
    ///
    /// - Parameter isInverted: whether what lies between the matches counts as matches instead
    func split(_ text: String, _ behavior: Behavior, isInverted: Bool) -> [String] {
        let source = text as NSString
        var spans: [(range: NSRange, isMatch: Bool)] = []
        var end = 0
        for match in matches(source) {
            if match.location > end {
                spans.append((NSRange(location: end, length: match.location - end), isInverted))
            }
            spans.append((match, !isInverted))
            end = match.location + match.length
        }
        if end < source.length { spans.append((NSRange(location: end, length: source.length - end), isInverted)) }
        return Self.joined(spans, behavior).map { source.substring(with: $0) }
    }

    private static func joined(_ spans: [(range: NSRange, isMatch: Bool)], _ behavior: Behavior) -> [NSRange] {
        func union(_ a: NSRange, _ b: NSRange) -> NSRange {
            NSRange(location: a.location, length: b.location + b.length - a.location)
        }
        var result: [NSRange] = []
        var previous = false  // whether the span before was a match
        switch behavior {
        case .isolated: return spans.map(\.range)
        case .removed: return spans.filter { !$0.isMatch }.map(\.range)
        case .contiguous:
            for (index, span) in spans.enumerated() {
                if index > 0, span.isMatch == previous, let last = result.popLast() {
                    result.append(union(last, span.range))
                } else {
                    result.append(span.range)
                }
                previous = span.isMatch
            }
        case .mergedWithPrevious:
            for span in spans {
                if span.isMatch, !previous, let last = result.popLast() {
                    result.append(union(last, span.range))
                } else {
                    result.append(span.range)
                }
                previous = span.isMatch
            }
        case .mergedWithNext:
            for span in spans.reversed() {
                if span.isMatch, !previous, let last = result.popLast() {
                    result.append(union(span.range, last))
                } else {
                    result.append(span.range)
                }
                previous = span.isMatch
            }
            result.reverse()
        }
        return result
    }
}
