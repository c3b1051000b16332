// When threads take rows through all layers by themselves.

extension DecoderPlan {
    /// The least tokens for which a thread goes through all layers by itself: with fewer it would wait for weights.
    static let sideTokens = 4

    /// The weights of a layer up to which threads do so; with more of them each had better read its part only.
    package static let smallLayer = 1 << 22

    /// How many passes run side by side at most.
    package var sidePasses: Int { max(1, min(Self.attentionPieces, chunk / Self.sideTokens)) }

    /// The weights of the largest layer.
    package var layerWeights: Int {
        let c = configuration
        let attention = Self.product(c.hiddenSize, c.headDim, Self.sum(c.heads, c.kvHeads), 2)
        let dense = Self.product(c.hiddenSize, c.feedForward.hiddenSize, 3)
        guard let moe = c.moe, topK > 0 else { return Self.sum(attention, dense) }
        let experts = Self.product(c.hiddenSize, Self.product(moe.experts, moe.hiddenSize), 3)
        let shared = Self.product(c.hiddenSize, moe.sharedHiddenSize, 3)
        return Self.sum(attention, max(dense, Self.sum(experts, shared)))
    }
}
