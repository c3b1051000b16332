// The parts of a tokenizer.json of Hugging Face's tokenizers library.

/// A `tokenizer.json` as it is written; ids are not checked yet.
struct TokenizerFile {
    let added: [AddedToken]
    let normalizer: Component?
    let preTokenizer: Component?
    let model: Model

    /// A token that is recognised in the text before anything else.
    struct AddedToken {
        let id: Int
        let content: [UInt8]
        let isSingleWord: Bool
        let stripsLeft: Bool
        let stripsRight: Bool
        let isNormalized: Bool
    }

    /// A normaliser or pre-tokenizer: its type, and its options by name.
    struct Component {
        let type: String
        let options: ByteJSON

        init(_ json: ByteJSON) throws {
            guard let type = json["type"]?.string else { throw TextError("a component has no \"type\"") }
            self.type = type
            options = json
        }

        /// The components of a sequence.
        func parts(_ key: String) throws -> [Component] { try (options[key]?.list ?? []).map { try Component($0) } }

        /// The pattern, a text or a regular expression.
        func pattern() throws -> TextPattern {
            if let text = options["pattern"]?["String"]?.string { return try TextPattern(literal: text) }
            if let regex = options["pattern"]?["Regex"]?.string { return try TextPattern(regex) }
            throw TextError("\(type) has no pattern")
        }
    }

    /// The byte-pair model.
    struct Model {
        let vocabulary: [(piece: [UInt8], id: Int)]
        let merges: [(left: [UInt8], right: [UInt8])]
        let unknown: [UInt8]?
        let hasByteFallback: Bool
        let fusesUnknown: Bool
        let ignoresMerges: Bool
    }

    /// Parses the bytes of a file; throws ``TextError`` that names the key at fault.
    init(parsing bytes: UnsafeBufferPointer<UInt8>) throws {
        let json = try ByteJSON(parsing: bytes)
        guard let model = json["model"] else { throw TextError("has no \"model\"") }
        if let type = model["type"]?.string, type != "BPE" {
            throw TextError("the model \"\(type)\" is not known; BPE is")
        }
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] where model[key]?.string ?? "" != "" {
            throw TextError("\"\(key)\" is not known")
        }
        guard case .object(let pieces)? = model["vocab"], let merges = model["merges"]?.list else {
            throw TextError("the model has no \"vocab\" or no \"merges\"")
        }
        var unknown: [UInt8]?
        if case .text(let name)? = model["unk_token"] { unknown = name }
        self.model = Model(
            vocabulary: try pieces.map { entry in
                guard let id = entry.value.int else {
                    throw TextError("the piece \(Self.shown(entry.key)) has no whole number for an id")
                }
                return (entry.key, id)
            }, merges: try merges.enumerated().map { try Self.merge($1, $0) }, unknown: unknown,
            hasByteFallback: model["byte_fallback"]?.bool ?? false, fusesUnknown: model["fuse_unk"]?.bool ?? false,
            ignoresMerges: model["ignore_merges"]?.bool ?? false)
        added = try (json["added_tokens"]?.list ?? []).map { token in
            guard let id = token["id"]?.int, case .text(let content)? = token["content"] else {
                throw TextError("an added token has no id or no content")
            }
            return AddedToken(
                id: id, content: content, isSingleWord: token["single_word"]?.bool ?? false,
                stripsLeft: token["lstrip"]?.bool ?? false, stripsRight: token["rstrip"]?.bool ?? false,
                isNormalized: token["normalized"]?.bool ?? !(token["special"]?.bool ?? false))
        }
        normalizer = try json["normalizer"].map { try Component($0) }
        preTokenizer = try json["pre_tokenizer"].map { try Component($0) }
    }

    /// Two symbols that merge: `"a b"`, or `["a", "b"]` in newer files.
    private static func merge(_ json: ByteJSON, _ index: Int) throws -> (left: [UInt8], right: [UInt8]) {
        switch json {
        case .text(let bytes):
            guard let space = bytes.firstIndex(of: 0x20) else { throw TextError("merge \(index) is no pair") }
            return (Array(bytes[..<space]), Array(bytes[(space + 1)...]))
        case .list(let pair):
            guard pair.count == 2, case .text(let left) = pair[0], case .text(let right) = pair[1] else {
                throw TextError("merge \(index) is no pair")
            }
            return (left, right)
        default: throw TextError("merge \(index) is no pair")
        }
    }

    /// A piece as errors show it.
    static func shown(_ piece: [UInt8]) -> String { String(decoding: piece, as: UTF8.self).debugDescription }
}
