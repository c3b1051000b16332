// GridGrammar: which tokens may stand in which cell of a grid.

/// Masks the tokens that may not stand in the cell of the picture that is drawn.
///
/// It is made for grids of one size, and holds each mask once, however many cells have it.
///
///     // A frame of token 0 around tokens that are not 0.
///     let frame = try TokenMask(allowing: [0], vocabularySize: 4096)
///     let inside = try TokenMask(allowing: 1..<4096, vocabularySize: 4096)
///     let grammar = try GridGrammar(rows: 16, columns: 16) { row, column in
///         row == 0 || row == 15 || column == 0 || column == 15 ? frame : inside
///     }
public struct GridGrammar: LogitsProcessor, Equatable {
    /// Rows of the grids that it is made for.
    public let rows: Int
    /// Columns of the grids that it is made for.
    public let columns: Int

    private var masks: [TokenMask] = []
    private var maskOfCell: [Int32] = []  // [rows * columns], -1 where every token is allowed

    /// Asks a rule for the mask of each cell, once.
    ///
    /// - Parameters:
    ///   - rows: 1 or more.
    ///   - columns: 1 or more.
    ///   - rule: from row and column, both from 0, to the tokens allowed there; nil allows all.
    /// - Throws: ``SamplingError`` with `invalidContext` for a grid without cells, and with `sizeMismatch` for masks of
    ///   different vocabularies; what the rule throws.
    public init(rows: Int, columns: Int, rule: (_ row: Int, _ column: Int) throws -> TokenMask?) throws {
        let grid = try SamplingContext(tokens: [], rows: rows, columns: columns)
        self.rows = rows
        self.columns = columns
        maskOfCell.reserveCapacity(grid.count)
        var places: [TokenMask: Int32] = [:]
        for cell in 0..<grid.count {
            guard let mask = try rule(cell / columns, cell % columns) else {
                maskOfCell.append(-1)
                continue
            }
            if let first = masks.first, first.vocabularySize != mask.vocabularySize {
                throw SamplingError(
                    .sizeMismatch,
                    "the token mask of row \(cell / columns), column \(cell % columns) is made for "
                        + "\(mask.vocabularySize) logits, those before it for \(first.vocabularySize)")
            }
            let place = places[mask] ?? Int32(masks.count)
            if place == masks.count {
                masks.append(mask)
                places[mask] = place
            }
            maskOfCell.append(place)
        }
    }

    /// The tokens that may stand in a cell; nil allows all, and stands for every cell outside of the grid.
    public func mask(row: Int, column: Int) -> TokenMask? {
        guard row >= 0, row < rows, column >= 0, column < columns else { return nil }
        let place = maskOfCell[row * columns + column]
        return place < 0 ? nil : masks[Int(place)]
    }

    /// Masks the logits `[vocabulary]` of the tokens that may not stand in the context's cell.
    ///
    /// - Throws: ``SamplingError`` with `invalidContext` for a picture of another grid, with `sizeMismatch` if the
    ///   number of logits is not that of the masks.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        guard context.rows == rows, context.columns == columns else {
            throw SamplingError(
                .invalidContext,
                "grid grammar is made for \(rows)x\(columns) tokens, got a picture of \(context.rows)x\(context.columns)"
            )
        }
        let place = maskOfCell[context.index]
        if place >= 0 { try masks[Int(place)].process(&logits, in: context) }
    }
}
