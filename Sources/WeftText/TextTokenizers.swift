// Which text tokenizer a folder has.

import Foundation

/// Opens the text tokenizer of a checkpoint, whatever its format.
public enum TextTokenizers {
    /// The names of files that are looked for, the first one first. T5 has `spiece.model` beside a tokenizer.json of
    /// another model type, so that it goes before it.
    public static let fileNames = [
        "spiece.model", "tokenizer.json", "text_tokenizer.json", "tokenizer.model", "emu3.tiktoken",
    ]

    /// Opens the first file of ``fileNames`` that `folder` has; nil if it has none.
    ///
    /// - Throws: ``TextError`` that names the file if it cannot be read.
    public static func open(folder: String) throws -> (any TextTokenizer)? {
        let paths = fileNames.map { folder + "/" + $0 }
        guard let path = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) else { return nil }
        return try open(path: path)
    }

    /// Opens a tokenizer by the end of its name: `.json`, `.model`, or `emu3.tiktoken` with its second file beside it.
    ///
    /// - Throws: ``TextError`` that names the file if it cannot be read or its name is none of these.
    public static func open(path: String) throws -> any TextTokenizer {
        if path.hasSuffix(".json") { return try BytePairTokenizer(path: path) }
        if path.hasSuffix(".model") { return try SentencePieceTokenizer(path: path) }
        if path.hasSuffix("/" + TiktokenTokenizer.emu3File) {
            return try TiktokenTokenizer.emu3(folder: String(path.dropLast(TiktokenTokenizer.emu3File.count + 1)))
        }
        throw TextError("\(path): a text tokenizer is a file .json, .model or emu3.tiktoken")
    }
}
