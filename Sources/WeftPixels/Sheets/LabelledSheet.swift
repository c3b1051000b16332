// Pictures in rows and columns with titles and captions.

/// A table of pictures: a title, titles of columns and rows, and a caption under each picture, on white.
///
/// The pictures keep their pixels; a hairline goes around each. Columns are as wide as their widest picture, rows as
/// high as their highest, and groups of rows or columns stand apart. Titles and captions are broken into lines and
/// shortened with an ellipsis where they do not fit.
///
/// Letters stand from left to right, a glyph for each; letters of scripts that join or run from right to left stand
/// singly from left to right too, and those that the font lacks are boxes. The pixels of text depend on the font and
/// on the release of FreeType; all else is exact.
public struct LabelledSheet: Sendable, Hashable {
    /// The size of titles when no other is asked for, in pixels an em.
    public static let standardFontSize = 13

    /// What stands above all; empty for nothing.
    public let title: String
    /// The titles of columns, level by level.
    let columnTitles: [[SheetSpan]]
    /// The titles of rows, level by level.
    let rowTitles: [[SheetSpan]]
    /// The pictures row by row; short rows have nothing in their last columns.
    public let cells: [[SheetCell]]
    /// The size of titles in pixels an em; captions are a little smaller, and distances follow it.
    public let fontSize: Int
    /// The font; nil for the standard one, which is looked for only if there is text.
    public let font: SheetFont?

    /// A sheet of pictures with titles.
    ///
    /// - Parameters:
    ///   - title: what stands above all.
    ///   - columns: the titles of all columns, or none; a group counts as its parts.
    ///   - rows: the titles of all rows, or none.
    ///   - cells: the pictures row by row; a row may have less than the others.
    ///   - fontSize: the size of titles, from 8 to 96 pixels an em.
    ///   - font: nil for ``SheetFont/standard()``, if there is text.
    /// - Throws: ``PictureError`` if there is no picture, the titles are too few, too many or unevenly nested, or the
    ///   size is another one.
    public init(
        title: String = "", columns: [SheetTitle] = [], rows: [SheetTitle] = [], cells: [[SheetCell]],
        fontSize: Int = standardFontSize, font: SheetFont? = nil
    ) throws {
        guard cells.joined().contains(where: { $0.picture != nil }) else {
            throw PictureError("a contact sheet needs a picture")
        }
        guard (8...96).contains(fontSize) else {
            throw PictureError("the labels of a contact sheet cannot have \(fontSize) pixels; 8 to 96 are possible")
        }
        let columnCount = cells.map(\.count).max() ?? 0
        for (titles, count, kind) in [(columns, columnCount, "columns"), (rows, cells.count, "rows")] {
            let titleCount = titles.reduce(0) { $0 + $1.count }
            guard titles.isEmpty || titleCount == count else {
                throw PictureError("\(kind) of the contact sheet: \(count), titles for them: \(titleCount)")
            }
        }
        self.title = title
        columnTitles = try SheetTitle.levels(columns, kind: "columns")
        rowTitles = try SheetTitle.levels(rows, kind: "rows")
        self.cells = cells
        self.fontSize = fontSize
        self.font = font
    }

    /// Pictures in rows of `columns`; nil for as many columns as rows, or one more.
    ///
    /// - Throws: ``PictureError`` if `columns` is below 1.
    public static func rows(of cells: [SheetCell], columns: Int? = nil) throws -> [[SheetCell]] {
        if let columns, columns < 1 { throw PictureError("a contact sheet cannot have \(columns) columns") }
        let width = columns ?? max(1, Int(Double(cells.count).squareRoot().rounded(.up)))
        return stride(from: 0, to: cells.count, by: width).map { Array(cells[$0...].prefix(width)) }
    }
}
