// SamplingContext: where in its picture a token stands.

/// The place of the token that is to be chosen: the grid of its picture, and the tokens that were chosen before it.
///
/// A picture is a grid of visual tokens, drawn row by row from the top, each row from the left. Making a context and
/// handing it on copies no tokens and takes no memory: it shares the array. Let it go before the next token is appended
/// to that array, as appending to a shared array would copy it.
public struct SamplingContext: Sendable, Hashable {
    /// The visual tokens of the picture so far, row by row; fewer than ``count``.
    public let tokens: [Int]
    /// Rows of the picture's grid, 1 or more.
    public let rows: Int
    /// Columns of the picture's grid, 1 or more.
    public let columns: Int

    /// Creates the context of the token that follows `tokens`.
    ///
    /// - Parameters:
    ///   - tokens: the visual tokens of the picture so far, row by row; there must be a place left for one more.
    ///   - rows: rows of the grid, 1 or more.
    ///   - columns: columns of the grid, 1 or more.
    /// - Throws: ``SamplingError`` with `invalidContext`.
    public init(tokens: [Int], rows: Int, columns: Int) throws {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard rows >= 1, columns >= 1, !overflow else {
            throw SamplingError(
                .invalidContext, "a grid of tokens needs 1 row and 1 column or more, got \(rows)x\(columns)")
        }
        guard tokens.count < count else {
            throw SamplingError(
                .invalidContext,
                "a grid of \(rows)x\(columns) has room for \(count) tokens, and \(tokens.count) are chosen already")
        }
        self.tokens = tokens
        self.rows = rows
        self.columns = columns
    }

    /// Tokens of the whole picture: rows times columns.
    public var count: Int { rows * columns }

    /// The place of the token in the sequence of visual tokens, from 0.
    public var index: Int { tokens.count }

    /// The row of the token, from 0 at the top.
    public var row: Int { index / columns }

    /// The column of the token, from 0 at the left.
    public var column: Int { index % columns }

    /// How far the picture is: 0 at the first token, 1 at the last, and 0 for a picture of one token.
    public var progress: Double { count == 1 ? 0 : Double(index) / Double(count - 1) }

    /// The token chosen for another cell, by its distance from this one.
    ///
    /// - Parameters:
    ///   - rowOffset: rows downwards; negative is up.
    ///   - columnOffset: columns to the right; negative is left.
    /// - Returns: nil outside of the grid, and for a cell whose token is not chosen yet, as is this one.
    public func token(rowOffset: Int, columnOffset: Int) -> Int? {
        let (row, rowOverflow) = row.addingReportingOverflow(rowOffset)
        let (column, columnOverflow) = column.addingReportingOverflow(columnOffset)
        guard !rowOverflow, !columnOverflow else { return nil }
        return token(row: row, column: column)
    }

    /// The token chosen for a cell.
    ///
    /// - Parameters:
    ///   - row: from 0 at the top.
    ///   - column: from 0 at the left.
    /// - Returns: nil outside of the grid, and for a cell whose token is not chosen yet.
    public func token(row: Int, column: Int) -> Int? {
        guard row >= 0, row < rows, column >= 0, column < columns else { return nil }
        let index = row * columns + column
        return index < tokens.count ? tokens[index] : nil
    }

    /// The token of the cell above, nil in the first row.
    public var above: Int? { token(rowOffset: -1, columnOffset: 0) }

    /// The token of the cell to the left, nil in the first column.
    public var left: Int? { token(rowOffset: 0, columnOffset: -1) }
}
