// Byte-pair vocabularies in OpenAI's tiktoken form, as Emu3's original repositories have them.

import Foundation

/// A byte-pair tokenizer out of a tiktoken file: a token in base64 and its rank on every line.
///
/// Source: https://github.com/openai/tiktoken; the special tokens and the pattern are those of baaivision/Emu3's
/// `Emu3Tokenizer`. Two neighbours merge if their bytes together are a token, the lowest rank first.
public struct TiktokenTokenizer: TextTokenizer {
    /// The number of ids: one more than the greatest.
    public let vocabularySize: Int

    private let ranks: [[UInt8]: Int]
    private let tokens: [[UInt8]]
    private let specials: [String: Int]
    private let names: [Int: String]
    private let pattern: TextPattern

    /// Emu3's pattern, which is Qwen's.
    static let qwenPattern =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

    /// Reads Emu3's `emu3.tiktoken` and the list of its special tokens, `emu3_vision_tokens.txt`.
    ///
    /// After the ranks come `<|endoftext|>`, `<|im_start|>`, `<|im_end|>`, `<|extra_0|>` to `<|extra_204|>` and the lines of
    /// the list.
    ///
    /// - Throws: ``TextError`` that names the file and the line.
    public init(path: String, specialTokens: String) throws {
        let list = try Self.text(specialTokens).split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        let extras = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + (0..<205).map { "<|extra_\($0)|>" }
        try self.init(path: path, specials: extras + list)
    }

    init(path: String, specials: [String]) throws {
        var ranks: [[UInt8]: Int] = [:]
        var tokens: [[UInt8]] = []
        for (number, line) in try Self.text(path).split(separator: "\n").enumerated() {
            let parts = line.split(separator: " ")
            guard parts.count == 2, let rank = Int(parts[1]), rank == tokens.count,
                let data = Data(base64Encoded: String(parts[0])), !data.isEmpty
            else { throw TextError("\(path): line \(number + 1) is no token in base64 and its rank \(tokens.count)") }
            let bytes = [UInt8](data)
            guard ranks.updateValue(rank, forKey: bytes) == nil else {
                throw TextError("\(path): line \(number + 1) has a token that stood there before")
            }
            tokens.append(bytes)
        }
        for byte in UInt8.min...UInt8.max where ranks[[byte]] == nil {
            throw TextError("\(path): has no token for the byte \(byte)")
        }
        self.ranks = ranks
        self.tokens = tokens
        var named: [String: Int] = [:]
        for (index, name) in specials.enumerated() where named[name] == nil { named[name] = tokens.count + index }
        self.specials = named
        names = Dictionary(named.map { ($1, $0) }) { first, _ in first }
        vocabularySize = tokens.count + specials.count
        pattern = try TextPattern(Self.qwenPattern)
    }

    private static func text(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path), data.count <= 64 << 20,
            let text = String(data: data, encoding: .utf8)
        else { throw TextError("\(path): cannot be read, is larger than 64 MiB, or is not UTF-8") }
        return text
    }

    /// The ids of `text` in composed form, without tokens for its begin or end; special tokens in it are recognised.
    ///
    /// - Throws: ``TextError`` if the text is longer than 16 MiB.
    public func encode(_ text: String) throws -> [Int] {
        guard text.utf8.count <= 16 << 20 else { throw TextError("the text has more than 16 MiB") }
        var ids: [Int] = []
        var rest = Substring(text.precomposedStringWithCanonicalMapping)
        var plain = ""
        // All special tokens have the form <|name|>.
        while let start = rest.firstRange(of: "<|") {
            plain += rest[..<start.lowerBound]
            let inner = rest[start.lowerBound...]
            if let end = inner.firstRange(of: "|>"), let id = specials[String(inner[..<end.upperBound])] {
                append(plain, to: &ids)
                plain = ""
                ids.append(id)
                rest = inner[end.upperBound...]
            } else {
                plain += "<"
                rest = rest[rest.index(after: start.lowerBound)...]
            }
        }
        append(plain + rest, to: &ids)
        return ids
    }

    private func append(_ text: String, to ids: inout [Int]) {
        guard !text.isEmpty else { return }
        for word in pattern.split(text, .isolated, isInverted: false) {
            let bytes = Array(word.utf8)
            if let id = ranks[bytes] {
                ids.append(id)
                continue
            }
            ids += BytePairMerging.merged(bytes.compactMap { ranks[[$0]] }) { left, right in
                ranks[tokens[left] + tokens[right]].map { ($0, $0) }
            }
        }
    }

    /// The text of `ids`; bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Throws: ``TextError`` if an id is outside of the vocabulary.
    public func decode(_ ids: [Int]) throws -> String {
        var bytes: [UInt8] = []
        for id in ids {
            if tokens.indices.contains(id) {
                bytes += tokens[id]
            } else if let name = names[id] {
                bytes += name.utf8
            } else {
                throw TextError("id \(id) is outside of the vocabulary of \(vocabularySize) pieces")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The id of a special token by its name, or of a token by its bytes; nil if there is none.
    public func id(of piece: String) -> Int? { specials[piece] ?? ranks[Array(piece.utf8)] }

    /// Never: every byte is a token of its own.
    public func isFallback(_ id: Int) -> Bool { false }
}
