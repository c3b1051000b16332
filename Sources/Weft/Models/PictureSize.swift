// Picture sizes and token budgets.

/// The token budget of a picture: how many visual tokens it is drawn with.
public enum Quality: String, Sendable, Codable, CaseIterable {
    /// The fewest tokens.
    case low
    /// In between.
    case medium
    /// The most tokens.
    case high
}

/// A size that a model draws, and the token budget that it takes.
public struct PictureSize: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Pixels from left to right.
    public let width: Int
    /// Pixels from top to bottom.
    public let height: Int
    /// Rows of visual tokens.
    public let rows: Int
    /// Columns of visual tokens.
    public let columns: Int
    /// The token budget.
    public let quality: Quality

    /// Visual tokens of a picture.
    public var tokenCount: Int { rows * columns }
    /// `WIDTHxHEIGHT` in pixels.
    public var description: String { "\(width)x\(height)" }
}
