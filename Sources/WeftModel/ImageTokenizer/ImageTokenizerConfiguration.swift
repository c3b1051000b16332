// The sizes of an image tokenizer, as they stand under "image_tokenizer" in config.json.

/// The sizes of an image tokenizer of the VQGAN family.
///
/// Decoding checks every value; the error names the key.
package struct ImageTokenizerConfiguration: Codable, Sendable, Equatable {
    /// How a latent becomes a token.
    package enum QuantizerKind: String, Codable, Sendable {
        /// Finite-scalar quantisation: hyperbolic tangent, then the nearest codebook row (arXiv:2309.15505).
        case scalar = "fsq"
        /// Latents and codebook rows of unit length, the nearest row (arXiv:2110.04627).
        case l2
        /// The nearest row as it is stored (arXiv:1711.00937).
        case plain
    }

    /// The quantizer.
    package struct Quantizer: Codable, Sendable, Equatable {
        /// How a latent becomes a token.
        package var kind: QuantizerKind
        /// Values of each dimension, of the `scalar` kind only; their product is the codebook size.
        package var levels: [Int]?

        /// A quantizer, its values not checked.
        package init(kind: QuantizerKind, levels: [Int]? = nil) {
            self.kind = kind
            self.levels = levels
        }
    }

    /// What normalises activations.
    package enum Norm: String, Codable, Sendable {
        /// Group normalisation over all pixels.
        case group
        /// Root mean square over the channels of each pixel.
        case channel
        /// Group normalisation that the codebook rows modulate (arXiv:2209.09002), for tokenizers that only decode.
        case spatial
    }

    /// What is left of the temporal layers of a video tokenizer when it decodes a single picture.
    ///
    /// Its convolutions see nothing before the first moment, so that of each only the last moment of the kernel counts.
    /// They run on the latents and on the codebook rows that spatial norms look at.
    package struct Temporal: Codable, Sendable, Equatable {
        /// Residual blocks with batch norms.
        package var residualBlocks: Int
        /// Convolutions that are followed by swish.
        package var convolutions: Int

        /// Layers, their counts not checked.
        package init(residualBlocks: Int, convolutions: Int) {
            self.residualBlocks = residualBlocks
            self.convolutions = convolutions
        }
    }

    /// What makes latents of pixels.
    package enum Encoder: Codable, Sendable, Equatable {
        /// Levels as the decoder's, then two convolutions to the codebook's dimensions.
        case levels(Stack)
        /// One convolution of squares of `patch` times `patch` pixels, straight to the codebook's dimensions.
        case linear(patch: Int)
    }

    /// Where pictures of one scale leave the decoder.
    package struct Head: Codable, Sendable, Equatable {
        /// How many times ``ImageTokenizerConfiguration/downsampling`` pixels a side of a token stands for.
        package var scale: Int
        /// The level that it stands behind, an index of the decoder's channels.
        package var level: Int
        /// Side of the square of pixels that is one place of that level.
        package var patch: Int

        /// A head, its values not checked.
        package init(scale: Int, level: Int, patch: Int) {
            self.scale = scale
            self.level = level
            self.patch = patch
        }
    }

    /// The levels of the encoder or of the decoder, the highest resolution first.
    package struct Stack: Codable, Sendable, Equatable {
        /// Channels of each level.
        package var channels: [Int]
        /// Residual blocks of each level.
        package var residualBlocks: [Int]
        /// Whether an attention follows each residual block of the level.
        package var attention: [Bool]
        /// Whether two residual blocks stand at the lowest resolution, between the levels and the latents.
        package var middle: Bool
        /// Whether an attention stands between the two middle blocks.
        package var middleAttention: Bool
        /// Side of the square of pixels that is one place of the highest level; nil for the configuration's.
        package var patch: Int?
        /// Side of the convolutions of residual blocks and latents, 1 or 3.
        ///
        /// An encoder with 1 and a single level makes each token from its own square of pixels alone.
        package var kernel: Int
        /// The heads of a decoder, one for each scale; nil for one that ends behind its highest level.
        package var heads: [Head]?

        /// Levels, their values not checked.
        package init(
            channels: [Int], residualBlocks: [Int], attention: [Bool], middle: Bool, middleAttention: Bool,
            patch: Int? = nil, kernel: Int = 3, heads: [Head]? = nil
        ) {
            self.channels = channels
            self.residualBlocks = residualBlocks
            self.attention = attention
            self.middle = middle
            self.middleAttention = middleAttention
            self.patch = patch
            self.kernel = kernel
            self.heads = heads
        }
    }

    /// Rows of the codebook: how many tokens there are.
    package var codebookSize: Int
    /// Length of a codebook row.
    package var codebookDim: Int
    /// The quantizer.
    package var quantizer: Quantizer
    /// Channels between the network and the 1x1 convolutions around the codebook.
    package var latentChannels: Int
    /// Side of the square of pixels that is one place of the highest level: the first convolution of the encoder takes
    /// it together, and the last one of the decoder makes its colours.
    package var patch: Int
    /// What normalises activations.
    package var norm: Norm
    /// Groups of the group normalisation; nil for channel normalisation.
    package var normGroups: Int?
    /// What norms add to the variance or mean square.
    package var normEpsilon: Float
    /// The temporal layers before the decoder; nil for a tokenizer of pictures.
    package var temporal: Temporal?
    /// The encoder; nil for a checkpoint that can only decode.
    package var encoder: Encoder?
    /// The decoder.
    package var decoder: Stack

    /// A configuration whose values ``validate()`` has yet to check.
    package init(
        codebookSize: Int, codebookDim: Int, quantizer: Quantizer, latentChannels: Int, patch: Int = 1, norm: Norm,
        normGroups: Int? = nil, normEpsilon: Float, temporal: Temporal? = nil, encoder: Encoder?,
        decoder: Stack
    ) {
        self.codebookSize = codebookSize
        self.codebookDim = codebookDim
        self.quantizer = quantizer
        self.latentChannels = latentChannels
        self.patch = patch
        self.norm = norm
        self.normGroups = normGroups
        self.normEpsilon = normEpsilon
        self.temporal = temporal
        self.encoder = encoder
        self.decoder = decoder
    }

    /// Height and width of the square of pixels that one token stands for, at scale 1.
    package var downsampling: Int {
        guard let heads = decoder.heads else { return downsampling(decoder) }
        return encoderDownsampling ?? heads.first { $0.scale == 1 }.map { downsampling($0) } ?? 0
    }

    /// How many times ``downsampling`` pixels a side of a token may stand for in the pictures that are decoded, in the
    /// order of the heads.
    package var scales: [Int] { decoder.heads?.map(\.scale) ?? [1] }

    /// What the encoder makes one token of; nil without encoder.
    var encoderDownsampling: Int? {
        switch encoder {
        case nil: nil
        case .linear(let patch): patch
        case .levels(let stack): downsampling(stack)
        }
    }

    func downsampling(_ stack: Stack) -> Int { (stack.patch ?? patch) << (stack.channels.count - 1) }

    func downsampling(_ head: Head) -> Int { head.patch << (decoder.channels.count - 1 - head.level) }
}
