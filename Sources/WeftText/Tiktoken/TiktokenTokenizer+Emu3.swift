// The tokenizer of Emu3 and Emu3.5 as their own repositories have it.

extension TiktokenTokenizer {
    /// The file with the ranks of Emu3.
    static let emu3File = "emu3.tiktoken"
    /// The file with the names of Emu3's picture tokens, one a line.
    static let emu3VisionFile = "emu3_vision_tokens.txt"

    /// Loads the tokenizer of Emu3 from a folder with `emu3.tiktoken` and `emu3_vision_tokens.txt`.
    ///
    /// The special tokens follow the ranks from id 151643 on: `<|endoftext|>`, `<|im_start|>`, `<|im_end|>`,
    /// `<|extra_0|>` to `<|extra_204|>`, and then those of the second file in its order.
    ///
    /// - Throws: ``TextError`` that names the file and the line.
    public static func emu3(folder: String) throws -> TiktokenTokenizer {
        let visionPath = folder + "/" + emu3VisionFile
        let bytes = try TextFile.bytes(visionPath, limit: maximumFileBytes)
        if let offset = UTF8Check.firstInvalidByte(bytes) {
            throw TextError("\(visionPath): the byte at offset \(offset) is not UTF-8")
        }
        let vision = bytes.split(separator: 0x0A).map { line in
            let isSpace = { (byte: UInt8) in byte <= 0x20 }
            let text = line.drop(while: isSpace)
            return String(
                decoding: text[..<(text.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? text.startIndex)], as: UTF8.self)
        }
        let names =
            ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + (0..<205).map { "<|extra_\($0)|>" }
            + vision.filter { !$0.isEmpty }
        var specials: [String: Int] = Dictionary(minimumCapacity: names.count)
        for (index, name) in names.enumerated() {
            guard specials.updateValue(151_643 + index, forKey: name) == nil else {
                throw TextError("\(visionPath): the token \(name.shortened) stands there twice")
            }
        }
        return try TiktokenTokenizer(path: folder + "/" + emu3File, specials: specials)
    }
}
