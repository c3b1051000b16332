// Chameleon and Anole. Source: facebookresearch/chameleon, arXiv:2405.09818; GAIR-NLP/anole, arXiv:2407.06135.

import Foundation
import WeftTensor
import WeftText

/// Chameleon's models, in transformers' layout and in the original one.
///
/// The release guides with three rows: without anything, with the pictures of the prompt, with all of it. A prompt
/// without pictures makes the first two equal, so that two rows give the same.
enum Chameleon: CheckpointFamily {
    static let name = "chameleon"

    /// The special ids of the published vocabulary.
    enum Token {
        static let beginImage = 8197
        static let endTurn = 8710
        static let visual = 4..<8196
    }

    static func recognises(_ folder: ModelFolder) -> Bool {
        folder.modelType == "chameleon" || folder.has("consolidated.pth")
    }

    static func open(_ folder: ModelFolder) throws -> Checkpoint {
        let parts = try ChameleonParts(folder)
        var checkpoint = try parts.checkpoint(family: name)
        checkpoint.grids = [
            PictureGrid(
                rows: folder.settings.rows ?? 32, columns: folder.settings.columns ?? 32,
                scale: checkpoint.imageTokenizer?.configuration.downsampling ?? 16)
        ]
        checkpoint.rowEnd = folder.settings.rowEndToken ?? nil
        checkpoint.sampling = SamplingDefaults(
            temperature: 0.7, topK: 0, topP: 0.9, guidanceScale: folder.settings.guidanceScale ?? 3)
        let (begin, beginImage) = (parts.begin, parts.beginImage)
        let template: TextPrompts.Template = { text, tokenizer, _, _ in
            let endTurn = tokenizer.id(of: "<reserved08706>") ?? Token.endTurn
            return try [begin] + tokenizer.encode(text) + [endTurn, beginImage]
        }
        checkpoint.prompts = parts.prompts(
            template: template, unconditional: { prefix, _, _, _ in [begin] + prefix.suffix(1) })
        return checkpoint
    }
}

/// What the models that grew out of Chameleon have in common.
struct ChameleonParts {
    let folder: ModelFolder
    let vocabulary: Int
    let maximumPositions: Int
    let begin: Int
    let beginImage: Int
    private let transformer: CheckpointPart<DecoderConfiguration>
    private let tokenizer: (any TextTokenizer)?

    init(_ folder: ModelFolder) throws {
        self.folder = folder
        tokenizer = try Self.tokenizer(folder)
        let names = folder.config?["vocabulary_map"]?.object ?? [:]
        beginImage = tokenizer?.id(of: "<racm3:break>") ?? names["<racm3:break>"]?.int ?? Chameleon.Token.beginImage
        guard folder.config != nil else {
            (transformer, vocabulary) = try Self.original(folder)
            maximumPositions = 4096
            begin = tokenizer?.id(of: "<s>") ?? 0
            return
        }
        let language = try LanguageModelConfiguration.read(folder)
        (vocabulary, maximumPositions) = (language.vocabularySize, language.usablePositions)
        begin = language.bosToken ?? tokenizer?.id(of: "<s>") ?? 0
        let ids = names.filter { $0.key.hasPrefix("IMGIMG") }.compactMap(\.value.int).sorted()
        let published = Chameleon.Token.visual
        let first = ids.first ?? published.lowerBound
        if folder.settings.imageTokenOffset == nil, let last = ids.last, last - first + 1 != ids.count {
            throw folder.configError(
                "\"vocabulary_map\": the ids of the pictures' tokens, \(first) to \(last), have gaps")
        }
        let visual = try language.visualTokens(folder, first: first, count: ids.isEmpty ? published.count : ids.count)
        transformer = try language.part(
            try folder.weights(folder.settings.transformer), visual: visual, ignored: ["model.vqmodel.", "vqmodel."])
    }

    /// The transformer of the original release: `consolidated.pth` and its `params.json`.
    private static func original(_ folder: ModelFolder) throws -> (CheckpointPart<DecoderConfiguration>, Int) {
        let file = try TensorFiles.open(folder.path(folder.settings.transformer ?? "consolidated.pth"))
        var parameters: [JSONValue] = []
        for name in ["consolidate_params.json", "params.json"] where folder.has(name) {
            let json = try JSONFile.read(JSONValue.self, from: folder.path(name))
            parameters += [json, json["model"]].compactMap { $0 }
        }
        func value(_ key: String) -> JSONValue? { parameters.lazy.compactMap { $0[key] }.first }
        guard let heads = folder.settings.heads ?? value("n_heads")?.int else {
            throw CheckpointError(folder.path, "has no params.json with \"n_heads\", and no weft.json with \"heads\"")
        }
        guard let vocabulary = file.entry("tok_embeddings.weight")?.shape.first else {
            throw WeightsError(file: file.path, tensor: "tok_embeddings.weight", "is missing")
        }
        let published = Chameleon.Token.visual
        let visual = try LanguageModelConfiguration.visualTokens(
            folder, first: published.lowerBound, count: published.count, vocabulary: vocabulary)
        let (configuration, names) = try LanguageModelConfiguration.originalChameleon(
            shape: { file.entry($0)?.shape }, heads: heads, theta: value("rope_theta")?.number ?? 1e4,
            epsilon: value("norm_eps")?.number.map { Float($0) } ?? 1e-5, swinNorm: value("swin_norm") == .bool(true),
            visual: visual)
        return (CheckpointPart(configuration, files: [file], names: names, ignored: ["rope.freqs"]), vocabulary)
    }

    /// The tokenizer in the folder, or in one of the places that the original release has it in.
    private static func tokenizer(_ folder: ModelFolder) throws -> (any TextTokenizer)? {
        if let tokenizer = try TextTokenizers.open(folder: folder.path) { return tokenizer }
        for place in ["tokenizer", "../tokenizer", "../../tokenizer"] {
            let path = "\(place)/text_tokenizer.json"
            if folder.exists(path) { return try TextTokenizers.open(path: folder.path(path)) }
        }
        return nil
    }

    /// The checkpoint but for its prompts, grids and sampling.
    func checkpoint(family: String) throws -> Checkpoint {
        var checkpoint = Checkpoint(family: family, name: folder.name, folder: folder.path)
        if let source = try ImageTokenizerSource.chameleon(folder) { checkpoint.take(source) }
        checkpoint.transformer = transformer
        checkpoint.maximumPositions = maximumPositions
        return checkpoint
    }

    /// Prompts of a template; negative prompts use it as well.
    func prompts(
        template: @escaping TextPrompts.Template,
        unconditional: @escaping @Sendable ([Int], (any TextTokenizer)?, Int, Int) throws -> [Int]
    ) -> TextPrompts {
        TextPrompts(
            vocabulary: vocabulary, maximumPrefix: maximumPositions, tokenizer: tokenizer, folder: folder.path,
            template: template, negative: template, unconditional: unconditional)
    }
}
