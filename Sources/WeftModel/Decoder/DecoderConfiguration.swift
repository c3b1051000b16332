// What a decoder is made of, as the "transformer" object of config.json says.

package import WeftTensor

/// Sizes and options of a decoder; a value of this type has been checked.
package struct DecoderConfiguration: Codable, Sendable, Equatable {
    /// Width of the residual stream.
    package let hiddenSize: Int
    /// How many layers follow each other.
    package let layers: Int
    /// Query heads of a layer.
    package let heads: Int
    /// Key and value heads of a layer; divides `heads`.
    package let kvHeads: Int
    /// Elements of a head: even, and a multiple of 4 for rotation on a grid.
    package let headDim: Int
    /// Added to the mean square in every norm.
    package let rmsNormEpsilon: Float
    /// Whether files hold norm weights less 1, as Gemma's do; default false.
    package let normOffset: Bool
    /// Whether queries and keys are normalised head by head before they are rotated.
    package let qkNorm: Bool
    /// Whether the four projections of attention have biases.
    package let attentionBias: Bool
    /// How positions enter.
    package let rope: Rope
    /// The dense feed-forward layers.
    package let feedForward: FeedForward
    /// The layers that choose experts instead; nil when there are none.
    package let moe: MixtureOfExperts?
    /// How many text tokens, or classes, a prefix is made of.
    package let textVocabulary: Int
    /// How many visual tokens there are.
    package let visualVocabulary: Int
    /// Whether the head is the table of visual embeddings.
    package let tieVisualEmbeddings: Bool
    /// What embeddings are multiplied by; default 1.
    package let embeddingScale: Float

    /// How positions enter: see ``WeftTensor/RotaryEmbedding``.
    package struct Rope: Codable, Sendable, Equatable {
        /// Where the tokens of a prefix of length T stand.
        package enum Prefix: String, Codable, Sendable, CaseIterable {
            /// On a grid: token j at row and column j - T.
            case negative
            /// On a grid: cosine and sine are 0, so that queries and keys become zero vectors (LlamaGen).
            case zeroed
            /// In one dimension: token j at position j, visual token i at T + i.
            case sequential
        }

        /// One dimension or rows and columns.
        package let kind: RotaryEmbedding.Kind
        /// The base of the frequencies, above 0.
        package let theta: Double
        /// Which elements make a pair.
        package let pairs: RotaryEmbedding.Pairs
        /// Where prefixes stand.
        package let prefix: Prefix

        /// Checked when a configuration is made of it.
        package init(kind: RotaryEmbedding.Kind, theta: Double, pairs: RotaryEmbedding.Pairs, prefix: Prefix) {
            self.kind = kind
            self.theta = theta
            self.pairs = pairs
            self.prefix = prefix
        }
    }

    /// A gated feed-forward layer: `down(activation(gate x) * up x)`.
    package struct FeedForward: Codable, Sendable, Equatable {
        /// What the gate goes through; experts have the same.
        package let activation: GatedActivation
        /// Width between `up` and `down` in dense layers.
        package let hiddenSize: Int

        /// Checked when a configuration is made of it.
        package init(activation: GatedActivation, hiddenSize: Int) {
            self.activation = activation
            self.hiddenSize = hiddenSize
        }
    }

    /// Checks every value; throws ``DecoderError`` that names the key.
    package init(
        hiddenSize: Int, layers: Int, heads: Int, kvHeads: Int, headDim: Int, rmsNormEpsilon: Float,
        normOffset: Bool = false, qkNorm: Bool, attentionBias: Bool, rope: Rope, feedForward: FeedForward,
        moe: MixtureOfExperts? = nil, textVocabulary: Int, visualVocabulary: Int, tieVisualEmbeddings: Bool = false,
        embeddingScale: Float = 1
    ) throws {
        self.hiddenSize = hiddenSize
        self.layers = layers
        self.heads = heads
        self.kvHeads = kvHeads
        self.headDim = headDim
        self.rmsNormEpsilon = rmsNormEpsilon
        self.normOffset = normOffset
        self.qkNorm = qkNorm
        self.attentionBias = attentionBias
        self.rope = rope
        self.feedForward = feedForward
        self.moe = moe
        self.textVocabulary = textVocabulary
        self.visualVocabulary = visualVocabulary
        self.tieVisualEmbeddings = tieVisualEmbeddings
        self.embeddingScale = embeddingScale
        try validate()
    }

    /// Whether the layer of that index chooses experts.
    package func isMixture(_ layer: Int) -> Bool { moe?.layers.contains(layer) ?? false }
}
