// How pieces become text again: the decoders of a tokenizer.json.

/// A decoder; it maps the list of pieces to a list of strings.
///
/// Source: the decoders of Hugging Face's tokenizers library.
indirect enum PieceDecoder: Sendable {
    case byteLevel
    case byteFallback
    case fuse
    case metaspace(Unicode.Scalar, keepsFirst: Bool)
    case replace(SplitPattern, String)
    case strip(Unicode.Scalar, start: Int, stop: Int)
    case sequence([PieceDecoder])

    /// The strings of the pieces.
    ///
    /// - Throws: ``TextError`` if a text becomes too long or a pattern takes too many steps.
    func apply(_ pieces: [String]) throws -> [String] {
        switch self {
        case .byteLevel:
            [String(decoding: pieces.flatMap { ByteAlphabet.bytes(of: $0) ?? Array($0.utf8) }, as: UTF8.self)]
        case .byteFallback: Self.joiningBytes(pieces)
        case .fuse: [pieces.joined()]
        case .metaspace(let character, let keepsFirst):
            pieces.enumerated().map { index, piece in
                String(
                    String.UnicodeScalarView(
                        piece.unicodeScalars.compactMap { scalar in
                            guard scalar == character else { return scalar }
                            return index == 0 && !keepsFirst ? nil : " "
                        }))
            }
        case .replace(let pattern, let content):
            try pieces.map { piece in
                let text = Array(piece.utf16)
                let matches = try pattern.matches(in: text[...])
                let replaced = try TextNormalizer.replacing(matches, in: text, by: Array(content.utf16))
                return String(decoding: replaced, as: UTF16.self)
            }
        case .strip(let character, let start, let stop):
            pieces.map { Self.stripped($0, character, start, stop) }
        case .sequence(let steps): try steps.reduce(pieces) { try $1.apply($0) }
        }
    }

    /// Runs of pieces `<0xXX>` become their text, or U+FFFD for each byte if they are not UTF-8.
    private static func joiningBytes(_ pieces: [String]) -> [String] {
        var result: [String] = []
        var bytes: [UInt8] = []
        func flush() {
            guard !bytes.isEmpty else { return }
            let isText = UTF8Check.firstInvalidByte(bytes) == nil
            result.append(
                isText ? String(decoding: bytes, as: UTF8.self) : String(repeating: "\u{FFFD}", count: bytes.count))
            bytes = []
        }
        for piece in pieces {
            if let byte = byte(piece) {
                bytes.append(byte)
            } else {
                flush()
                result.append(piece)
            }
        }
        flush()
        return result
    }

    /// The byte of a piece `<0xXX>`.
    static func byte(_ piece: String) -> UInt8? {
        guard piece.utf8.count == 6, piece.hasPrefix("<0x"), piece.hasSuffix(">") else { return nil }
        let digits = piece.dropFirst(3).dropLast()
        return digits.allSatisfy { $0.isHexDigit && $0.isASCII } ? UInt8(digits, radix: 16) : nil
    }

    private static func stripped(_ piece: String, _ character: Unicode.Scalar, _ start: Int, _ stop: Int) -> String {
        var rest = Array(piece.unicodeScalars)[...]
        for _ in 0..<min(start, rest.count) where rest.first == character { rest.removeFirst() }
        for _ in 0..<min(stop, rest.count) where rest.last == character { rest.removeLast() }
        return String(String.UnicodeScalarView(rest))
    }
}
