// The weights of one layer.

import WeftTensor

/// Attention, then a feed-forward layer or experts, each with a norm before or after it, added to the residual stream.
struct DecoderLayer: Sendable {
    /// What follows attention.
    enum Block: Sendable {
        case dense(GatedFeedForward)
        case mixture(ExpertLayer)
    }

    let attentionNorm: RMSNorm
    let attention: AttentionLayer
    let feedForwardNorm: RMSNorm
    let block: Block

    /// Takes the tensors `layers.<index>.*`.
    init(_ configuration: DecoderConfiguration, index: Int, tensors: TensorReader) throws {
        let name = "layers.\(index)."
        attentionNorm = try RMSNorm(name + "attention_norm", configuration.hiddenSize, configuration, tensors)
        attention = try AttentionLayer(configuration, name: name + "attention.", tensors: tensors)
        feedForwardNorm = try RMSNorm(name + "feed_forward_norm", configuration.hiddenSize, configuration, tensors)
        if let moe = configuration.moe, configuration.isMixture(index) {
            block = .mixture(try ExpertLayer(configuration, moe, name: name + "moe.", tensors: tensors))
        } else {
            let options = configuration.feedForward
            block = .dense(
                try GatedFeedForward(
                    name + "feed_forward.", width: configuration.hiddenSize, hidden: options.hiddenSize,
                    hasBias: options.bias, tensors: tensors))
        }
    }
}

extension DecoderLayer {
    /// Whether one of its matrices is quantised.
    var isQuantised: Bool {
        let feedForward: [GatedFeedForward] =
            switch block {
            case .dense(let block): [block]
            case .mixture(let block): block.experts + (block.shared.map { [$0] } ?? [])
            }
        let attention = [attention.query, attention.key, attention.value, attention.output]
        return (attention + feedForward.flatMap { [$0.gate, $0.up, $0.down] }).contains(where: \.isQuantised)
    }
}

/// The projections of grouped-query attention.
struct AttentionLayer: Sendable {
    let query: Linear
    let key: Linear
    let value: Linear
    let output: Linear
    let queryNorm: HeadNorm
    let keyNorm: HeadNorm

    init(_ configuration: DecoderConfiguration, name: String, tensors: TensorReader) throws {
        let (width, headDim) = (configuration.hiddenSize, configuration.headDim)
        func inward(_ part: String, _ heads: Int) throws -> Linear {
            try tensors.takeMatrix(
                name + part, outputs: heads * headDim, inputs: width, hasBias: configuration.attentionBias)
        }
        query = try inward("query", configuration.heads)
        key = try inward("key", configuration.kvHeads)
        value = try inward("value", configuration.kvHeads)
        output = try tensors.takeMatrix(
            name + "output", outputs: width, inputs: configuration.heads * headDim,
            hasBias: configuration.attentionOutputBias)
        queryNorm = try HeadNorm(name + "query_norm", heads: configuration.heads, configuration, tensors)
        keyNorm = try HeadNorm(name + "key_norm", heads: configuration.kvHeads, configuration, tensors)
    }
}

/// What is done to the heads of a query or key before they are rotated.
enum HeadNorm: Sendable {
    case none
    /// The same weights for every head.
    case rms(RMSNorm, heads: Int)
    /// Weights and biases of its own for every head.
    case layer(LayerNorm)

    /// Takes `<name>.weight` and, for layer norms, `<name>.bias`.
    ///
    /// Layer norms may be stored for each head `[heads, headDim]`, for groups of neighbours `[groups, headDim]`, or once
    /// `[headDim]`.
    init(_ name: String, heads: Int, _ configuration: DecoderConfiguration, _ tensors: TensorReader) throws {
        let headDim = configuration.headDim
        switch configuration.qkNorm {
        case .none: self = .none
        case .rms: self = .rms(try RMSNorm(name, headDim, configuration, tensors), heads: heads)
        case .layer:
            let stored = tensors.shape(of: name + ".weight") ?? []
            let groups = stored.first.flatMap { $0 > 0 && heads % $0 == 0 ? $0 : nil } ?? heads
            let shape = stored.count == 1 ? [headDim] : [groups, headDim]
            self = .layer(
                LayerNorm(
                    weight: try tensors.take(name + ".weight", shape: shape),
                    bias: try tensors.take(name + ".bias", shape: shape), rows: heads, epsilon: 1e-5))
        }
    }

    /// Normalises the heads `[heads, headDim]` of one token in place.
    func apply(_ x: UnsafeMutablePointer<Float>) {
        switch self {
        case .none: return
        case .rms(let norm, let heads): norm.apply(x, rows: heads, to: x)
        case .layer(let norm): norm.apply(x, to: x)
        }
    }
}

/// `down(activation(gate x) * up x)`: a dense layer, an expert, or what all rows share beside the experts.
struct GatedFeedForward: Sendable {
    let gate: Linear
    let up: Linear
    let down: Linear

    /// Takes `<name>{gate,up,down}.weight` and the biases if there are some.
    init(_ name: String, width: Int, hidden: Int, hasBias: Bool = false, tensors: TensorReader) throws {
        gate = try tensors.takeMatrix(name + "gate", outputs: hidden, inputs: width, hasBias: hasBias)
        up = try tensors.takeMatrix(name + "up", outputs: hidden, inputs: width, hasBias: hasBias)
        down = try tensors.takeMatrix(name + "down", outputs: width, inputs: hidden, hasBias: hasBias)
    }

    init(gate: Linear, up: Linear, down: Linear) {
        self.gate = gate
        self.up = up
        self.down = down
    }
}

extension RMSNorm {
    /// Takes `<name>.weight [size]`.
    init(_ name: String, _ size: Int, _ configuration: DecoderConfiguration, _ tensors: TensorReader) throws {
        self.init(
            weight: try tensors.take(name + ".weight", shape: [size]), epsilon: configuration.rmsNormEpsilon,
            offset: configuration.normOffset ? 1 : 0)
    }
}
