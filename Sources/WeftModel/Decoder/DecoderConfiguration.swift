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
    /// Where the norms of attention and feed-forward stand; default before.
    package let normPlacement: NormPlacement
    /// How queries and keys are normalised head by head before they are rotated.
    package let qkNorm: QueryKeyNorm
    /// Whether the projections to queries, keys and values have biases.
    package let attentionBias: Bool
    /// Whether the projection out of attention has a bias; default as `attentionBias`.
    package let attentionOutputBias: Bool
    /// How positions enter.
    package let rope: Rope
    /// The dense feed-forward layers.
    package let feedForward: FeedForward
    /// The layers that choose experts instead; nil when there are none.
    package let moe: MixtureOfExperts?
    /// How many text tokens, or classes, there are; 0 if all prefixes are ready embeddings.
    package let textVocabulary: Int
    /// How many visual tokens there are.
    package let visualVocabulary: Int
    /// Whether the head is the table of visual embeddings.
    package let tieVisualEmbeddings: Bool
    /// What embeddings out of tables of the full width are multiplied by; default 1.
    package let embeddingScale: Float
    /// Elements of the codes that a projector makes visual embeddings of; nil if these stand in a table.
    package let visualCodeSize: Int?
    /// Whether hidden states go through a layer of their own before the head; default false.
    package let headProjector: Bool

    /// Where the norms of a layer stand.
    package enum NormPlacement: String, Codable, Sendable, CaseIterable {
        /// `x + f(norm(x))`
        case pre
        /// `x + norm(f(x))`, Chameleon's Swin norm.
        case post
    }

    /// How queries and keys are normalised; `true` and `false` in JSON are `rms` and `none`.
    package enum QueryKeyNorm: String, Codable, Sendable, CaseIterable {
        /// Not at all.
        case none
        /// By their root mean square, with one weight vector for all heads.
        case rms
        /// By layer norms with a weight and a bias for every head, epsilon 1e-5.
        case layer
    }

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
        /// How frequencies are changed, in one dimension only; nil if they are not.
        package let scaling: RotaryScaling?

        /// Checked when a configuration is made of it.
        package init(
            kind: RotaryEmbedding.Kind, theta: Double, pairs: RotaryEmbedding.Pairs, prefix: Prefix,
            scaling: RotaryScaling? = nil
        ) {
            self.kind = kind
            self.theta = theta
            self.pairs = pairs
            self.prefix = prefix
            self.scaling = scaling
        }
    }

    /// A gated feed-forward layer: `down(activation(gate x) * up x)`.
    package struct FeedForward: Codable, Sendable, Equatable {
        /// What the gate goes through; experts have the same.
        package let activation: GatedActivation
        /// Width between `up` and `down` in dense layers.
        package let hiddenSize: Int
        /// Whether the three products of dense layers have biases; default false.
        package let bias: Bool

        /// Checked when a configuration is made of it.
        package init(activation: GatedActivation, hiddenSize: Int, bias: Bool = false) {
            self.activation = activation
            self.hiddenSize = hiddenSize
            self.bias = bias
        }
    }

    /// Checks every value; throws ``DecoderError`` that names the key.
    package init(
        hiddenSize: Int, layers: Int, heads: Int, kvHeads: Int, headDim: Int, rmsNormEpsilon: Float,
        normOffset: Bool = false, normPlacement: NormPlacement = .pre, qkNorm: QueryKeyNorm = .none,
        attentionBias: Bool = false, attentionOutputBias: Bool? = nil, rope: Rope, feedForward: FeedForward,
        moe: MixtureOfExperts? = nil, textVocabulary: Int, visualVocabulary: Int, tieVisualEmbeddings: Bool = false,
        embeddingScale: Float = 1, visualCodeSize: Int? = nil, headProjector: Bool = false
    ) throws {
        self.hiddenSize = hiddenSize
        self.layers = layers
        self.heads = heads
        self.kvHeads = kvHeads
        self.headDim = headDim
        self.rmsNormEpsilon = rmsNormEpsilon
        self.normOffset = normOffset
        self.normPlacement = normPlacement
        self.qkNorm = qkNorm
        self.attentionBias = attentionBias
        self.attentionOutputBias = attentionOutputBias ?? attentionBias
        self.rope = rope
        self.feedForward = feedForward
        self.moe = moe
        self.textVocabulary = textVocabulary
        self.visualVocabulary = visualVocabulary
        self.tieVisualEmbeddings = tieVisualEmbeddings
        self.embeddingScale = embeddingScale
        self.visualCodeSize = visualCodeSize
        self.headProjector = headProjector
        try validate()
    }

    /// Whether the layer of that index chooses experts.
    package func isMixture(_ layer: Int) -> Bool { moe?.layers.contains(layer) ?? false }
}
