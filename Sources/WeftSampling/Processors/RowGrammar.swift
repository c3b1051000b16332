// RowGrammar: which tokens may stand in a row, and which may end it.

/// Masks the tokens that may not stand where a row is: one mask for its last cell, another for the cells before.
///
/// It serves grids of any size, and models whose rows end with a line token among the visual ones:
///
///     let grammar = try RowGrammar(
///         cells: TokenMask(allowing: 0..<4096, vocabularySize: 4097),
///         end: TokenMask(allowing: [4096], vocabularySize: 4097))
public struct RowGrammar: LogitsProcessor, Equatable {
    /// The tokens that may stand in all columns but the last; nil allows all.
    public let cells: TokenMask?
    /// The tokens that may stand in the last column; nil allows all.
    public let end: TokenMask?

    /// Creates the grammar.
    ///
    /// - Throws: ``SamplingError`` with `sizeMismatch` for masks of different vocabularies.
    public init(cells: TokenMask?, end: TokenMask?) throws {
        if let cells, let end, cells.vocabularySize != end.vocabularySize {
            throw SamplingError(
                .sizeMismatch,
                "the token mask of a row's end is made for \(end.vocabularySize) logits, that of its cells for "
                    + "\(cells.vocabularySize)")
        }
        self.cells = cells
        self.end = end
    }

    /// Masks the logits `[vocabulary]` of the tokens that may not stand in the context's column.
    ///
    /// - Throws: ``SamplingError`` with `sizeMismatch` if the number of logits is not that of the mask.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        try (context.column == context.columns - 1 ? end : cells)?.process(&logits, in: context)
    }
}
