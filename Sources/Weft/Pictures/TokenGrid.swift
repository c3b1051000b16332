// The visual tokens of a picture, and the files that hold them.

import Foundation
import WeftModel
import WeftPixels

/// The visual tokens of one picture, as they stand in a tokens file.
public struct TokenGrid: Sendable, Hashable, Codable {
    /// The model whose image tokenizer made or reads them.
    public var model: String
    /// Rows of the grid.
    public var rows: Int
    /// Columns of the grid.
    public var columns: Int
    /// How many times the image tokenizer's own pixels a side of a token is painted with; nil for once.
    public var scale: Int?
    /// `[rows * columns]` ids, row by row; fewer where the mean of the codebook is painted for the rest.
    public var tokens: [Int]
    /// How many of them were drawn one by one; nil for all.
    public var drawn: Int?
    /// What stands in the rest of the grid; nil if all was drawn.
    public var fill: GridFill?

    /// Makes a grid; `tokens` has `rows * columns` ids, row by row, or fewer with a fill.
    public init(
        model: String, rows: Int, columns: Int, scale: Int? = nil, tokens: [Int], drawn: Int? = nil,
        fill: GridFill? = nil
    ) {
        self.model = model
        self.rows = rows
        self.columns = columns
        self.scale = scale
        self.tokens = tokens
        self.drawn = drawn
        self.fill = fill
    }

    /// Whether it says that it has fewer tokens than its grid.
    var isCut: Bool { fill != nil && drawn == tokens.count }

    /// Reads a tokens file: one grid, or a list of them.
    ///
    /// - Throws: an error that names the file, and the grid (counted from 0) that makes no sense
    public static func read(path: String) throws -> [TokenGrid] {
        struct OneOrMany: Decodable {
            let grids: [TokenGrid]

            init(from decoder: any Swift.Decoder) throws {
                if var list = try? decoder.unkeyedContainer() {
                    var grids: [TokenGrid] = []
                    while !list.isAtEnd { grids.append(try list.decode(TokenGrid.self)) }
                    self.grids = grids
                } else {
                    grids = [try TokenGrid(from: decoder)]
                }
            }
        }
        let grids = try JSONFile.read(OneOrMany.self, from: path).grids
        for (index, grid) in grids.enumerated() {
            let (count, overflow) = grid.rows.multipliedReportingOverflow(by: grid.columns)
            let fits = count == grid.tokens.count || grid.isCut && !grid.tokens.isEmpty && grid.tokens.count < count
            guard grid.rows > 0, grid.columns > 0, !overflow, fits else {
                throw WeftError(
                    .invalidFile,
                    "\(path): grid \(index) has \(grid.tokens.count) tokens for \(grid.rows) rows of \(grid.columns)")
            }
        }
        return grids
    }

    /// The text of a tokens file: one grid as an object, several as a list.
    public static func json(_ grids: [TokenGrid]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(
            decoding: grids.count == 1 ? try encoder.encode(grids[0]) : try encoder.encode(grids), as: UTF8.self)
    }

    /// Writes a tokens file at once; see ``json(_:)``.
    ///
    /// - Throws: an error that names the file
    public static func write(_ grids: [TokenGrid], to path: String) throws {
        try AtomicFile.write([UInt8]((json(grids) + "\n").utf8), to: path)
    }
}
