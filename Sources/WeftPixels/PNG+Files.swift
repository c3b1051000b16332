// PNG files on disk.

extension PNG {
    /// Writes a PNG file so that there is either all of it or nothing, even if the machine stops.
    ///
    /// The bytes go to a temporary file in the same folder (its name begins with ``AtomicFile/temporaryPrefix``), are
    /// synced, and get their name at the end. On an error nothing is left behind.
    ///
    /// - Parameters:
    ///   - text: see ``encode(_:text:)``.
    ///   - path: the file; its folder must exist.
    ///   - replacing: whether a file that is there already is replaced; if not, it is an error and stays as it is.
    /// - Throws: ``PictureError`` that names the file.
    public static func write(
        _ picture: Picture, text: [TextChunk] = [], to path: String, replacing: Bool = true
    ) throws {
        let bytes = try PictureError.naming(path) { try encode(picture, text: text) }
        try AtomicFile.write(bytes, to: path, replacing: replacing)
    }

    /// Reads a PNG file; see ``decode(_:)``.
    ///
    /// - Throws: ``PictureError`` that names the file.
    public static func read(path: String) throws -> (Picture, [TextChunk]) {
        try PictureError.naming(path) { try decode(AtomicFile.read(path: path)) }
    }
}
