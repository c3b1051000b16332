// The encoder of T5: tokens of a text to features. Source: arXiv:1910.10683; transformers' T5EncoderModel.

import Foundation
package import WeftTensor

/// A T5 encoder: layers of attention over all tokens and of feed-forward, each after a norm; immutable.
///
/// Attention is not scaled; to each score a bias is added that depends on the head and the distance of the two tokens,
/// the same in all layers.
package struct T5Encoder: Sendable {
    /// What it is made of.
    package let configuration: T5Configuration
    private let embedding: Tensor  // [vocabulary, width]
    private let distanceBias: [Float]  // [buckets, heads]
    private let layers: [Layer]
    private let norm: RMSNorm

    private struct Layer {
        let attentionNorm: RMSNorm
        let query: Linear
        let key: Linear
        let value: Linear
        let output: Linear
        let feedForwardNorm: RMSNorm
        let gate: Linear
        let up: Linear?
        let down: Linear
    }

    /// The most tokens that are encoded at a time.
    package static let largestCount = 512

    /// Takes the encoder's tensors; those of a decoder are not read.
    ///
    /// Throws ``WeightsError`` for a tensor that is missing or has the wrong shape.
    package init(_ configuration: T5Configuration, files: [any TensorFile]) throws {
        self.configuration = configuration
        let tensors = TensorReader(files)
        let (width, inner) = (configuration.width, configuration.heads * configuration.headDim)
        let table = tensors.contains("shared.weight") ? "shared.weight" : "encoder.embed_tokens.weight"
        embedding = try tensors.take(table, shape: [configuration.vocabulary, width])
        let first = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        distanceBias = try tensors.take(first, shape: [configuration.buckets, configuration.heads]).floats()
        func norm(_ name: String) throws -> RMSNorm {
            RMSNorm(weight: try tensors.take("\(name).weight", shape: [width]), epsilon: configuration.epsilon)
        }
        func linear(_ name: String, _ outputs: Int, _ inputs: Int) throws -> Linear {
            Linear(try tensors.take("\(name).weight", shape: [outputs, inputs]))
        }
        layers = try (0..<configuration.layers).map { index in
            let attention = "encoder.block.\(index).layer.0"
            let feedForward = "encoder.block.\(index).layer.1"
            let isGated = configuration.feedForward == .gatedGelu
            let dense = feedForward + ".DenseReluDense."
            return Layer(
                attentionNorm: try norm(attention + ".layer_norm"),
                query: try linear(attention + ".SelfAttention.q", inner, width),
                key: try linear(attention + ".SelfAttention.k", inner, width),
                value: try linear(attention + ".SelfAttention.v", inner, width),
                output: try linear(attention + ".SelfAttention.o", width, inner),
                feedForwardNorm: try norm(feedForward + ".layer_norm"),
                gate: try linear(dense + (isGated ? "wi_0" : "wi"), configuration.hiddenSize, width),
                up: isGated ? try linear(dense + "wi_1", configuration.hiddenSize, width) : nil,
                down: try linear(dense + "wo", width, configuration.hiddenSize))
        }
        self.norm = try norm("encoder.final_layer_norm")
    }

    /// The features `[tokens.count, width]` of tokens, of which none is padding.
    ///
    /// Throws ``PromptError`` for no tokens, for more than ``largestCount``, and for one that is not in the vocabulary.
    package func encode(_ tokens: [Int], pool: ThreadPool) throws -> [Float] {
        guard (1...Self.largestCount).contains(tokens.count) else {
            throw PromptError("\(tokens.count) tokens; T5 reads 1 to \(Self.largestCount)")
        }
        if let bad = tokens.first(where: { !(0..<configuration.vocabulary).contains($0) }) {
            throw PromptError("token \(bad) is not in T5's vocabulary of \(configuration.vocabulary)")
        }
        let state = State(configuration, count: tokens.count, pool: pool, bias: bias(tokens.count))
        for (index, token) in tokens.enumerated() {
            embedding.copyRow(token, to: state.hidden.pointer + index * configuration.width)
        }
        for layer in layers {
            layer.attentionNorm.apply(state.hidden.pointer, rows: tokens.count, to: state.normed.pointer)
            attend(layer, state)
            layer.feedForwardNorm.apply(state.hidden.pointer, rows: tokens.count, to: state.normed.pointer)
            feedForward(layer, state)
        }
        norm.apply(state.hidden.pointer, rows: tokens.count, to: state.normed.pointer)
        return Array(UnsafeBufferPointer(start: state.normed.pointer, count: tokens.count * configuration.width))
    }

    /// The memory of one text.
    private final class State {
        let count: Int
        let pool: ThreadPool
        let bias: [Float]  // [2 * count - 1, heads], from distance -(count - 1) on
        let hidden: Buffer  // [count, width]
        let normed: Buffer  // [count, width]
        let added: Buffer  // [count, width]
        let query: Buffer  // [count, heads, headDim]
        let key: Buffer  // [count, heads, headDim]
        let value: Buffer  // [count, heads, headDim]
        let attended: Buffer  // [count, heads, headDim]
        let scores: Buffer  // [heads, count]
        let gate: Buffer  // [count, hiddenSize]
        let up: Buffer  // [count, hiddenSize]

        init(_ configuration: T5Configuration, count: Int, pool: ThreadPool, bias: [Float]) {
            self.count = count
            self.pool = pool
            self.bias = bias
            let inner = count * configuration.heads * configuration.headDim
            (hidden, normed) = (Buffer(count: count * configuration.width), Buffer(count: count * configuration.width))
            added = Buffer(count: count * configuration.width)
            (query, key) = (Buffer(count: inner), Buffer(count: inner))
            (value, attended) = (Buffer(count: inner), Buffer(count: inner))
            scores = Buffer(count: configuration.heads * count)
            (gate, up) = (
                Buffer(count: count * configuration.hiddenSize), Buffer(count: count * configuration.hiddenSize)
            )
        }

        /// `hidden += added`
        func add() { for index in 0..<hidden.count { hidden.pointer[index] += added.pointer[index] } }
    }

    // MARK: - Layers

    private func attend(_ layer: Layer, _ state: State) {
        let (x, count) = (state.normed.pointer, state.count)
        layer.query.apply(x, rows: count, to: state.query.pointer, pool: state.pool)
        layer.key.apply(x, rows: count, to: state.key.pointer, pool: state.pool)
        layer.value.apply(x, rows: count, to: state.value.pointer, pool: state.pool)
        state.pool.run(configuration.heads, with: (self, state)) { $0.0.attend(head: $1, $0.1) }
        layer.output.apply(state.attended.pointer, rows: count, to: state.added.pointer, pool: state.pool)
        state.add()
    }

    /// Attention of one head, row by row.
    private func attend(head: Int, _ state: State) {
        let (heads, headDim, count) = (configuration.heads, configuration.headDim, state.count)
        let stride = heads * headDim
        let scores = state.scores.pointer + head * count
        for row in 0..<count {
            let query = state.query.pointer + row * stride + head * headDim
            for other in 0..<count {
                let key = state.key.pointer + other * stride + head * headDim
                var sum: Float = 0
                for index in 0..<headDim { sum += query[index] * key[index] }
                scores[other] = sum + state.bias[(other - row + count - 1) * heads + head]
            }
            Scores.softmax(scores, count: count)
            let out = state.attended.pointer + row * stride + head * headDim
            out.update(repeating: 0, count: headDim)
            for other in 0..<count {
                let value = state.value.pointer + other * stride + head * headDim
                for index in 0..<headDim { out[index] += scores[other] * value[index] }
            }
        }
    }

    private func feedForward(_ layer: Layer, _ state: State) {
        let (gate, size) = (state.gate.pointer, state.gate.count)
        layer.gate.apply(state.normed.pointer, rows: state.count, to: gate, pool: state.pool)
        if let up = layer.up {
            up.apply(state.normed.pointer, rows: state.count, to: state.up.pointer, pool: state.pool)
            GatedActivation.geluTanh.apply(gate: gate, up: state.up.pointer, to: gate, count: size)
        } else {
            for index in 0..<size { gate[index] = max(0, gate[index]) }
        }
        layer.down.apply(gate, rows: state.count, to: state.added.pointer, pool: state.pool)
        state.add()
    }

    // MARK: - Distances

    /// The biases of all distances from key to query, `[2 * count - 1, heads]`.
    private func bias(_ count: Int) -> [Float] {
        (-(count - 1)...count - 1).flatMap { distance in
            let bucket = bucket(distance)
            return distanceBias[bucket * configuration.heads..<(bucket + 1) * configuration.heads]
        }
    }

    /// The bucket of a key that stands `distance` after the query: half of the buckets for each direction, in each half
    /// one for every near distance, then ever wider ones.
    private func bucket(_ distance: Int) -> Int {
        let half = configuration.buckets / 2
        let near = half / 2
        let start = distance > 0 ? half : 0
        let length = abs(distance)
        guard length >= near else { return start + length }
        // In single precision, as the reference has it.
        let ratio = Float(length) / Float(near)
        let range = Double(configuration.largestDistance) / Double(near)
        let far = near + Int(log(ratio) / Float(log(range)) * Float(half - near))
        return start + min(far, half - 1)
    }

}
