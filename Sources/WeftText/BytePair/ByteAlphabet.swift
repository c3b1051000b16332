// The characters that byte-level vocabularies spell bytes with.

/// GPT-2's alphabet: printable bytes stand for themselves, the others for the characters from U+0100 on.
enum ByteAlphabet {
    /// The character of each byte.
    static let scalars: [Unicode.Scalar] = {
        let printable = Array(33...126) + Array(161...172) + Array(174...255)
        var next: UInt32 = 256
        return (0..<256).map { (byte: Int) in
            if printable.contains(byte) { return Unicode.Scalar(UInt8(byte)) }
            defer { next += 1 }
            return Unicode.Scalar(next) ?? " "
        }
    }()

    /// The byte of each character.
    static let bytes: [Unicode.Scalar: UInt8] = Dictionary(
        uniqueKeysWithValues: scalars.enumerated().map { ($1, UInt8($0)) })

    /// The spelling of a text's UTF-8.
    static func spelled(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for byte in text.utf8 { result.append(scalars[Int(byte)]) }
        return String(result)
    }
}
