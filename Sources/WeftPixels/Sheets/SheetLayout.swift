// Where everything stands on a labelled sheet.

/// Lines of a title or caption, and the top left of the first.
struct SheetText {
    var lines: [String] = []
    var x = 0
    var y = 0
}

/// The places of a sheet's pictures and text, in pixels from the top left.
///
/// Columns are placed first, since the breaks of lines follow from their widths; then rows follow from the lines.
struct SheetLayout {
    let sheet: LabelledSheet
    /// Nil if there is no text.
    let faces: SheetFaces?
    let spacing: SheetSpacing
    var width = 0
    var height = 0
    /// The left edges and widths of columns.
    var columns: [(x: Int, width: Int)] = []
    /// The top edges of rows, the heights of their highest pictures, and their whole heights.
    var rows: [(y: Int, pictures: Int, height: Int)] = []
    var title = SheetText()
    /// Titles level by level, as ``LabelledSheet/columnTitles`` and ``LabelledSheet/rowTitles`` have them.
    var columnTitles: [[SheetText]] = []
    var rowTitles: [[SheetText]] = []
    var captions: [[SheetText]] = []
    /// The rows of pixels under each level of the columns' titles, where the groups' lines are.
    var columnRules: [Int] = []
    /// The rows of pixels between groups of rows.
    var rowRules: [Int] = []

    init(of sheet: LabelledSheet, faces: SheetFaces?) throws {
        self.sheet = sheet
        self.faces = faces
        spacing = SheetSpacing(size: sheet.fontSize, hasText: faces != nil)
        let left = try placeRowTitles(from: spacing.margin)
        placeColumns(from: left)
        try placeRows(from: placeColumnTitles(from: placeTitle()))
        try fitRowTitles()
    }

    private mutating func placeColumns(from left: Int) {
        var x = left
        for column in 0..<(sheet.cells.map(\.count).max() ?? 0) {
            let pictures = sheet.cells.compactMap { column < $0.count ? $0[column].picture : nil }
            x += spacing.before(column, spacing.columnGap, in: sheet.columnTitles)
            columns.append((x, max(pictures.map(\.width).max() ?? 0, spacing.leastColumn)))
            x += columns[column].width
        }
        width = x + spacing.margin
    }

    private mutating func placeRows(from top: Int) throws {
        var y = top
        for (row, cells) in sheet.cells.enumerated() {
            let gap = spacing.before(row, spacing.rowGap, in: sheet.rowTitles)
            if gap > spacing.rowGap { rowRules.append(y + gap / 2) }
            y += gap
            let pictures = max(cells.compactMap(\.picture?.height).max() ?? 0, sheet.fontSize)
            var bottom = y + pictures
            var texts: [SheetText] = []
            for (cell, column) in zip(cells, columns) {
                var text = SheetText()
                // A caption stands right under its own picture, not under the highest of the row.
                text.x = column.x
                text.y = y + (cell.picture?.height ?? pictures) + spacing.textGap
                if let face = faces?.caption {
                    text.lines = try face.lines(of: cell.caption, width: column.width, limit: spacing.lineLimit)
                    if !text.lines.isEmpty { bottom = max(bottom, text.y + text.lines.count * face.lineHeight) }
                }
                texts.append(text)
            }
            captions.append(texts)
            if let faces, let titles = rowTitles.last {
                let face = faces.heading(level: rowTitles.count - 1)
                bottom = max(bottom, y + titles[row].lines.count * face.lineHeight)
            }
            rows.append((y, pictures, bottom - y))
            y = bottom
        }
        height = y + spacing.margin
    }

    /// The left and right edge of a group of columns.
    func edges(of span: SheetSpan) -> (left: Int, right: Int) {
        let last = columns[span.range.upperBound - 1]
        return (columns[span.range.lowerBound].x, last.x + last.width)
    }
}
