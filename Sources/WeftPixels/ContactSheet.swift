// Several pictures side by side in one.

/// A grid of pictures, row by row, with a border between and around them.
public struct ContactSheet: Sendable, Hashable {
    /// The number of pictures in a row; nil for as many columns as rows, or one more.
    public var columns: Int?
    /// The border between the pictures and around all of them, in pixels.
    public var padding: Int
    /// The color of the border and of what pictures leave free.
    public var background: RGB

    /// A grid with `columns` pictures in a row (nil: about a square), and a border of `padding` pixels.
    ///
    /// - Throws: ``PictureError`` if `columns` is below 1, or if `padding` is negative or above ``PNG/maximumSide``.
    public init(columns: Int? = nil, padding: Int = 4, background: RGB = .white) throws {
        if let columns, columns < 1 { throw PictureError("a contact sheet cannot have \(columns) columns") }
        guard (0...PNG.maximumSide).contains(padding) else {
            throw PictureError("a contact sheet cannot have a padding of \(padding) pixels")
        }
        self.columns = columns
        self.padding = padding
        self.background = background
    }

    /// The sheet of `pictures`; all cells are as large as the largest picture, and smaller ones stand in their middle.
    ///
    /// - Throws: ``PictureError`` if there is no picture, or if a side of the sheet is above ``PNG/maximumSide``.
    public func sheet(of pictures: [Picture]) throws -> Picture {
        guard let cellWidth = pictures.map(\.width).max(), let cellHeight = pictures.map(\.height).max() else {
            throw PictureError("a contact sheet needs a picture")
        }
        let columns = min(pictures.count, columns ?? Int(Double(pictures.count).squareRoot().rounded(.up)))
        let rows = (pictures.count - 1) / columns + 1
        let width = columns * (cellWidth + padding) + padding
        let height = rows * (cellHeight + padding) + padding
        guard width <= PNG.maximumSide, height <= PNG.maximumSide else {
            throw PictureError(
                "a sheet of \(pictures.count) pictures would have \(width)x\(height) pixels, "
                    + "and a side has at most \(PNG.maximumSide)")
        }
        var sheet = try Picture(width: width, height: height, color: background)
        for (index, picture) in pictures.enumerated() {
            let left = padding + index % columns * (cellWidth + padding)
            let top = padding + index / columns * (cellHeight + padding)
            sheet.paste(
                picture, x: left + (cellWidth - picture.width) / 2, y: top + (cellHeight - picture.height) / 2)
        }
        return sheet
    }
}
