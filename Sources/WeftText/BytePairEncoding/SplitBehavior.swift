// What becomes of the places at which a text is split.

/// The fate of a match: on its own, dropped, or joined to a neighbour.
enum SplitBehavior: String, Sendable {
    case isolated = "Isolated"
    case removed = "Removed"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"

    /// The pieces of a text that is split at `matches`; with `isInverted`, at what is between them.
    func pieces(of piece: TextPiece, matches: [Range<Int>], isInverted: Bool) -> [TextPiece] {
        var spans: [(range: Range<Int>, isMatch: Bool)] = []
        var done = piece.text.startIndex
        for match in matches {
            if done < match.lowerBound { spans.append((done..<match.lowerBound, isInverted)) }
            spans.append((match, !isInverted))
            done = match.upperBound
        }
        if done < piece.text.endIndex { spans.append((done..<piece.text.endIndex, isInverted)) }
        return ranges(spans).filter { !$0.isEmpty }.map { range in
            TextPiece(
                text: piece.text[range], isFirst: piece.isFirst && range.lowerBound == piece.text.startIndex)
        }
    }

    private func ranges(_ spans: [(range: Range<Int>, isMatch: Bool)]) -> [Range<Int>] {
        switch self {
        case .isolated: return spans.map { $0.range }
        case .removed: return spans.filter { !$0.isMatch }.map { $0.range }
        case .contiguous: return Self.joined(spans) { isMatch, wasMatch in isMatch == wasMatch }
        case .mergedWithPrevious: return Self.joined(spans) { isMatch, wasMatch in isMatch && !wasMatch }
        case .mergedWithNext:
            return Self.joined(spans.reversed()) { isMatch, wasMatch in isMatch && !wasMatch }.reversed()
        }
    }

    /// Joins a span to the one before it where `joins` says so.
    private static func joined(
        _ spans: [(range: Range<Int>, isMatch: Bool)], _ joins: (_ isMatch: Bool, _ wasMatch: Bool) -> Bool
    ) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var wasMatch = false
        for (range, isMatch) in spans {
            if joins(isMatch, wasMatch), let last = result.last {
                let start = min(last.lowerBound, range.lowerBound)
                result[result.count - 1] = start..<max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
            wasMatch = isMatch
        }
        return result
    }
}
