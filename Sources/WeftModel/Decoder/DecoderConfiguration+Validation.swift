// Checks the values of a decoder's configuration.

import WeftTensor

extension DecoderConfiguration {
    /// No dimension of a tensor may be larger, so that no product of sizes overflows.
    static let largestSize = 1 << 24
    /// No count of layers, heads, experts or elements of a head may be larger.
    static let largestCount = 1 << 14

    /// Throws ``DecoderError`` for the first key with an impossible value.
    func validate() throws {
        try check("hidden_size", hiddenSize, 1...Self.largestSize)
        try check("layers", layers, 1...Self.largestCount)
        try check("heads", heads, 1...Self.largestCount)
        try check("kv_heads", kvHeads, 1...heads)
        try require("kv_heads", kvHeads, heads % kvHeads == 0, "does not divide the \(heads) heads")
        try check("head_dim", headDim, 2...Self.largestCount)
        try require("head_dim", headDim, headDim % 2 == 0, "is odd")
        try require(
            "head_dim", headDim, rope.kind == .sequence || headDim % 4 == 0,
            "is not a multiple of 4, which rotation on a grid needs")
        try require(
            "rms_norm_eps", rmsNormEpsilon, rmsNormEpsilon >= 0 && rmsNormEpsilon.isFinite, "is not a number from 0 up")
        try check("text_vocabulary", textVocabulary, 0...Self.largestSize)
        try check("visual_vocabulary", visualVocabulary, 1...Self.largestSize)
        if let visualCodeSize { try check("visual_code_size", visualCodeSize, 1...Self.largestSize) }
        try require(
            "tie_visual_embeddings", tieVisualEmbeddings,
            !tieVisualEmbeddings || (visualCodeSize == nil && !headProjector), "does not go with projectors")
        try require(
            "norm_placement", "\"post\"", normPlacement == .pre || moe == nil, "does not go with experts")
        try require("embedding_scale", embeddingScale, embeddingScale.isFinite, "is not a finite number")
        try require("rope.theta", rope.theta, rope.theta > 0 && rope.theta.isFinite, "is not a number above 0")
        try require(
            "rope.prefix", "\"\(rope.prefix.rawValue)\"", (rope.prefix == .sequential) == (rope.kind == .sequence),
            "does not go with the kind \"\(rope.kind.rawValue)\"")
        if let scaling = rope.scaling {
            try require(
                "rope.scaling", "\"\(scaling.kind.rawValue)\"", rope.kind == .sequence,
                "does not go with the kind \"2d\"")
            if let problem = scaling.problem {
                throw DecoderError(.configuration, "transformer.rope.scaling.\(problem)")
            }
        }
        try check("feed_forward.hidden_size", feedForward.hiddenSize, 1...Self.largestSize)
        if let moe { try validate(moe) }
    }

    private func validate(_ moe: MixtureOfExperts) throws {
        var last = -1
        for layer in moe.layers {
            try check("moe.layers", layer, 0...layers - 1)
            try require("moe.layers", layer, layer > last, "is not above the layer before it, \(last)")
            last = layer
        }
        try check("moe.experts", moe.experts, 1...Self.largestCount)
        try check("moe.top_k", moe.topK, 1...moe.experts)
        try check("moe.hidden_size", moe.hiddenSize, 1...Self.largestSize)
        try check("moe.shared_experts", moe.sharedExperts, 0...Self.largestCount)
        if moe.sharedExperts > 0 { try check("moe.shared_hidden_size", moe.sharedHiddenSize, 1...Self.largestSize) }
        if moe.sharedExperts == 0 {
            try require(
                "moe.shared_hidden_size", moe.sharedHiddenSize, moe.sharedHiddenSize == 0,
                "should be 0 without shared experts")
        }
        try require("moe.scaling", moe.scaling, moe.scaling.isFinite, "is not a finite number")
    }

    private func check(_ key: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        try require(key, value, range.contains(value), "is not in \(range.lowerBound)...\(range.upperBound)")
    }

    private func require(_ key: String, _ value: some Any, _ condition: Bool, _ problem: String) throws {
        guard condition else { throw DecoderError.configuration(key, "\(value) \(problem)") }
    }
}
