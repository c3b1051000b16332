// The text that a PNG file carries beside its pixels.

/// One text chunk of a PNG file.
public struct TextChunk: Sendable, Hashable {
    /// What the text is: 1 to 79 Latin-1 characters without spaces at the ends or two in a row (PNG, third edition, 11.3.3).
    public var keyword: String
    /// The text, without zero characters; lines end with `\n`.
    public var text: String

    /// A chunk; the rules for its parts are checked when it is written.
    public init(keyword: String, text: String) {
        self.keyword = keyword
        self.text = text
    }

    /// Whether the text can be a tEXt chunk: Latin-1 without the control characters from 128 to 159.
    var isLatin1: Bool {
        text.unicodeScalars.allSatisfy { $0.value < 128 || (160...255).contains($0.value) }
    }

    /// The keyword's Latin-1 bytes.
    func keywordBytes() throws -> [UInt8] {
        let scalars = keyword.unicodeScalars.map(\.value)
        guard (1...79).contains(scalars.count), scalars.first != 32, scalars.last != 32,
            scalars.allSatisfy({ (32...126).contains($0) || (161...255).contains($0) }),
            !zip(scalars, scalars.dropFirst()).contains(where: { $0 == 32 && $1 == 32 })
        else {
            throw PictureError("\(keyword.debugDescription) cannot be the keyword of a PNG text")
        }
        return scalars.map { UInt8($0) }
    }

    /// The text's bytes, Latin-1 for tEXt and UTF-8 for iTXt.
    func textBytes() throws -> [UInt8] {
        guard !text.utf8.contains(0) else {
            throw PictureError("the PNG text \(keyword.debugDescription) has a zero character")
        }
        return isLatin1 ? text.unicodeScalars.map { UInt8($0.value) } : Array(text.utf8)
    }
}
