// What the config.json of a T5 model on the Hugging Face hub says about its encoder.

import WeftTensor

/// The encoder of a T5 model: https://arxiv.org/abs/1910.10683
///
/// Decodes a `config.json`; a key that is absent has the value that transformers gives it, except for `model_type`,
/// which must be there. Throws ``LanguageModelError``. Keys of the decoder and of training are not looked at.
package struct T5Configuration: Decodable, Sendable, Equatable {
    /// The feed-forward layers, by `feed_forward_proj`.
    package enum FeedForward: String, Sendable, CaseIterable {
        /// `wo(max(wi x, 0))`: the first T5.
        case relu
        /// `wo(gelu(wi_0 x) * wi_1 x)`, GELU in its form with tanh: T5 v1.1 and flan-T5.
        case gatedGELU = "gated-gelu"
    }

    /// Tokens of the vocabulary.
    package let vocabularySize: Int
    /// Elements of a token's features, and width of the residual stream.
    package let modelSize: Int
    /// Elements of a head; heads need not fill the model size.
    package let headDim: Int
    /// Attention heads of a layer.
    package let heads: Int
    /// Width of the feed-forward layers.
    package let feedForwardSize: Int
    /// What the feed-forward layers compute.
    package let feedForward: FeedForward
    /// How many layers follow each other.
    package let layers: Int
    /// Added to the mean square of a row that is normalised.
    package let epsilon: Float
    /// How distances become biases of the attention.
    package let buckets: DistanceBuckets

    /// Reads and checks the configuration.
    package init(from decoder: any Swift.Decoder) throws {
        let object = try HubObject(decoder)
        try object.refuseQuantization()
        try Self.check("model_type", try object.value("model_type"), isOneOf: ["t5"])
        let sizes = 1...Self.largestSize
        vocabularySize = try object.integer("vocab_size", in: 1...DecoderConfiguration.largestSize) ?? 32128
        modelSize = try object.integer("d_model", in: sizes) ?? 512
        headDim = try object.integer("d_kv", in: sizes) ?? 64
        heads = try object.integer("num_heads", in: 1...1024) ?? 8
        guard heads * headDim <= Self.largestSize else {
            throw LanguageModelError(
                "\"num_heads\" is \(heads) and \"d_kv\" is \(headDim); their product must be at most "
                    + "\(Self.largestSize)")
        }
        feedForwardSize = try object.integer("d_ff", in: sizes) ?? 2048
        let proj: String = try object.value("feed_forward_proj") ?? FeedForward.relu.rawValue
        let known = FeedForward.allCases.map(\.rawValue)
        try Self.check("feed_forward_proj", proj, isOneOf: known)
        feedForward = FeedForward(rawValue: proj) ?? .relu
        layers = try object.integer("num_layers", in: 1...1024) ?? 6
        epsilon = Float(try object.number("layer_norm_epsilon", least: 0) ?? 1e-6)
        let count = try object.integer("relative_attention_num_buckets", in: 4...Self.largestSize) ?? 32
        let distance = try object.integer("relative_attention_max_distance") ?? 128
        guard distance > count / 4 else {
            throw LanguageModelError(
                "\"relative_attention_max_distance\" is \(distance); it must be above a quarter of the \(count) of "
                    + "\"relative_attention_num_buckets\"")
        }
        buckets = DistanceBuckets(count: count, maximumDistance: distance)
    }

    /// No width may be larger, so that the longest text takes a gigabyte or so.
    private static let largestSize = 1 << 16

    private static func check(_ key: String, _ value: String?, isOneOf known: [String]) throws {
        guard let value else { throw LanguageModelError("\"\(key)\" is missing") }
        guard known.contains(value) else {
            throw LanguageModelError(
                "\"\(key)\" is \"\(value.prefix(40))\"; known are \(known.joined(separator: ", "))")
        }
    }
}
