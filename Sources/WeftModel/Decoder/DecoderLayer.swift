// The weights of one layer.

import WeftTensor

/// Attention, then a feed-forward layer or experts, each after a norm and added to the residual stream.
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
            let hidden = configuration.feedForward.hiddenSize
            block = .dense(
                try GatedFeedForward(configuration, hidden: hidden, name: name + "feed_forward.", tensors: tensors))
        }
    }
}

/// The projections of grouped-query attention.
struct AttentionLayer: Sendable {
    let query: Linear
    let key: Linear
    let value: Linear
    let output: Linear
    /// Norms over the elements of a head, if the configuration asks for them.
    let queryNorm: RMSNorm?
    let keyNorm: RMSNorm?

    init(_ configuration: DecoderConfiguration, name: String, tensors: TensorReader) throws {
        let width = configuration.hiddenSize
        let (queries, keys) = (
            configuration.heads * configuration.headDim, configuration.kvHeads * configuration.headDim
        )
        func linear(_ part: String, _ outputs: Int, _ inputs: Int) throws -> Linear {
            let weight = try tensors.take("\(name)\(part).weight", shape: [outputs, inputs])
            guard configuration.attentionBias else { return Linear(weight) }
            return Linear(weight, bias: try tensors.take("\(name)\(part).bias", shape: [outputs]))
        }
        query = try linear("query", queries, width)
        key = try linear("key", keys, width)
        value = try linear("value", keys, width)
        output = try linear("output", width, queries)
        guard configuration.qkNorm else {
            (queryNorm, keyNorm) = (nil, nil)
            return
        }
        queryNorm = try RMSNorm(name + "query_norm", configuration.headDim, configuration, tensors)
        keyNorm = try RMSNorm(name + "key_norm", configuration.headDim, configuration, tensors)
    }
}

/// `down(activation(gate x) * up x)`
struct GatedFeedForward: Sendable {
    let gate: Linear
    let up: Linear
    let down: Linear

    init(_ configuration: DecoderConfiguration, hidden: Int, name: String, tensors: TensorReader) throws {
        let width = configuration.hiddenSize
        gate = Linear(try tensors.take(name + "gate.weight", shape: [hidden, width]))
        up = Linear(try tensors.take(name + "up.weight", shape: [hidden, width]))
        down = Linear(try tensors.take(name + "down.weight", shape: [width, hidden]))
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
