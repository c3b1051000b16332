// The kinds of text of a sheet.

/// A sheet's font in its sizes; each drawing has its own, for a face is not for several threads.
struct SheetFaces {
    let title: TextFace
    let caption: TextFace
    private let outer: TextFace
    private let inner: TextFace

    /// - Parameter size: the size of headings in pixels an em.
    init(_ font: SheetFont, size: Int) throws {
        title = try TextFace(font.bold, pixels: size * 3 / 2)
        caption = try TextFace(font.regular, pixels: size - size / 10)
        outer = try TextFace(font.bold, pixels: size)
        inner = try TextFace(font.regular, pixels: size)
    }

    /// The face of titles of rows or columns on a level, counted from the outermost.
    func heading(level: Int) -> TextFace { level == 0 ? outer : inner }
}
