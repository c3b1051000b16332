// One place of a sheet.

/// A picture of a sheet with what stands under it.
public struct SheetCell: Sendable, Hashable {
    /// The picture; nil for one that is missing, whose place is gray.
    public var picture: Picture?
    /// What stands under the picture; empty for nothing. A line feed begins a new line.
    public var caption: String

    /// A picture with what stands under it.
    public init(_ picture: Picture?, caption: String = "") {
        self.picture = picture
        self.caption = caption
    }
}
