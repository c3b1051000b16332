// Finds the text tokenizer of a model's folder.

import Foundation

/// The text tokenizers that model folders have.
public enum TextTokenizers {
    /// The tokenizer of a folder: `tokenizer.json`, a SentencePiece `tokenizer.model`, or Emu3's `emu3.tiktoken`.
    ///
    /// - Returns: nil if the folder has none of them
    /// - Throws: ``TextError`` that names the file and what is wrong with it
    public static func open(folder: String) throws -> (any TextTokenizer)? {
        func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }
        if exists("tokenizer.json") { return try BytePairTokenizer(path: "\(folder)/tokenizer.json") }
        if exists("tokenizer.model") { return try SentencePieceTokenizer(path: "\(folder)/tokenizer.model") }
        guard exists("emu3.tiktoken") else { return nil }
        return try TiktokenTokenizer(
            path: "\(folder)/emu3.tiktoken", specialTokens: "\(folder)/emu3_vision_tokens.txt")
    }

    /// The tokenizer in a file: a SentencePiece model (`.model`) or a `tokenizer.json` of any name.
    ///
    /// - Throws: ``TextError`` that names the file and what is wrong with it
    public static func open(path: String) throws -> any TextTokenizer {
        path.hasSuffix(".model") ? try SentencePieceTokenizer(path: path) : try BytePairTokenizer(path: path)
    }
}

extension TextTokenizer {
    /// The ids of text in bytes of UTF-8.
    ///
    /// - Throws: ``TextError`` that names the place of the first byte that is not UTF-8, counted from 0.
    public func encode(utf8 bytes: [UInt8]) throws -> [Int] {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TextError("byte \(Self.firstInvalidByte(bytes)) is not UTF-8")
        }
        return try encode(text)
    }

    private static func firstInvalidByte(_ bytes: [UInt8]) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var place = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { place += String(scalar).utf8.count }
        return place
    }
}
