// Byte-pair tokenizers in a tokenizer.json: byte-level ones, and those of Llama and Gemma.

import Foundation

/// A byte-pair tokenizer out of a `tokenizer.json`; its ids are those of the tokenizers library.
///
/// Source: https://github.com/huggingface/tokenizers. A text is cut at added tokens, normalised, cut into words, and each
/// word is merged by itself. No tokens are added at begin and end.
public struct BytePairTokenizer: TextTokenizer {
    /// The number of ids: one more than the greatest.
    public let vocabularySize: Int

    // Pieces are bytes: texts that Unicode calls equivalent are not the same piece.
    private let vocabulary: [[UInt8]: Int]
    private let pieces: [Int: [UInt8]]
    private let merges: [UInt64: (rank: Int, id: Int)]
    private let added: AddedTokens  // looked for in the text as it is
    private let addedNormalized: AddedTokens  // looked for in the normalised text
    private let addedIDs: [[UInt8]: Int]
    private let normalizer: Normalizer?
    private let preTokenizer: PreTokenizer?
    private let unknown: Int?
    private let fusesUnknown: Bool
    private let ignoresMerges: Bool
    private let byteIDs: [Int]?  // of <0x00> to <0xFF>; nil without byte fallback
    private let isByteLevel: Bool

    /// The largest file that is read, in bytes.
    private static let largestFile = 64 << 20
    /// No id may be larger.
    private static let largestID = 1 << 24

    /// Reads a `tokenizer.json`.
    ///
    /// - Throws: ``TextError`` that names the file and what in it makes no sense or is not known.
    public init(path: String) throws {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let size = attributes?[.size] as? Int, let data = FileManager.default.contents(atPath: path) else {
            throw TextError("\(path): cannot be read")
        }
        guard size <= Self.largestFile else { throw TextError("\(path): is larger than \(Self.largestFile) bytes") }
        do {
            try self.init(data.withUnsafeBytes { try TokenizerFile(parsing: $0.bindMemory(to: UInt8.self)) })
        } catch let error as TextError {
            throw TextError("\(path): \(error)")
        }
    }

    init(_ file: TokenizerFile) throws {
        let model = file.model
        var vocabulary: [[UInt8]: Int] = [:]
        var pieces: [Int: [UInt8]] = [:]
        for (piece, id) in model.vocabulary {
            try Self.check(id, piece)
            guard pieces.updateValue(piece, forKey: id) == nil, vocabulary.updateValue(id, forKey: piece) == nil else {
                throw TextError("the piece \(TokenizerFile.shown(piece)) or its id \(id) is there twice")
            }
        }
        var merges: [UInt64: (rank: Int, id: Int)] = [:]
        merges.reserveCapacity(model.merges.count)
        for (rank, merge) in model.merges.enumerated() {
            guard let left = vocabulary[merge.left], let right = vocabulary[merge.right],
                let id = vocabulary[merge.left + merge.right]
            else { throw TextError("merge \(rank) of \(TokenizerFile.shown(merge.left)) is not in the vocabulary") }
            merges[UInt64(left) << 32 | UInt64(right)] = (rank, id)
        }
        var (added, addedNormalized, addedIDs) = (AddedTokens(), AddedTokens(), [[UInt8]: Int]())
        for token in file.added {
            try Self.check(token.id, token.content)
            addedIDs[token.content] = token.id
            pieces[token.id] = token.content
            if token.isNormalized { addedNormalized.insert(token) } else { added.insert(token) }
        }
        (self.vocabulary, self.pieces, self.merges) = (vocabulary, pieces, merges)
        (self.added, self.addedNormalized, self.addedIDs) = (added, addedNormalized, addedIDs)
        normalizer = try file.normalizer.map { try Normalizer($0) }
        preTokenizer = try file.preTokenizer.map { try PreTokenizer($0) }
        unknown = try model.unknown.map { name in
            guard let id = vocabulary[name] ?? addedIDs[name] else {
                throw TextError("the unknown token \(TokenizerFile.shown(name)) has no id")
            }
            return id
        }
        (fusesUnknown, ignoresMerges) = (model.fusesUnknown, model.ignoresMerges)
        let bytes = (0..<256).compactMap { vocabulary[Array("<0x\(String(format: "%02X", $0))>".utf8)] }
        byteIDs = model.hasByteFallback && bytes.count == 256 ? bytes : nil
        isByteLevel = try file.preTokenizer.map { try Self.hasByteLevel($0) } ?? false
        vocabularySize = (pieces.keys.max() ?? -1) + 1
    }

