// What the rest of the library asks of a text tokenizer.

/// Text to token ids and back.
public protocol TextTokenizer: Sendable {
    /// The ids of `text`, without tokens for its begin or end; no ids for no text.
    ///
    /// - Throws: ``TextError`` if the text cannot be encoded.
    func encode(_ text: String) throws -> [Int]

    /// The text of `ids`.
    ///
    /// - Throws: ``TextError`` if an id is outside of the vocabulary.
    func decode(_ ids: [Int]) throws -> String

    /// The number of pieces; ids are `0..<vocabularySize`.
    var vocabularySize: Int { get }

    /// The id of a piece by its exact name, or nil if the vocabulary has no such piece.
    func id(of piece: String) -> Int?

    /// Whether an id stands for text that the vocabulary lacks: the unknown piece, or one raw byte.
    func isFallback(_ id: Int) -> Bool
}

extension TextTokenizer {
    /// The ids of a text that is given as bytes of UTF-8.
    ///
    /// - Throws: ``TextError`` that names the offset of the first byte that is not UTF-8, counted from 0, or if the
    ///   text cannot be encoded.
    public func encode(utf8 bytes: [UInt8]) throws -> [Int] {
        if let offset = UTF8Check.firstInvalidByte(bytes) {
            throw TextError("the text is not UTF-8: the byte at offset \(offset) is \(bytes[offset])")
        }
        return try encode(String(decoding: bytes, as: UTF8.self))
    }

    /// Whether `id` is `<unk>` or one of the bytes `<0x00>` to `<0xFF>`.
    public func isFallback(_ id: Int) -> Bool {
        if id == self.id(of: "<unk>") { return true }
        return (0...255).contains { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return id == self.id(of: byte < 16 ? "<0x0\(digits)>" : "<0x\(digits)>")
        }
    }
}
