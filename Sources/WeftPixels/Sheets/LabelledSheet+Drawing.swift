// Draws a labelled sheet.

extension LabelledSheet {
    /// The sheet as one picture.
    ///
    /// - Throws: ``PictureError`` if there is text and no font, the font is damaged, or the sheet would be larger than
    ///   ``PNG/maximumSide`` or ``PNG/maximumPixels``.
    public func drawn() throws -> Picture {
        let faces = hasText ? try SheetFaces(font ?? .standard(), size: fontSize) : nil
        let layout = try SheetLayout(of: self, faces: faces)
        let (width, height) = (layout.width, layout.height)
        guard width <= PNG.maximumSide, height <= PNG.maximumSide, width * height <= PNG.maximumPixels else {
            throw PictureError(
                "a sheet of \(cells.reduce(0) { $0 + $1.count }) pictures would have \(width)x\(height) pixels; "
                    + "a side has at most \(PNG.maximumSide), and all have \(PNG.maximumPixels)")
        }
        var result = try Picture(width: width, height: height, color: .white)
        drawRules(of: layout, in: &result)
        drawPictures(of: layout, in: &result)
        if let faces { try drawTexts(of: layout, with: faces, in: &result) }
        return result
    }

    private var hasText: Bool {
        !title.isEmpty || !(columnTitles + rowTitles).joined().allSatisfy(\.text.isEmpty)
            || !cells.joined().allSatisfy(\.caption.isEmpty)
    }

    private static let ink = RGB(red: 28, green: 30, blue: 33)
    private static let captionInk = RGB(red: 91, green: 97, blue: 105)
    private static let hairline = RGB(red: 218, green: 221, blue: 225)
    private static let missing = RGB(red: 243, green: 244, blue: 246)

    /// Lines under the titles of groups of columns, and between groups of rows.
    private func drawRules(of layout: SheetLayout, in picture: inout Picture) {
        for (spans, y) in zip(columnTitles.dropLast(), layout.columnRules) {
            for span in spans where !span.text.isEmpty {
                let (left, right) = layout.edges(of: span)
                picture.fill(x: left, y: y, width: right - left, height: 1, color: Self.hairline)
            }
        }
        let margin = layout.spacing.margin
        for y in layout.rowRules {
            picture.fill(x: margin, y: y, width: layout.width - 2 * margin, height: 1, color: Self.hairline)
        }
    }

    private func drawPictures(of layout: SheetLayout, in sheet: inout Picture) {
        for (row, cells) in cells.enumerated() {
            for (column, cell) in cells.enumerated() {
                let (x, y) = (layout.columns[column].x, layout.rows[row].y)
                guard let picture = cell.picture else {
                    let (width, height) = (layout.columns[column].width, layout.rows[row].pictures)
                    sheet.fill(x: x, y: y, width: width, height: height, color: Self.missing)
                    continue
                }
                sheet.fill(
                    x: x - 1, y: y - 1, width: picture.width + 2, height: picture.height + 2, color: Self.hairline)
                sheet.paste(picture, x: x, y: y)
            }
        }
    }

    private func drawTexts(of layout: SheetLayout, with faces: SheetFaces, in picture: inout Picture) throws {
        var parts = [([layout.title], faces.title, Self.ink)]
        for titles in [layout.columnTitles, layout.rowTitles] {
            for (level, texts) in titles.enumerated() { parts.append((texts, faces.heading(level: level), Self.ink)) }
        }
        parts += layout.captions.map { ($0, faces.caption, Self.captionInk) }
        for (texts, face, color) in parts {
            for text in texts {
                for (index, line) in text.lines.enumerated() {
                    let baseline = text.y + index * face.lineHeight + face.ascent
                    try face.draw(line, in: &picture, x: text.x, baseline: baseline, color: color)
                }
            }
        }
    }
}
