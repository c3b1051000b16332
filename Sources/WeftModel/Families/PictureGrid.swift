// Picture sizes and the grids of visual tokens that they are drawn with.

/// A picture size and the token budget that it is drawn with.
package struct PictureGrid: Codable, Sendable, Equatable {
    /// Pixels from left to right.
    package var width: Int
    /// Pixels from top to bottom.
    package var height: Int
    /// Rows of visual tokens.
    package var rows: Int
    /// Columns of visual tokens.
    package var columns: Int
    /// `low`, `medium` or `high`.
    package var quality: String

    /// Describes a size; the values are the caller's to check.
    package init(width: Int, height: Int, rows: Int, columns: Int, quality: String) {
        self.width = width
        self.height = height
        self.rows = rows
        self.columns = columns
        self.quality = quality
    }

    /// Whether width, height and quality are the same.
    func isAsked(like other: PictureGrid) -> Bool {
        width == other.width && height == other.height && quality == other.quality
    }

    /// A grid of tokens that stand for `scale` times `scale` pixels each.
    ///
    /// The quality is that of OpenAI's token budgets: 16, 32 or 64 tokens on the short side for low, medium and high.
    package init(rows: Int, columns: Int, scale: Int) {
        let short = min(rows, columns)
        self.init(
            width: columns * scale, height: rows * scale, rows: rows, columns: columns,
            quality: short < 24 ? "low" : short < 48 ? "medium" : "high")
    }
}
