// The mixture-of-experts part of a decoder's configuration.

extension DecoderConfiguration {
    /// Layers in which a router sends each row to a few of many feed-forward layers.
    package struct MixtureOfExperts: Codable, Sendable, Equatable {
        /// How logits become scores.
        package enum Router: String, Codable, Sendable, CaseIterable {
            /// Softmax over all experts.
            case softmax
            /// Each expert's logistic function by itself.
            case sigmoid
        }

        /// Indices of the layers, rising.
        package let layers: [Int]
        /// How many experts a layer has.
        package let experts: Int
        /// How many of them a row goes to; of equal scores the lowest index wins.
        package let topK: Int
        /// Width of an expert.
        package let hiddenSize: Int
        /// How logits become scores.
        package let router: Router
        /// Whether the chosen scores are divided by their sum.
        package let renormalize: Bool
        /// How many experts every row goes to, as one feed-forward layer of `sharedHiddenSize`; default 0.
        package let sharedExperts: Int
        /// Width of all shared experts together; default 0.
        package let sharedHiddenSize: Int
        /// Whether a bias is added to the scores for the choice only; default false.
        package let selectionBias: Bool
        /// What the weights of the chosen experts are multiplied by; default 1.
        package let scaling: Float

        /// Checked when a configuration is made of it.
        package init(
            layers: [Int], experts: Int, topK: Int, hiddenSize: Int, router: Router, renormalize: Bool,
            sharedExperts: Int = 0, sharedHiddenSize: Int = 0, selectionBias: Bool = false, scaling: Float = 1
        ) {
            self.layers = layers
            self.experts = experts
            self.topK = topK
            self.hiddenSize = hiddenSize
            self.router = router
            self.renormalize = renormalize
            self.sharedExperts = sharedExperts
            self.sharedHiddenSize = sharedHiddenSize
            self.selectionBias = selectionBias
            self.scaling = scaling
        }
    }
}
