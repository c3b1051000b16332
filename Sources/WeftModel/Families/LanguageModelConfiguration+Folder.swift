// A language model in a folder of the Hugging Face hub: its configuration, and where its tensors begin.

import WeftTensor

extension LanguageModelConfiguration {
    /// Reads the folder's `config.json`; throws ``CheckpointError`` that names the key.
    static func read(_ folder: ModelFolder) throws -> LanguageModelConfiguration {
        guard folder.config != nil else { throw CheckpointError(folder.path, "has no config.json") }
        return try JSONFile.read(LanguageModelConfiguration.self, from: folder.path("config.json"))
    }

    /// How many positions a sequence can have: as many as the model was made for, or as every layer sees.
    var usablePositions: Int { min(maximumPositions, slidingWindow ?? .max) }

    /// The decoder of some visual tokens of the vocabulary, in files with transformers' names after any known prefix.
    ///
    /// - Parameters:
    ///   - files: the model's weights
    ///   - visual: the token ids of the codes
    ///   - ignored: tensors that belong to other parts of the checkpoint
    func part(
        _ files: [any TensorFile], visual: Range<Int>, ignored: [String]
    ) throws -> CheckpointPart<DecoderConfiguration> {
        let layouts = [
            ("model.", "lm_head.weight"), ("text_model.model.", "text_model.lm_head.weight"),
            ("model.text_model.", "lm_head.weight"), ("model.language_model.", "lm_head.weight"),
            ("language_model.model.", "language_model.lm_head.weight"), ("", "lm_head.weight"),
        ]
        func has(_ name: String) -> Bool { files.contains { $0.entry(name) != nil } }
        guard let (prefix, head) = layouts.first(where: { has($0.0 + "embed_tokens.weight") }) else {
            throw WeightsError(
                file: files.map(\.path).joined(separator: ", "), tensor: "model.embed_tokens.weight", "is missing")
        }
        var language = self
        if modelType == .emu3, has(prefix + "layers.0.self_attn.q_norm.weight") { language.queryKeyNorm = .rms }
        return CheckpointPart(
            try language.decoder(visual: visual), files: files,
            names: names(prefix: prefix, head: head, visual: visual),
            ignored: ignored + ["*.rotary_emb.inv_freq"] + (tiesEmbeddings ? [head] : []))
    }

    /// The ids of the visual tokens: those of `weft.json`, or else `count` of them from `first` on.
    ///
    /// Throws ``CheckpointError`` if the vocabulary has not so many.
    func visualTokens(_ folder: ModelFolder, first: Int, count: Int) throws -> Range<Int> {
        try Self.visualTokens(folder, first: first, count: count, vocabulary: vocabularySize)
    }

    /// As ``visualTokens(_:first:count:)``, for a vocabulary of that size.
    static func visualTokens(_ folder: ModelFolder, first: Int, count: Int, vocabulary: Int) throws -> Range<Int> {
        let start = folder.settings.imageTokenOffset ?? first
        let total = folder.settings.codebookSize ?? count
        guard total > 0, start <= vocabulary, total <= vocabulary - start else {
            throw folder.configError(
                "\(total) visual tokens from \(start) on do not fit into a vocabulary of \(vocabulary)")
        }
        return start..<start + total
    }
}
