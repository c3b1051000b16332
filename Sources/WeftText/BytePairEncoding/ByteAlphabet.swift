// The visible characters that stand for bytes in the vocabularies of byte-level models.

/// One character for each byte: printable ones of Latin-1 for themselves, U+0100 and up for the others.
///
/// Source: `bytes_to_unicode` of GPT-2 (A. Radford et al., 2019).
enum ByteAlphabet {
    /// The character of each byte.
    static let characters: [UInt16] = {
        var next: UInt16 = 256
        return (UInt8.min...UInt8.max).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return UInt16(byte)
            default:
                next += 1
                return next - 1
            }
        }
    }()

    /// The byte of each character.
    static let bytes: [UInt16: UInt8] = Dictionary(
        uniqueKeysWithValues: zip(characters, UInt8.min...UInt8.max))

    /// The bytes that the characters of a piece stand for, or nil if one stands for none.
    static func bytes(of piece: String) -> [UInt8]? {
        var result: [UInt8] = []
        for unit in piece.utf16 {
            guard let byte = bytes[unit] else { return nil }
            result.append(byte)
        }
        return result
    }
}
