// Tokens that are found in a text before it is split into words.

/// A token that stands outside of the vocabulary's merges.
struct AddedToken: Sendable {
    let id: Int
    let content: String
    /// Whether it counts only where no word character touches it.
    var isSingleWord = false
    /// Whether it takes the white space before it.
    var stripsLeft = false
    /// Whether it takes the white space after it.
    var stripsRight = false
}

/// Finds added tokens: the leftmost first, and of those that begin at one place the longest.
struct AddedTokens: Sendable {
    /// The longest content in bytes; every place of a text is compared with contents of each length.
    static let maximumLength = 256

    /// A stretch of a text: an added token, or what is between them.
    struct Part {
        let bytes: Range<Int>
        /// The id of the added token; nil between them.
        let id: Int?
    }

    private let tokens: [AddedToken]
    private let contents: PieceTable
    /// The lengths of the contents that begin with each byte, longest first.
    private var lengths: [[Int]]

    var isEmpty: Bool { tokens.isEmpty }

    /// A finder of `tokens` by what `content` says of each.
    ///
    /// - Throws: ``TextError`` if a content is longer than ``maximumLength``.
    init(_ tokens: [AddedToken], content: (AddedToken) throws -> String = { $0.content }) throws {
        var contents = PieceTable(capacity: tokens.count)
        var lengths: [Set<Int>] = Array(repeating: [], count: 256)
        for (index, token) in tokens.enumerated() {
            let text = try content(token)
            guard let first = text.utf8.first else { continue }
            guard text.utf8.count <= Self.maximumLength else {
                throw TextError(
                    "the added token \(text.shortened) has \(text.utf8.count) bytes; at most \(Self.maximumLength) are "
                        + "read")
            }
            // Normalization can make two contents one; the first token counts.
            guard contents.id(of: text) == nil else { continue }
            try contents.insert(text, id: index)
            lengths[Int(first)].insert(text.utf8.count)
        }
        self.tokens = tokens
        self.contents = contents
        self.lengths = lengths.map { $0.sorted(by: >) }
    }

    /// The parts of a text, which together are the whole of it.
    func split(_ text: [UInt8]) -> [Part] {
        if tokens.isEmpty { return text.isEmpty ? [] : [Part(bytes: 0..<text.count, id: nil)] }
        return text.withUnsafeBufferPointer { text in
            var parts: [Part] = []
            var done = 0
            var place = 0
            var spaceEnd = 0
            while place < text.count {
                guard let (token, length) = longest(in: text, at: place) else {
                    place += 1
                    continue
                }
                let found = place..<(place + length)
                place += length
                if token.isSingleWord, Self.touchesWord(text, found) { continue }
                // A match may lie in white space that the token before it took; what is left of it counts, if anything.
                var (start, end) = (found.lowerBound, found.upperBound)
                if token.stripsLeft { start = max(Self.spaceStart(text, start, limit: done), done) }
                if token.stripsRight {
                    if end >= spaceEnd { spaceEnd = Self.spaceEnd(text, end) }
                    end = spaceEnd
                }
                guard start < end else {
                    done = end
                    continue
                }
                if done < start { parts.append(Part(bytes: done..<start, id: nil)) }
                parts.append(Part(bytes: start..<end, id: token.id))
                done = end
            }
            if done < text.count { parts.append(Part(bytes: done..<text.count, id: nil)) }
            return parts
        }
    }

    private func longest(in text: UnsafeBufferPointer<UInt8>, at place: Int) -> (AddedToken, Int)? {
        for length in lengths[Int(text[place])] where length <= text.count - place {
            let content = UnsafeBufferPointer(rebasing: text[place..<(place + length)])
            if let index = contents.id(of: content) { return (tokens[Int(index)], length) }
        }
        return nil
    }

    // MARK: - Neighbours

    private static func scalar(_ text: UnsafeBufferPointer<UInt8>, before end: Int) -> (Unicode.Scalar, start: Int)? {
        guard end > 0 else { return nil }
        var start = end - 1
        while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
        return String(decoding: text[start..<end], as: UTF8.self).unicodeScalars.first.map { ($0, start) }
    }

    private static func scalar(_ text: UnsafeBufferPointer<UInt8>, after start: Int) -> (Unicode.Scalar, end: Int)? {
        guard start < text.count else { return nil }
        var end = start + 1
        while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
        return String(decoding: text[start..<end], as: UTF8.self).unicodeScalars.first.map { ($0, end) }
    }

    private static func touchesWord(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        if let (before, _) = scalar(text, before: range.lowerBound), before.isWord { return true }
        if let (after, _) = scalar(text, after: range.upperBound), after.isWord { return true }
        return false
    }

    /// The begin of the white space before `end`, but not before `limit`.
    private static func spaceStart(_ text: UnsafeBufferPointer<UInt8>, _ end: Int, limit: Int) -> Int {
        var result = end
        while result > limit, let (scalar, start) = scalar(text, before: result), scalar.properties.isWhitespace {
            result = start
        }
        return result
    }

    private static func spaceEnd(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var result = start
        while let (scalar, end) = scalar(text, after: result), scalar.properties.isWhitespace { result = end }
        return result
    }
}
