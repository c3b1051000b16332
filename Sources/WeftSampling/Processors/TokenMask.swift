// TokenMask: the tokens that may be chosen at all.

/// Masks every token that is not in a fixed set of allowed ids.
///
/// For rules that change from cell to cell there are ``RowGrammar`` and ``GridGrammar``; for all others, write a
/// ``LogitsProcessor`` that looks at the context and hands on to one of several masks.
public struct TokenMask: LogitsProcessor, Hashable {
    /// The number of logits that the mask fits.
    public let vocabularySize: Int
    /// The number of tokens that are allowed, at least 1.
    public let allowedCount: Int

    private var words: [UInt64]  // bit `id % 64` of word `id / 64`: the token is allowed

    /// Allows single ids, or one range of ids; an id may come more than once.
    ///
    /// - Throws: ``SamplingError`` with `invalidToken` for an id outside of `0..<vocabularySize`, with `invalidSetting`
    ///   if the vocabulary is empty or no id is given.
    public init(allowing ids: some Sequence<Int>, vocabularySize: Int) throws {
        try self.init(vocabularySize: vocabularySize) { words in
            for id in ids {
                guard id >= 0, id < vocabularySize else { throw Self.outside(id, vocabularySize) }
                words[id / 64] |= 1 << UInt64(id % 64)
            }
        }
    }

    /// Allows ranges of ids; they may overlap and be empty.
    ///
    /// - Throws: ``SamplingError`` with `invalidToken` for a range that leaves `0..<vocabularySize`, with
    ///   `invalidSetting` if the vocabulary is empty or no id is given.
    public init(allowingRanges ranges: [Range<Int>], vocabularySize: Int) throws {
        try self.init(allowing: ranges.joined(), vocabularySize: vocabularySize)
    }

    private init(vocabularySize: Int, fill: (inout [UInt64]) throws -> Void) throws {
        guard vocabularySize > 0 else {
            throw SamplingError(.invalidSetting, "vocabulary size must be 1 or more, got \(vocabularySize)")
        }
        var words = [UInt64](repeating: 0, count: (vocabularySize + 63) / 64)
        try fill(&words)
        self.vocabularySize = vocabularySize
        self.words = words
        allowedCount = words.reduce(0) { $0 + $1.nonzeroBitCount }
        if allowedCount == 0 {
            throw SamplingError(.invalidSetting, "a token mask must allow at least one token, got none")
        }
    }

    private static func outside(_ id: Int, _ vocabularySize: Int) -> SamplingError {
        SamplingError(.invalidToken, "allowed token id \(id) is outside of the vocabulary 0..<\(vocabularySize)")
    }

    /// Whether a token may be chosen; false outside of the vocabulary.
    public func allows(_ id: Int) -> Bool {
        id >= 0 && id < vocabularySize && words[id / 64] >> UInt64(id % 64) & 1 == 1
    }

    /// Masks the logits `[vocabulary]` of all other tokens.
    ///
    /// - Throws: ``SamplingError`` with `sizeMismatch` if the number of logits is not ``vocabularySize``.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        guard logits.count == vocabularySize else {
            throw SamplingError(
                .sizeMismatch, "token mask is made for \(vocabularySize) logits, got \(logits.count)")
        }
        for (word, bits) in words.enumerated() where bits != .max {
            for id in word * 64..<min(word * 64 + 64, vocabularySize) where bits >> UInt64(id % 64) & 1 == 0 {
                logits[id] = -.infinity
            }
        }
    }
}
