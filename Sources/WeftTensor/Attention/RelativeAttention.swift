// Attention of all tokens of a text to each other, with a bias for every distance.

/// Multi-head attention without a mask: `softmax(query · key + bias)`, the scores not scaled, the bias of a head a
/// function of how far the key stands behind the query: https://arxiv.org/abs/1910.10683, section 2.1.
package struct RelativeAttention: Sendable {
    /// Attention heads.
    package let heads: Int
    /// Elements of a head.
    package let headDim: Int
    /// The largest count of tokens.
    package let capacity: Int
    /// `[heads, 2 * capacity - 1]`, and one vector more so that whole ones can be read.
    private let bias: [Float]

    /// - Parameters:
    ///   - capacity: the largest count of tokens, at least 1.
    ///   - bias: what is added to the scores of a head, for a key at `offset` positions behind the query;
    ///     `offset` is in `-(capacity - 1)...(capacity - 1)`.
    package init(heads: Int, headDim: Int, capacity: Int, bias: (_ head: Int, _ offset: Int) -> Float) {
        precondition(heads > 0 && headDim > 0 && capacity > 0)
        self.heads = heads
        self.headDim = headDim
        self.capacity = capacity
        var values: [Float] = []
        values.reserveCapacity(heads * (2 * capacity - 1) + VectorMath.width)
        for head in 0..<heads { for offset in 1 - capacity..<capacity { values.append(bias(head, offset)) } }
        self.bias = values + [Float](repeating: 0, count: VectorMath.width)
    }

    /// How many floats of scratch ``apply(query:key:value:tokens:to:scratch:pool:)`` needs.
    package func scratchCount(tokens: Int) -> Int { heads * scratchCountOfHead(tokens) }

    private func scratchCountOfHead(_ tokens: Int) -> Int {
        let layout = KeyValueLayout(headDim: headDim, capacity: tokens, format: .float32)
        return layout.byteCount / MemoryLayout<Float>.size + layout.capacity
    }

    /// Computes the attention of all tokens to all.
    ///
    /// - Parameters:
    ///   - query: `[tokens, heads, headDim]`
    ///   - key: `[tokens, heads, headDim]`
    ///   - value: `[tokens, heads, headDim]`
    ///   - tokens: in `1...capacity`
    ///   - y: `[tokens, heads, headDim]`, must not overlap the others
    ///   - scratch: at least ``scratchCount(tokens:)`` floats, finite ones.
    ///   - pool: the threads that share the heads
    package func apply(
        query: UnsafePointer<Float>, key: UnsafePointer<Float>, value: UnsafePointer<Float>, tokens: Int,
        to y: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) {
        precondition((1...capacity).contains(tokens))
        let layout = KeyValueLayout(headDim: headDim, capacity: tokens, format: .float32)
        let (width, scratchCount) = (heads * headDim, scratchCountOfHead(tokens))
        pool.run(heads) { head in
            let start = head * headDim
            let cache = scratch + head * scratchCount
            let scores = cache + scratchCount - layout.capacity
            let values = layout.values(of: cache).assumingMemoryBound(to: Float.self)
            for token in 0..<tokens {
                let source = token * width + start
                layout.store(key: key + source, value: value + source, at: token, in: cache)
            }
            bias.withUnsafeBufferPointer { bias in
                guard let base = bias.baseAddress else { return }
                // The bias of a key at the query's own position.
                let center = base + head * (2 * capacity - 1) + capacity - 1
                for token in 0..<tokens {
                    let place = token * width + start
                    score(query + place, bias: center - token, keys: cache, layout, to: scores)
                    Scores.softmax(scores, count: tokens)
                    sum(values, weights: scores, tokens: tokens, layout, to: y + place)
                }
            }
        }
    }

    /// Scores of whole blocks of keys; what is beyond the tokens has no meaning.
    private func score(
        _ query: UnsafePointer<Float>, bias: UnsafePointer<Float>, keys: UnsafePointer<Float>,
        _ layout: KeyValueLayout, to scores: UnsafeMutablePointer<Float>
    ) {
        let lanes = VectorMath.width
        for first in stride(from: 0, to: layout.capacity, by: lanes) {
            let block = keys + first * headDim
            var sum = SIMD16<Float>.zero
            for index in 0..<headDim { sum += VectorMath.load(block + index * lanes) * query[index] }
            VectorMath.store(sum + VectorMath.load(bias + first), scores + first)
        }
    }

    /// The weighted sum `[headDim]` of the values.
    private func sum(
        _ values: UnsafePointer<Float>, weights: UnsafePointer<Float>, tokens: Int, _ layout: KeyValueLayout,
        to y: UnsafeMutablePointer<Float>
    ) {
        for first in stride(from: 0, to: headDim, by: VectorMath.width) {
            var sum = SIMD16<Float>.zero
            for token in 0..<tokens {
                sum += VectorMath.load(values + token * layout.valueStride + first) * weights[token]
            }
            VectorMath.store(sum, y + first, count: min(VectorMath.width, headDim - first))
        }
    }
}
