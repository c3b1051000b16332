// What the config.json of a causal language model on the Hugging Face hub says about its transformer.

import WeftTensor

/// The transformer of a causal language model whose vocabulary has visual tokens among others, or that is to get them.
///
/// Decodes a `config.json`, or the `text_config` or `language_config` object in it, in the spellings of all versions of
/// transformers; a key that is absent has the value that transformers gives it. Throws ``LanguageModelError``.
package struct LanguageModelConfiguration: Decodable, Sendable {
    /// The architectures that are known, by their `model_type`.
    package enum ModelType: String, Sendable, CaseIterable {
        case llama, mistral, qwen2, qwen3, mixtral, gemma, chameleon
        case qwen3MoE = "qwen3_moe"
        /// The language model of transformers' Emu3.
        case emu3Text = "emu3_text_model"
        /// The original code of Emu3 and of Emu3.5.
        case emu3 = "Emu3"
    }

    /// The architecture.
    package let modelType: ModelType
    /// Tokens of the whole vocabulary.
    package let vocabularySize: Int
    /// Width of the residual stream.
    package let hiddenSize: Int
    /// How many layers follow each other.
    package let layers: Int
    /// Query heads of a layer.
    package let heads: Int
    /// Key and value heads of a layer.
    package let kvHeads: Int
    /// Elements of a head.
    package let headDim: Int
    /// Positions that the model was made for.
    package let maximumPositions: Int
    /// How many positions some layer sees at most; sequences up to that length are not affected. Nil for all.
    package let slidingWindow: Int?
    /// The token that begins sequences.
    package let bosToken: Int?
    /// The tokens that end sequences; may be empty.
    package let eosTokens: [Int]
    /// The token that fills sequences up.
    package let padToken: Int?
    /// Whether the head is the table of embeddings.
    package let tiesEmbeddings: Bool
    /// How queries and keys are normalised.
    ///
    /// The original configurations of Emu3 and Emu3.5 look alike, but Emu3.5 has `.rms`: for ``ModelType/emu3`` this is
    /// `.none` until somebody who knows the tensors says otherwise.
    package var queryKeyNorm: DecoderConfiguration.QueryKeyNorm

    let rmsNormEpsilon: Float
    let normPlacement: DecoderConfiguration.NormPlacement
    let attentionBias: Bool
    let attentionOutputBias: Bool
    let feedForward: DecoderConfiguration.FeedForward
    let moe: DecoderConfiguration.MixtureOfExperts?
    let theta: Double
    let scaling: RotaryScaling?

    /// Reads and checks the configuration.
    package init(from decoder: any Swift.Decoder) throws {
        let (object, type) = try Self.find(HubObject(decoder))
        let defaults = Defaults(type)
        modelType = type
        let sizes = 1...DecoderConfiguration.largestSize
        let counts = 1...DecoderConfiguration.largestCount
        vocabularySize = try object.integer("vocab_size", in: sizes) ?? defaults.vocabularySize
        hiddenSize = try object.integer("hidden_size", in: sizes) ?? defaults.hiddenSize
        layers = try object.integer("num_hidden_layers", in: counts) ?? defaults.layers
        heads = try object.integer("num_attention_heads", in: counts) ?? defaults.heads
        let kvDefault = object.isNull("num_key_value_heads") ? heads : defaults.kvHeads ?? heads
        kvHeads = try object.integer("num_key_value_heads", in: counts) ?? kvDefault
        guard heads % kvHeads == 0 else {
            throw LanguageModelError(
                "\"num_key_value_heads\" is \(kvHeads), which does not divide the \(heads) of \"num_attention_heads\"")
        }
        headDim = try Self.headDim(object, defaults, type, hiddenSize: hiddenSize, heads: heads)
        maximumPositions = try object.integer("max_position_embeddings", in: sizes) ?? defaults.positions
        slidingWindow = try Self.slidingWindow(object, defaults, type, layers: layers)
        bosToken = try object.integer("bos_token_id") ?? (object.isNull("bos_token_id") ? nil : defaults.bos)
        padToken = try object.integer("pad_token_id") ?? (object.isNull("pad_token_id") ? nil : defaults.pad)
        eosTokens = try object.integers("eos_token_id") ?? (object.isNull("eos_token_id") ? [] : defaults.eos)
        tiesEmbeddings = try object.value("tie_word_embeddings") ?? (type == .gemma)
        rmsNormEpsilon = try object.number("rms_norm_eps", least: 0).map { Float($0) } ?? defaults.epsilon
        normPlacement = try type == .chameleon && object.value("swin_norm") ?? false ? .post : .pre
        queryKeyNorm =
            switch type {
            case .qwen3, .qwen3MoE: .rms
            case .chameleon: .layer
            default: .none
            }
        let hasBiasKeys = [.llama, .qwen3, .qwen3MoE, .gemma, .chameleon, .emu3Text].contains(type)
        attentionOutputBias = try hasBiasKeys && object.value("attention_bias") ?? false
        attentionBias = attentionOutputBias || type == .qwen2
        let hasFeedForwardBias = [.llama, .chameleon, .emu3Text].contains(type)
        feedForward = DecoderConfiguration.FeedForward(
            activation: try Self.activation(object, type),
            hiddenSize: try object.integer("intermediate_size", in: sizes) ?? defaults.feedForwardSize,
            bias: try hasFeedForwardBias && object.value("mlp_bias") ?? false)
        moe = try Self.mixture(object, type, layers: layers, feedForwardSize: feedForward.hiddenSize)
        (theta, scaling) = try Self.rope(object, defaults, maximumPositions: maximumPositions)
        if try type == .gemma && object.value("use_bidirectional_attention") ?? false {
            throw LanguageModelError("\"use_bidirectional_attention\" is true; only causal attention is known")
        }
    }

    /// The object that describes the language model, and its type.
    private static func find(_ whole: HubObject) throws -> (HubObject, ModelType) {
        try whole.refuseQuantization()
        let inner = try whole.object("text_config") ?? whole.object("language_config")
        try inner?.refuseQuantization()
        let object = inner ?? whole
        // Old files of composed models name the type of the whole only.
        let composed = ["emu3": ModelType.emu3Text, "janus": .llama, "multi_modality": .llama]
        let outer: String? = try whole.value("model_type")
        guard let name: String = try object.value("model_type") else {
            if let type = outer.flatMap({ composed[$0] }) { return (object, type) }
            throw LanguageModelError("\(object.shown("model_type")) is missing")
        }
        if let type = ModelType(rawValue: name) { return (object, type) }
        let known = ModelType.allCases.map(\.rawValue).joined(separator: ", ")
        throw LanguageModelError("\(object.shown("model_type")) is \"\(name)\"; known are \(known)")
    }
}

/// Why a configuration of a language model cannot be used: one line that names key and value.
package struct LanguageModelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The key, its value, and what is wrong with it.
    package let description: String

    init(_ description: String) { self.description = description }
}