    private static func check(_ id: Int, _ piece: [UInt8]) throws {
        guard (0..<largestID).contains(id) else {
            throw TextError("the piece \(TokenizerFile.shown(piece)) has the id \(id)")
        }
    }

    private static func hasByteLevel(_ component: TokenizerFile.Component) throws -> Bool {
        try component.type == "ByteLevel" || component.parts("pretokenizers").contains { try hasByteLevel($0) }
    }

    // MARK: - Encoding

    /// The ids of `text`, without tokens for its begin or end; added tokens in it are recognised.
    ///
    /// - Throws: ``TextError`` if the text is longer than 16 MiB.
    public func encode(_ text: String) throws -> [Int] {
        guard text.utf8.count <= 16 << 20 else { throw TextError("the text has more than 16 MiB") }
        var ids: [Int] = []
        var isFirst = true
        for part in added.split(text) {
            switch part {
            case .token(let id): ids.append(id)
            case .text(let raw):
                for inner in addedNormalized.split(normalizer?.apply(raw) ?? raw) {
                    switch inner {
                    case .token(let id): ids.append(id)
                    case .text(let text):
                        let whole = [PreTokenizer.Piece(text: text, isFirst: isFirst)]
                        for word in preTokenizer?.apply(whole) ?? whole { append(word.text, to: &ids) }
                    }
                    isFirst = false
                }
            }
            isFirst = false
        }
        return ids
    }

    private func append(_ word: String, to ids: inout [Int]) {
        guard !word.isEmpty else { return }
        if ignoresMerges, let id = vocabulary[Array(word.utf8)] { return ids.append(id) }
        var symbols: [Int] = []
        var isUnknown = false
        for scalar in word.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if let id = vocabulary[bytes] {
                symbols.append(id)
                isUnknown = false
            } else if let byteIDs {
                symbols += bytes.map { byteIDs[Int($0)] }
                isUnknown = false
            } else if let unknown {
                if !(fusesUnknown && isUnknown) { symbols.append(unknown) }
                isUnknown = true
            }
        }
        ids += BytePairMerging.merged(symbols) { left, right in merges[UInt64(left) << 32 | UInt64(right)] }
    }

    // MARK: - Decoding

    /// The text of `ids`; bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Throws: ``TextError`` if an id is outside of the vocabulary.
    public func decode(_ ids: [Int]) throws -> String {
        var bytes: [UInt8] = []
        for id in ids {
            guard let piece = pieces[id] else {
                throw TextError("id \(id) is outside of the vocabulary of \(vocabularySize) pieces")
            }
            let text = String(decoding: piece, as: UTF8.self)
            if addedIDs[piece] == id {
                bytes += piece
            } else if isByteLevel {
                bytes += text.unicodeScalars.flatMap { ByteAlphabet.bytes[$0].map { [$0] } ?? Array(String($0).utf8) }
            } else if let byte = byteIDs?.firstIndex(of: id) {
                bytes.append(UInt8(byte))
            } else {
                bytes += text.replacing("\u{2581}", with: " ").utf8
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The id of a piece or added token by its exact name, or nil if there is none.
    public func id(of piece: String) -> Int? { addedIDs[Array(piece.utf8)] ?? vocabulary[Array(piece.utf8)] }

    /// Whether an id is the unknown piece or one raw byte.
    public func isFallback(_ id: Int) -> Bool { id == unknown || byteIDs?.contains(id) == true }
}
