// A picture that weft grid puts on its sheet.

import WeftPixels

/// A PNG file with what it tells about its picture.
struct GridFile {
    let path: String
    /// The picture as it stands on the sheet, perhaps enlarged.
    let picture: Picture
    /// The size in the file.
    let size: String
    /// What weft wrote about the picture; nil if another program made the file.
    let metadata: GenerationMetadata?

    /// Reads a PNG file.
    ///
    /// - Parameter scale: how many pixels wide and high a pixel becomes
    init(path: String, scale: Int) throws {
        let (picture, chunks) = try PNG.read(path: path)
        self.path = path
        size = "\(picture.width)x\(picture.height)"
        do {
            self.picture = try picture.enlarged(by: scale)
            metadata = try GenerationMetadata(chunks)
        } catch let error as PictureError {
            throw PictureError(error.reason, file: path)
        }
    }
}
