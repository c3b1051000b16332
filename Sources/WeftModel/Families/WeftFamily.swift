// Weft's own layout of a model's folder: config.json, transformer.safetensors, image_tokenizer.safetensors.

import Foundation
import WeftTensor
import WeftText

/// Models in weft's own layout, the embedded one among them.
enum WeftFamily: CheckpointFamily {
    static let name = "weft"

    static func recognises(_ folder: ModelFolder) -> Bool {
        folder.config?["format"] != nil || folder.config?["transformer"] != nil
    }

    static func open(_ folder: ModelFolder) throws -> Checkpoint {
        let configuration = try ModelConfiguration(folder: folder.path)
        var checkpoint = Checkpoint(family: name, name: configuration.name, folder: folder.path)
        checkpoint.transformer = CheckpointPart(
            configuration.transformer, files: [try TensorFiles.open(folder.path("transformer.safetensors"))])
        checkpoint.imageTokenizer = CheckpointPart(
            configuration.imageTokenizer,
            files: [try TensorFiles.open(folder.path("image_tokenizer.safetensors"))])
        checkpoint.grids = configuration.sizes
        checkpoint.prompts = try WeftPrompts(configuration, folder: folder.path)
        checkpoint.sampling = try generationDefaults(folder)
        checkpoint.samplingSource = "generation_config.json"
        return checkpoint
    }

    /// What `generation_config.json` says; nothing if there is none.
    ///
    /// Throws ``CheckpointError`` that names the key.
    static func generationDefaults(_ folder: ModelFolder) throws -> SamplingDefaults {
        guard folder.has("generation_config.json") else { return SamplingDefaults() }
        let path = folder.path("generation_config.json")
        let values = try JSONFile.read([String: Double].self, from: path)
        let known = ["temperature", "top_k", "top_p", "min_p", "alike_min_p", "guidance_scale", "best_of"]
        if let unknown = values.keys.sorted().first(where: { !known.contains($0) }) {
            throw CheckpointError(path, "\"\(unknown)\" is not one of \(known.joined(separator: ", "))")
        }
        func whole(_ key: String) throws -> Int? {
            try values[key].map { value in
                guard let whole = Int(exactly: value) else {
                    throw CheckpointError(path, "\"\(key)\" is not a whole number")
                }
                return whole
            }
        }
        return try SamplingDefaults(
            temperature: values["temperature"].map { Float($0) }, topK: whole("top_k"),
            topP: values["top_p"].map { Float($0) }, minP: values["min_p"].map { Float($0) },
            alikeMinP: values["alike_min_p"].map { Float($0) },
            guidanceScale: values["guidance_scale"].map { Float($0) }, bestOf: whole("best_of"))
    }
}

/// Prompts of weft's own models: words and spelled letters, then the token that asks for the picture.
struct WeftPrompts: PromptScheme {
    private let encoder: PromptEncoder
    private let limit: Int
    private let vocabulary: Int
    private let null: Int
    private let beginImage: BeginImage

    /// The token that asks for the picture.
    private enum BeginImage {
        case every(Int)
        case byGrid([String: Int])

        func id(rows: Int, columns: Int) throws -> Int {
            switch self {
            case .every(let id): return id
            case .byGrid(let ids):
                let grid = ModelConfiguration.BeginImage.name(rows: rows, columns: columns)
                guard let id = ids[grid] else { throw PromptError("no token asks for a grid of \(grid) tokens") }
                return id
            }
        }
    }

    var maximumPrefix: Int { limit + 1 }

    init(_ configuration: ModelConfiguration, folder: String) throws {
        let path = "\(folder)/\(configuration.text.tokenizer)"
        let tokenizer = try SentencePieceTokenizer(path: path)
        vocabulary = configuration.transformer.textVocabulary
        guard tokenizer.vocabularySize <= vocabulary else {
            throw CheckpointError(
                path, "has \(tokenizer.vocabularySize) pieces; the transformer knows \(vocabulary)")
        }
        func id(_ piece: String, _ key: String) throws -> Int {
            guard let id = tokenizer.id(of: piece) else {
                throw CheckpointError(
                    "\(folder)/config.json", "\"text.\(key)\" is \"\(piece)\", which the text model lacks")
            }
            return id
        }
        encoder = try PromptEncoder(
            tokenizer: tokenizer, words: try configuration.text.words.map { try Self.words(at: "\(folder)/\($0)") })
        limit = configuration.text.maximumTokens
        null = try id(configuration.text.null, "null")
        switch configuration.text.beginImage {
        case .every(let piece): beginImage = .every(try id(piece, "begin_image"))
        case .byGrid(let pieces):
            var ids: [String: Int] = [:]
            for (grid, piece) in pieces.sorted(by: { $0.key < $1.key }) {
                ids[grid] = try id(piece, "begin_image.\(grid)")
            }
            beginImage = .byGrid(ids)
        }
    }

    /// The words of a file, one a line.
    private static func words(at path: String) throws -> Set<String> {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CheckpointError(path, "is not a file of words in UTF-8")
        }
        return Set(text.split(whereSeparator: \.isNewline).map { $0.lowercased() })
    }

    func prefixes(for request: PromptRequest, pool: ThreadPool) throws -> GuidedPrefix {
        try texts.prefixes(for: request, pool: pool)
    }

    func unknownWords(in prompt: String) -> [String] { encoder.unknownWords(in: prompt) }

    /// The unconditional row is as long as the prompt: nothing but the null token.
    private var texts: TextPrompts {
        let (encoder, limit, null, beginImage) = (encoder, limit, null, beginImage)
        let template: TextPrompts.Template = { text, _, rows, columns in
            try encoder.encode(text, limit: limit) + [beginImage.id(rows: rows, columns: columns)]
        }
        return TextPrompts(
            vocabulary: vocabulary, maximumPrefix: maximumPrefix, tokenizer: encoder.tokenizer, folder: "",
            template: template, negative: template,
            unconditional: { prefix, _, rows, columns in
                try Array(repeating: null, count: prefix.count - 1) + [beginImage.id(rows: rows, columns: columns)]
            })
    }
}
