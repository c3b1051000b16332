// A checkpoint that has been understood: its networks, prompts and sizes, but no weights prepared yet.

package import WeftTensor

/// One network of a checkpoint: what it is made of, and where its tensors stand.
package struct CheckpointPart<Configuration: Sendable>: Sendable {
    /// What the network is made of.
    package var configuration: Configuration
    /// The files that hold its tensors, among others.
    package var files: [any TensorFile]
    /// Where its tensors stand in them.
    package var names: TensorNames
    /// The tensors that generation does not need, as `TensorNames.isIgnored` reads them.
    package var ignored: [String]
    /// The tensors that are needed, but by something else than the network, in the same way.
    package var others: [String]

    /// Describes a network.
    package init(
        _ configuration: Configuration, files: [any TensorFile], names: TensorNames = .prefixed(),
        ignored: [String] = [], others: [String] = []
    ) {
        self.configuration = configuration
        self.files = files
        self.names = names
        self.ignored = ignored
        self.others = others
    }
}

extension CheckpointPart {
    /// Bytes of the tensors that are not ignored, as they are stored.
    package var byteCount: Int {
        files.reduce(0) { total, file in
            file.entries.reduce(total) { total, entry in
                TensorNames.isIgnored(entry.name, by: ignored) ? total : total + entry.byteCount
            }
        }
    }
}

/// How tokens are chosen where the user says nothing; nil for the library's own default.
package struct SamplingDefaults: Sendable, Equatable {
    package var temperature: Float?
    package var topK: Int?
    package var topP: Float?
    package var minP: Float?
    package var alikeMinP: Float?
    package var guidanceScale: Float?
    package var bestOf: Int?

    /// The defaults of a family.
    package init(
        temperature: Float? = nil, topK: Int? = nil, topP: Float? = nil, minP: Float? = nil,
        alikeMinP: Float? = nil, guidanceScale: Float? = nil, bestOf: Int? = nil
    ) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
        self.alikeMinP = alikeMinP
        self.guidanceScale = guidanceScale
        self.bestOf = bestOf
    }
}

/// A model's folder with its files opened and checked, but no weights prepared yet.
package struct Checkpoint: Sendable {
    /// The family's name, as `weft.json` spells it.
    package var family: String
    /// The model's name.
    package var name: String
    /// The folder's path.
    package var folder: String
    /// The transformer; nil for an image tokenizer alone.
    package var transformer: CheckpointPart<DecoderConfiguration>?
    /// The image tokenizer; nil for a checkpoint that makes tokens only.
    package var imageTokenizer: CheckpointPart<ImageTokenizerConfiguration>?
    /// Whether the image tokenizer's configuration was read from the shapes of its tensors, without the encoder.
    package var readsLayout = false
    /// The files that the image tokenizer was found in, its encoder included.
    package var imageTokenizerFiles: [any TensorFile] = []
    /// How the image tokenizer's colours become bytes.
    package var rounding = PixelRounding.nearest
    /// What can be drawn, the default first.
    package var grids: [PictureGrid] = []
    /// The text token that follows every row of visual tokens, if there is one.
    package var rowEnd: Int?
    /// How tokens are chosen where the user says nothing.
    package var sampling = SamplingDefaults()
    /// Where `sampling` comes from, for people.
    package var samplingSource = "family"
    /// How prompts become prefixes; nil for an image tokenizer alone.
    package var prompts: (any PromptScheme)?
    /// How many positions the transformer was trained for, if it says so.
    package var maximumPositions: Int?

    /// How many tokens a row of a picture is fed after its prefix: all but the last, and the ends of rows between.
    package func fedTokens(rows: Int, columns: Int) -> Int {
        max(0, rows * columns - 1) + (rowEnd == nil ? 0 : rows - 1)
    }

    /// The transformer with its weights; throws if a tensor is missing, left over, or of another shape.
    ///
    /// - Parameter format: how the layers' matrices lie in memory, and the head beside them; nil for how they are stored
    package func makeDecoder(format: WeightFormat? = nil) throws -> Decoder? {
        guard let transformer else { return nil }
        let tensors = TensorReader(transformer.files, names: transformer.names, format: format)
        let decoder = try Decoder(
            transformer.configuration, tensors: tensors, headFormat: transformer.headFormat(beside: format))
        try tensors.finish(ignoring: transformer.ignored + transformer.others)
        return decoder
    }

    /// The image tokenizer with its weights; throws if a tensor is missing, left over, or of another shape.
    ///
    /// - Parameters:
    ///   - encoder: whether the encoder is wanted, which generation does not need
    ///   - arithmetic: in what numbers the decoder multiplies; nil for bfloat16 where its weights are stored in 16 bits,
    ///     else float32
    package func makeImageTokenizer(
        encoder: Bool = false, arithmetic: ConvolutionArithmetic? = nil
    ) throws -> ImageTokenizer? {
        guard let whole = imageTokenizer else { return nil }
        let part =
            encoder && readsLayout ? try ImageTokenizerSource.detect(imageTokenizerFiles, encoder: true).part : whole
        let tensors = TensorReader(part.files, names: part.names)
        let result = try ImageTokenizer(
            part.configuration, tensors: tensors, rounding: rounding, arithmetic: arithmetic)
        try tensors.finish(ignoring: part.ignored)
        return result
    }
}
