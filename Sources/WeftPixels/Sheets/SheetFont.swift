// The font of the labels of a sheet.

/// A TrueType or OpenType font for labels: one file for captions and one, perhaps the same, for titles.
public struct SheetFont: Sendable, Hashable {
    /// A file that was read.
    struct File: Sendable, Hashable {
        let path: String
        let bytes: [UInt8]
    }

    let regular: File
    let bold: File

    /// The font of a file, for captions and titles.
    ///
    /// - Throws: ``PictureError`` that names the file if it cannot be read, or is no font with outlines and Unicode.
    public init(path: String) throws {
        try self.init(regular: path, bold: path)
    }

    private init(regular: String, bold: String) throws {
        self.regular = File(path: regular, bytes: try AtomicFile.read(path: regular))
        self.bold = bold == regular ? self.regular : File(path: bold, bytes: try AtomicFile.read(path: bold))
        for file in [self.regular, self.bold] { _ = try TextFace(file, pixels: LabelledSheet.standardFontSize) }
    }

    /// DejaVu Sans from one of the places where systems keep it, its bold kind for titles if it is there.
    ///
    /// - Throws: ``PictureError`` that says what to install if it is in none of them.
    public static func standard() throws -> SheetFont { try standard(in: folders) }

    /// The font in the first of some folders that has it.
    static func standard(in folders: [String]) throws -> SheetFont {
        guard let regular = folders.map({ "\($0)/DejaVuSans.ttf" }).first(where: AtomicFile.exists) else {
            throw PictureError(
                "there is no font for labels: DejaVuSans.ttf is not in \(folders.joined(separator: ", ")); "
                    + "install fonts-dejavu-core (Debian) or dejavu-sans-fonts (Fedora), or name a font file")
        }
        let bold = regular.dropLast(4) + "-Bold.ttf"
        return try SheetFont(regular: regular, bold: AtomicFile.exists(String(bold)) ? String(bold) : regular)
    }

    /// Debian, Fedora, Arch, older systems, what people install themselves, Homebrew, macOS.
    private static let folders = [
        "/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/dejavu-sans-fonts", "/usr/share/fonts/TTF",
        "/usr/share/fonts/dejavu", "/usr/local/share/fonts", "/opt/homebrew/share/fonts", "/Library/Fonts",
    ]
}
