// A byte-pair tokenizer as Hugging Face's tokenizers library saves it.

import Foundation

/// A loaded tokenizer.json with a model of type BPE; any number of threads may use it at once.
///
/// Understood are the normalizers NFC, NFD, NFKC, NFKD, Lowercase, Prepend, Replace, Strip and Sequence, the
/// pre-tokenizers ByteLevel, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, Metaspace and Sequence, and the
/// decoders ByteLevel, ByteFallback, Fuse, Metaspace, Replace, Strip and Sequence. Anything else is an error, and so
/// are prefixes and suffixes of subwords and dropout. Truncation and padding are passed over.
///
/// Source: Hugging Face's tokenizers library 0.23, whose ids these are.
public struct BytePairTokenizer: TextTokenizer {
    /// The longest text that is encoded, in bytes of UTF-8.
    public static let maximumBytes = 1 << 22

    /// One more than the largest id.
    public let vocabularySize: Int
    /// The id of the token that the file puts at the begin of a text, if it names one.
    public var beginID: Int? { file.beginID }
    /// The id of the unknown piece.
    public var unknownID: Int? { file.model.unknownID.map { Int($0) } }

    private let file: TokenizerJSON

    /// Loads a tokenizer from a file.
    ///
    /// - Throws: ``TextError`` that names the file, and the key with its value or the line.
    public init(path: String) throws {
        let bytes = try TextFile.bytes(path, limit: TokenizerJSON.maximumSize)
        do { try self.init(bytes: bytes) } catch let error as TextError { throw TextError("\(path): \(error)") }
    }

    /// Loads a tokenizer from the bytes of its file.
    ///
    /// - Throws: ``TextError`` that names the key with its value or the line.
    public init(bytes: [UInt8]) throws {
        file = try TokenizerJSON(bytes: bytes)
        vocabularySize = max(file.model.pieces.idLimit, file.addedIDs.idLimit)
    }

    /// The ids of `text`, without tokens for its begin or end; added tokens that stand in the text are recognised.
    ///
    /// - Throws: ``TextError`` if the text is longer than 4 MiB or grows beyond that, or if a regular expression of
    ///   the file takes far too many steps.
    public func encode(_ text: String) throws -> [Int] {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumBytes else {
            throw TextError("the text has \(bytes.count) bytes; at most \(Self.maximumBytes) are encoded")
        }
        var ids: [Int] = []
        var scratch: [UInt8] = []
        for part in file.rawTokens.split(bytes) {
            if let id = part.id {
                ids.append(id)
            } else {
                let units = Array(String(decoding: bytes[part.bytes], as: UTF8.self).utf16)
                var isFirst = part.bytes.lowerBound == 0
                let normalized = try file.normalizer?.apply(units, isFirst: &isFirst) ?? units
                try encode(normalized, isFirst: isFirst, into: &ids, &scratch)
            }
        }
        return ids
    }

    /// Encodes normalized text between the added tokens of the first kind.
    private func encode(_ text: [UInt16], isFirst: Bool, into ids: inout [Int], _ scratch: inout [UInt8]) throws {
        guard !file.normalizedTokens.isEmpty else {
            return try encodeWords(TextPiece(text: text[...], isFirst: isFirst), into: &ids, &scratch)
        }
        let bytes = Array(String(decoding: text, as: UTF16.self).utf8)
        for part in file.normalizedTokens.split(bytes) {
            if let id = part.id {
                ids.append(id)
            } else {
                let units = Array(String(decoding: bytes[part.bytes], as: UTF8.self).utf16)
                let piece = TextPiece(text: units[...], isFirst: isFirst && part.bytes.lowerBound == 0)
                try encodeWords(piece, into: &ids, &scratch)
            }
        }
    }

    private func encodeWords(_ piece: TextPiece, into ids: inout [Int], _ scratch: inout [UInt8]) throws {
        guard !piece.text.isEmpty else { return }
        let words = try file.preTokenizer?.apply([piece]) ?? [piece]
        for word in words { file.model.append(word.text, to: &ids, scratch: &scratch) }
    }

    /// The text of `ids`, special tokens by their contents; bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Throws: ``TextError`` if no piece has an id.
    public func decode(_ ids: [Int]) throws -> String {
        let pieces = try ids.map { id in
            if let content = file.normalizedContents[id] { return content }
            guard let piece = piece(of: id) else { throw TextError("no piece of the vocabulary has the id \(id)") }
            return piece
        }
        guard let decoder = file.decoder else { return pieces.joined(separator: " ") }
        return try decoder.apply(pieces).joined()
    }

    /// The id of a piece of the vocabulary, in the letters that the file has, or of an added token.
    public func id(of piece: String) -> Int? {
        (file.addedIDs.id(of: piece) ?? file.model.pieces.id(of: piece)).map { Int($0) }
    }

    /// The piece of an id in the letters that the file has, or nil if no piece has the id.
    public func piece(of id: Int) -> String? {
        (file.addedIDs.piece(of: id) ?? file.model.pieces.piece(of: id)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether an id is the unknown piece, a piece `<0xXX>`, or one byte of a character beyond ASCII.
    public func isFallback(_ id: Int) -> Bool {
        if id == unknownID { return true }
        guard file.addedIDs.piece(of: id) == nil, let piece = piece(of: id) else { return false }
        if file.model.byteIDs.isEmpty {
            guard case .byteLevel = file.decoder, let bytes = ByteAlphabet.bytes(of: piece) else { return false }
            return bytes.count == 1 && bytes[0] >= 0x80
        }
        return PieceDecoder.byte(piece) != nil
    }
}
