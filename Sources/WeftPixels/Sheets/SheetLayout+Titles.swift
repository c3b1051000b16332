// Where the titles of a labelled sheet stand.

extension SheetLayout {
    /// Breaks the sheet's title and returns where what is below begins.
    mutating func placeTitle() throws -> Int {
        let margin = spacing.margin
        guard let face = faces?.title, !sheet.title.isEmpty else { return margin }
        width = max(width, min(try face.width(of: sheet.title), spacing.titleWidth) + 2 * margin)
        let lines = try face.lines(of: sheet.title, width: width - 2 * margin, limit: spacing.lineLimit)
        title = SheetText(lines: lines, x: margin, y: margin)
        return margin + lines.count * face.lineHeight + sheet.fontSize
    }

    /// Breaks the titles of columns and returns where the pictures begin.
    mutating func placeColumnTitles(from top: Int) throws -> Int {
        var y = top
        guard let faces else { return y }
        for (level, spans) in sheet.columnTitles.enumerated() {
            let face = faces.heading(level: level)
            var texts: [SheetText] = []
            for span in spans {
                let (left, right) = edges(of: span)
                let lines = try face.lines(of: span.text, width: right - left, limit: spacing.lineLimit)
                texts.append(SheetText(lines: lines, x: left))
            }
            // The last lines of a level stand side by side.
            let bottom = y + (texts.map(\.lines.count).max() ?? 0) * face.lineHeight
            for index in texts.indices { texts[index].y = bottom - texts[index].lines.count * face.lineHeight }
            columnTitles.append(texts)
            columnRules.append(bottom + spacing.textGap / 2)
            let isLast = level == sheet.columnTitles.count - 1
            y = bottom + (isLast ? spacing.textGap : spacing.textGap * 3 / 2)
        }
        return y
    }

    /// Breaks the titles of rows and returns where what is to their right begins.
    mutating func placeRowTitles(from left: Int) throws -> Int {
        var x = left
        guard let faces else { return x }
        for (level, spans) in sheet.rowTitles.enumerated() {
            let face = faces.heading(level: level)
            let texts = try spans.map { span in
                try SheetText(
                    lines: face.lines(of: span.text, width: spacing.widestRowTitle, limit: spacing.lineLimit), x: x)
            }
            rowTitles.append(texts)
            let width = try texts.flatMap(\.lines).map { try face.width(of: $0) }.max() ?? 0
            if width > 0 { x += width + spacing.titleGap }
        }
        return x
    }

    /// Gives the titles of rows their heights; a group's title gets no more lines than its rows have room for.
    mutating func fitRowTitles() throws {
        guard let faces else { return }
        for (level, spans) in sheet.rowTitles.enumerated() {
            let face = faces.heading(level: level)
            for (index, span) in spans.enumerated() {
                let (first, last) = (rows[span.range.lowerBound], rows[span.range.upperBound - 1])
                let room = max(1, (last.y + last.height - first.y) / face.lineHeight)
                rowTitles[level][index].y = first.y
                if rowTitles[level][index].lines.count > room {
                    rowTitles[level][index].lines = try face.lines(
                        of: span.text, width: spacing.widestRowTitle, limit: room)
                }
            }
        }
    }
}
