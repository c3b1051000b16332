// The file tokenizer.json of Hugging Face's tokenizers library, with a model of type BPE.

import Foundation

/// What a tokenizer.json says, checked and compiled.
struct TokenizerJSON: Sendable {
    /// The largest file that is read, in bytes.
    static let maximumSize = 64 << 20

    let model: BytePairModel
    let normalizer: TextNormalizer?
    let preTokenizer: PreTokenizer?
    let decoder: PieceDecoder?
    /// Added tokens that are searched for in the text as it is.
    let rawTokens: AddedTokens
    /// Added tokens that are searched for after normalization.
    let normalizedTokens: AddedTokens
    /// The added tokens by their contents.
    let addedIDs: PieceTable
    /// What stands for an added token when ids become text, where that is not its content.
    let normalizedContents: [Int: String]
    /// The id of the token that the file's post-processor puts at the begin of a text.
    let beginID: Int?

    /// Reads the bytes of a file.
    ///
    /// - Throws: ``TextError`` that names the line, or the key with its value.
    init(bytes: [UInt8]) throws {
        guard bytes.count <= Self.maximumSize else {
            throw TextError("the file has \(bytes.count) bytes; at most \(Self.maximumSize) are read")
        }
        var file = try JSONComponent(JSONScanner.read(bytes), path: "")
        if let version = file.take("version") {
            guard case .string("1.0") = version else { throw TextError("version \(version.summary) is not known") }
        }
        // They cut and fill up batches, which nobody asks for here.
        file.ignore("truncation", "padding")
        guard let modelValue = file.take("model") else { throw TextError("model is missing") }
        let model = try BytePairModel(modelValue)
        self.model = model
        normalizer = try file.take("normalizer").map { try TextNormalizer($0, path: "normalizer", depth: 0) }
        preTokenizer = try file.take("pre_tokenizer").map { try PreTokenizer($0, path: "pre_tokenizer", depth: 0) }
        decoder = try file.take("decoder").map { try PieceDecoder($0, path: "decoder", depth: 0) }
        let processor = file.take("post_processor")
        var added: [(token: AddedToken, isNormalized: Bool)] = []
        var addedIDs = PieceTable()
        if let list = file.take("added_tokens") {
            (added, addedIDs) = try Self.addedTokens(list, pieces: model.pieces)
        }
        self.addedIDs = addedIDs
        rawTokens = try AddedTokens(added.filter { !$0.isNormalized }.map { $0.token })
        var contents: [Int: String] = [:]
        if let normalizer {
            for (token, isNormalized) in added where isNormalized {
                let content = String(decoding: try normalizer.apply(Array(token.content.utf16)), as: UTF16.self)
                contents[token.id] = content
            }
        }
        normalizedContents = contents
        normalizedTokens = try AddedTokens(added.filter { $0.isNormalized }.map { $0.token }) {
            contents[$0.id] ?? $0.content
        }
        try file.finish()
        beginID = processor.flatMap { Self.firstSpecial($0) }.flatMap { name in
            (addedIDs.id(of: name) ?? model.pieces.id(of: name)).map { Int($0) }
        }
    }

    // MARK: - Added tokens

    private static func addedTokens(
        _ list: JSONValue, pieces: PieceTable
    ) throws -> ([(token: AddedToken, isNormalized: Bool)], PieceTable) {
        guard case .array(let items) = list else { throw TextError("added_tokens is \(list.summary), not a list") }
        var tokens: [(token: AddedToken, isNormalized: Bool)] = []
        var ids = PieceTable(capacity: items.count)
        for (index, item) in items.enumerated() {
            var object = try JSONComponent(item, path: "added_tokens[\(index)]")
            let content = try object.string("content")
            let token = AddedToken(
                id: try object.integer("id"), content: content,
                isSingleWord: try object.flag("single_word", otherwise: false),
                stripsLeft: try object.flag("lstrip", otherwise: false),
                stripsRight: try object.flag("rstrip", otherwise: false))
            let isSpecial = try object.flag("special", otherwise: false)
            let isNormalized = try object.flag("normalized", otherwise: !isSpecial)
            try object.finish()
            guard !content.isEmpty else { continue }
            do { try ids.insert(content, id: token.id) } catch let error as TextError {
                throw TextError("\(object.path): \(error)")
            }
            if let id = pieces.id(of: content), Int(id) != token.id {
                throw TextError("\(object.path): \(content.shortened) has the id \(token.id), in the vocabulary \(id)")
            }
            if let other = pieces.piece(of: token.id), pieces.id(of: content) == nil {
                let name = String(decoding: other, as: UTF8.self).shortened
                throw TextError("\(object.path): \(content.shortened) has the id \(token.id), which belongs to \(name)")
            }
            tokens.append((token, isNormalized))
        }
        return (tokens, ids)
    }

    /// The name of the special token that a template begins with.
    private static func firstSpecial(_ processor: JSONValue) -> String? {
        guard case .object(let entries) = processor else { return nil }
        for entry in entries {
            guard case .array(let items) = entry.value else { continue }
            if entry.key == "single", case .object(let first) = items.first, first.first?.key == "SpecialToken",
                case .object(let token) = first.first?.value, let id = token.first(where: { $0.key == "id" }),
                case .string(let name) = id.value
            {
                return name
            }
            if entry.key == "processors" { return items.lazy.compactMap { firstSpecial($0) }.first }
        }
        return nil
    }
}
