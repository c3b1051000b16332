// One layer of a T5 encoder: self-attention and a feed-forward layer, each normalised before and added after.

import WeftTensor

/// The weights of a layer, none of them with a bias.
struct T5Layer: Sendable {
    /// The first product or products of a feed-forward layer, each `[feedForwardSize, modelSize]`.
    enum Expansion: Sendable {
        case relu(Linear)
        case gatedGELU(gate: Linear, up: Linear)
    }

    let attentionNorm: RMSNorm
    /// `[heads * headDim, modelSize]`
    let query, key, value: Linear
    /// `[modelSize, heads * headDim]`
    let output: Linear
    let feedForwardNorm: RMSNorm
    let expansion: Expansion
    /// `[modelSize, feedForwardSize]`
    let contraction: Linear

    /// Takes the tensors of layer `index`; throws `WeightsError`.
    init(_ configuration: T5Configuration, index: Int, tensors: TensorReader) throws {
        let (model, hidden) = (configuration.modelSize, configuration.feedForwardSize)
        let inner = configuration.heads * configuration.headDim
        let block = "encoder.block.\(index).layer."
        func linear(_ name: String, _ outputs: Int, _ inputs: Int) throws -> Linear {
            Linear(try tensors.take("\(block)\(name).weight", shape: [outputs, inputs]))
        }
        func norm(_ name: String) throws -> RMSNorm {
            let weight = try tensors.take("\(block)\(name).layer_norm.weight", shape: [model])
            return RMSNorm(weight: weight, epsilon: configuration.epsilon)
        }
        attentionNorm = try norm("0")
        query = try linear("0.SelfAttention.q", inner, model)
        key = try linear("0.SelfAttention.k", inner, model)
        value = try linear("0.SelfAttention.v", inner, model)
        output = try linear("0.SelfAttention.o", model, inner)
        feedForwardNorm = try norm("1")
        switch configuration.feedForward {
        case .relu: expansion = .relu(try linear("1.DenseReluDense.wi", hidden, model))
        case .gatedGELU:
            expansion = .gatedGELU(
                gate: try linear("1.DenseReluDense.wi_0", hidden, model),
                up: try linear("1.DenseReluDense.wi_1", hidden, model))
        }
        contraction = try linear("1.DenseReluDense.wo", model, hidden)
    }

    /// Replaces the rows `x [tokens, modelSize]` by those behind the layer.
    func apply(_ x: UnsafeMutablePointer<Float>, attention: RelativeAttention, _ space: T5Workspace, pool: ThreadPool) {
        let tokens = space.tokens
        let normed = space.normed.pointer
        let (q, k, v) = (space.query.pointer, space.key.pointer, space.value.pointer)
        attentionNorm.apply(x, rows: tokens, to: normed)
        query.apply(normed, rows: tokens, to: q, pool: pool)
        key.apply(normed, rows: tokens, to: k, pool: pool)
        value.apply(normed, rows: tokens, to: v, pool: pool)
        let mixed = space.mixed.pointer
        attention.apply(
            query: q, key: k, value: v, tokens: tokens, to: mixed, scratch: space.scratch.pointer, pool: pool)
        output.apply(mixed, rows: tokens, to: normed, pool: pool)
        add(normed, to: x, count: space.normed.count)

        feedForwardNorm.apply(x, rows: tokens, to: normed)
        let hidden = space.hidden.pointer
        let count = tokens * contraction.inputs
        switch expansion {
        case .relu(let layer):
            layer.apply(normed, rows: tokens, to: hidden, pool: pool)
            for index in 0..<count { hidden[index] = max(hidden[index], 0) }
        case .gatedGELU(let gate, let up):
            let ups = hidden + count
            gate.apply(normed, rows: tokens, to: hidden, pool: pool)
            up.apply(normed, rows: tokens, to: ups, pool: pool)
            GatedActivation.geluTanh.apply(gate: hidden, up: ups, to: hidden, count: count)
        }
        contraction.apply(hidden, rows: tokens, to: normed, pool: pool)
        add(normed, to: x, count: space.normed.count)
    }

    private func add(_ y: UnsafePointer<Float>, to x: UnsafeMutablePointer<Float>, count: Int) {
        for index in 0..<count { x[index] += y[index] }
    }
}

/// Memory for what the layers compute for one text.
struct T5Workspace {
    let tokens: Int
    /// `[tokens, modelSize]`, normalised or to be added.
    let normed: Buffer
    /// `[tokens, heads, headDim]`
    let query, key, value, mixed: Buffer
    /// One or two times `[tokens, feedForwardSize]`.
    let hidden: Buffer
    let scratch: Buffer

    init(_ configuration: T5Configuration, attention: RelativeAttention, tokens: Int) {
        self.tokens = tokens
        normed = Buffer(count: tokens * configuration.modelSize)
        let inner = tokens * configuration.heads * configuration.headDim
        query = Buffer(count: inner)
        key = Buffer(count: inner)
        value = Buffer(count: inner)
        mixed = Buffer(count: inner)
        hidden = Buffer(
            count: tokens * configuration.feedForwardSize * (configuration.feedForward == .relu ? 1 : 2))
        scratch = Buffer(count: attention.scratchCount(tokens: tokens))
    }
}
