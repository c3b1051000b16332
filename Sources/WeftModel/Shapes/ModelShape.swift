// Models without weights: what they are made of, filled with random numbers where only the work counts.

package import WeftTensor

/// The sizes of a model; enough to run it with random weights.
package struct ModelShape: Sendable {
    /// The name of the shape.
    package let name: String
    /// The transformer.
    package let transformer: DecoderConfiguration
    /// The image tokenizer; its encoder is left out.
    package let imageTokenizer: ImageTokenizerConfiguration
    /// What can be drawn, the default first.
    package let grids: [PictureGrid]
    /// The text token that follows every row of visual tokens, if there is one.
    package let rowEnd: Int?
    /// How tokens are chosen where the user says nothing.
    package let sampling: SamplingDefaults

    /// Describes a shape.
    init(
        _ name: String, transformer: DecoderConfiguration, imageTokenizer: ImageTokenizerConfiguration,
        grids: [PictureGrid], rowEnd: Int? = nil, sampling: SamplingDefaults
    ) {
        self.name = name
        self.transformer = transformer
        self.imageTokenizer = imageTokenizer
        self.grids = grids
        self.rowEnd = rowEnd
        self.sampling = sampling
    }

    /// Reads the shape of a folder in weft's own layout from its `config.json` and `generation_config.json`; weights are not
    /// looked for.
    ///
    /// Throws an error that names the file and the key.
    package init(folder: String) throws {
        let configuration = try ModelConfiguration(folder: folder)
        var imageTokenizer = configuration.imageTokenizer
        imageTokenizer.encoder = nil
        try imageTokenizer.validate()
        try self.init(
            configuration.name, transformer: configuration.transformer, imageTokenizer: imageTokenizer,
            grids: configuration.sizes, sampling: WeftFamily.generationDefaults(ModelFolder(path: folder)))
    }

    /// A checkpoint of the shape whose tensors are random numbers, made when they are loaded.
    ///
    /// - Parameters:
    ///   - weights: the type of tensors with several dimensions
    ///   - pool: the threads that make them
    package func checkpoint(weights: DType, pool: ThreadPool) -> Checkpoint {
        func file(_ tensors: [TensorEntry]) -> [any TensorFile] { [RandomTensors(name, tensors, pool: pool)] }
        var checkpoint = Checkpoint(family: "random", name: name, folder: "random weights of \(name)")
        checkpoint.transformer = CheckpointPart(transformer, files: file(transformer.tensors(weights)))
        checkpoint.imageTokenizer = CheckpointPart(imageTokenizer, files: file(imageTokenizer.decoderTensors(weights)))
        checkpoint.grids = grids
        checkpoint.rowEnd = rowEnd
        checkpoint.sampling = sampling
        checkpoint.prompts = TokenPrompts()
        return checkpoint
    }
}

/// Prompts of models that know no words: ids, and as many zeros to steer away from.
private struct TokenPrompts: PromptScheme {
    var maximumPrefix: Int { 1 << 16 }

    func prefixes(for request: PromptRequest, pool: ThreadPool) throws -> GuidedPrefix {
        guard case .tokens(let ids) = request.prompt else {
            throw PromptError("the prompt: a model of random weights takes token ids")
        }
        let zeros = Prefix.Content.tokens(Array(repeating: 0, count: ids.count))
        return GuidedPrefix(conditional: .tokens(ids), unconditional: request.isGuided ? zeros : nil)
    }
}
