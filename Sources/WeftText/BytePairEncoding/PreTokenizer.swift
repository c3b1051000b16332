// How a text is cut into words before the model reads them: the pre-tokenizers of a tokenizer.json.

/// A stretch of a text on its way to words.
struct TextPiece {
    var text: ArraySlice<UInt16>
    /// Whether it begins where the whole text begins.
    var isFirst: Bool
}

/// A pre-tokenizer.
///
/// Source: the pre-tokenizers of Hugging Face's tokenizers library.
indirect enum PreTokenizer: Sendable {
    /// Which pieces get a Metaspace in front.
    enum PrependScheme: String, Sendable {
        case first, never, always
    }

    /// Cuts words as GPT-2 does where `pattern` is not nil, then spells bytes with ``ByteAlphabet``.
    case byteLevel(addsSpace: Bool, pattern: SplitPattern?)
    case split(SplitPattern, SplitBehavior, isInverted: Bool)
    case digits(individual: Bool)
    case punctuation(SplitBehavior)
    case whitespace
    case whitespaceSplit
    case metaspace(UInt16, PrependScheme, splits: Bool)
    case sequence([PreTokenizer])

    /// The words of GPT-2.
    static let wordsOfGPT2 =
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    /// The pieces of pieces.
    ///
    /// - Throws: ``TextError`` if the text becomes too long or a pattern takes too many steps.
    func apply(_ pieces: [TextPiece]) throws -> [TextPiece] {
        switch self {
        case .byteLevel(let addsSpace, let pattern): try Self.byteLevel(pieces, addsSpace, pattern)
        case .split(let pattern, let behavior, let isInverted):
            try pieces.flatMap { piece in
                behavior.pieces(of: piece, matches: try pattern.matches(in: piece.text), isInverted: isInverted)
            }
        case .digits(let individual): Self.split(by: individual ? .isolated : .contiguous, pieces) { $0.isNumber }
        case .punctuation(let behavior): Self.split(by: behavior, pieces) { $0.isPunctuation }
        case .whitespace: Self.words(pieces)
        case .whitespaceSplit: Self.split(by: .removed, pieces) { $0.properties.isWhitespace }
        case .metaspace(let character, let scheme, let splits):
            try pieces.flatMap { try Self.metaspace($0, character, scheme, splits) }
        case .sequence(let steps): try steps.reduce(pieces) { try $1.apply($0) }
        }
    }

    /// Runs of word characters, and runs of what is neither word character nor white space.
    private static func words(_ pieces: [TextPiece]) -> [TextPiece] {
        let withoutSpace = Self.split(by: .removed, pieces) { $0.properties.isWhitespace }
        return Self.split(by: .contiguous, withoutSpace) { $0.isWord }
    }

    private static func split(
        by behavior: SplitBehavior, _ pieces: [TextPiece], _ predicate: (Unicode.Scalar) -> Bool
    ) -> [TextPiece] {
        pieces.flatMap { behavior.pieces(of: $0, matches: $0.text.places(predicate), isInverted: false) }
    }

    private static func byteLevel(
        _ pieces: [TextPiece], _ addsSpace: Bool, _ pattern: SplitPattern?
    ) throws -> [TextPiece] {
        var words: [TextPiece] = []
        for piece in pieces {
            var piece = piece
            if addsSpace, piece.text.first != 0x20 { piece.text = [0x20] + piece.text }
            if let pattern {
                words += SplitBehavior.isolated.pieces(
                    of: piece, matches: try pattern.matches(in: piece.text), isInverted: false)
            } else {
                words.append(piece)
            }
        }
        let length = words.reduce(0) { total, word in word.text.reduce(total) { $0 + ($1 < 0x80 ? 1 : 3) } }
        return try TextNormalizer.checked(length, limit: 4 * TextNormalizer.maximumLength) {
            words.map { word in
                var spelled: [UInt16] = []
                spelled.reserveCapacity(word.text.count)
                _ = transcode(word.text.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: false) {
                    spelled.append(ByteAlphabet.characters[Int($0)])
                }
                return TextPiece(text: spelled[...], isFirst: word.isFirst)
            }
        }
    }

    private static func metaspace(
        _ piece: TextPiece, _ character: UInt16, _ scheme: PrependScheme, _ splits: Bool
    ) throws -> [TextPiece] {
        var text = piece.text.map { $0 == 0x20 ? character : $0 }
        let prepends = scheme == .always || (scheme == .first && piece.isFirst)
        if prepends, text.first != character { text.insert(character, at: 0) }
        let whole = TextPiece(text: text[...], isFirst: piece.isFirst)
        guard splits else { return [whole] }
        let places = text.indices.filter { text[$0] == character }.map { $0..<($0 + 1) }
        return SplitBehavior.mergedWithNext.pieces(of: whole, matches: places, isInverted: false)
    }
}

extension ArraySlice<UInt16> {
    /// The places of the characters that `predicate` wants, one by one.
    func places(_ predicate: (Unicode.Scalar) -> Bool) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var place = startIndex
        while place < endIndex {
            let unit = self[place]
            var length = 1
            var scalar = Unicode.Scalar(unit)
            if UTF16.isLeadSurrogate(unit), place + 1 < endIndex, UTF16.isTrailSurrogate(self[place + 1]) {
                length = 2
                scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(self[place + 1]) - 0xDC00))
            }
            if let scalar, predicate(scalar) { result.append(place..<(place + length)) }
            place += length
        }
        return result
    }
}
