// How much memory a generation takes, known before any weights are loaded.

package import WeftTensor

/// The sizes of one generation's buffers.
package struct DecoderPlan: Sendable, Equatable {
    /// What the decoder is made of.
    package let configuration: DecoderConfiguration
    /// Sequences that run side by side.
    package let rows: Int
    /// The longest prefix, in tokens.
    package let prefixCapacity: Int
    /// How many tokens can be fed to a row after its prefix.
    package let fedCapacity: Int
    /// How many tokens of a row go through the layers together in a step.
    package let tokensPerStep: Int
    /// After how many of these tokens the logits are wanted.
    package let outputsPerStep: Int
    /// Whether the layers' weights are quantised, and with them the activations.
    package let isQuantised: Bool
    /// How keys and values are stored.
    package let cache: KeyValueFormat

    /// Makes a plan.
    ///
    /// - Parameters:
    ///   - rows: at least 1.
    ///   - prefixCapacity: at least 1.
    ///   - fedCapacity: at least 0; a picture of n tokens feeds n - 1, and the text tokens between them.
    ///   - tokensPerStep: at least 1; steps may feed more, which then go in several passes.
    ///   - outputsPerStep: at least 1; see ``DecoderState/feed(rows:tokens:isWanted:)``.
    ///   - isQuantised: whether the layers' weights are quantised.
    ///   - cache: how keys and values are stored.
    package init(
        _ configuration: DecoderConfiguration, rows: Int, prefixCapacity: Int, fedCapacity: Int, tokensPerStep: Int = 1,
        outputsPerStep: Int = 1, isQuantised: Bool = false, cache: KeyValueFormat = .float32
    ) {
        precondition(rows > 0 && prefixCapacity > 0 && fedCapacity >= 0 && tokensPerStep > 0 && outputsPerStep > 0)
        self.configuration = configuration
        self.rows = rows
        self.prefixCapacity = prefixCapacity
        self.fedCapacity = fedCapacity
        self.tokensPerStep = tokensPerStep
        self.outputsPerStep = outputsPerStep
        self.isQuantised = isQuantised
        self.cache = cache
    }

    /// Bytes of all keys and values, `[layers, rows, kvHeads]` caches; `Int.max` if they are too many to count.
    package var keyValueBytes: Int {
        Self.product(configuration.layers, rows, configuration.kvHeads, layout.byteCount)
    }

    /// Bytes of activations, logits and tables; `Int.max` if they are too many to count.
    package var bufferBytes: Int {
        let floats = bufferCounts.total
        let entries = Self.product(chunk, MemoryLayout<DecoderEntry>.stride)
        let slots = Self.product(chunk, topK, 2, MemoryLayout<Int32>.size)
        let table = RotaryEmbedding.byteCount(
            headDim: configuration.headDim, kind: configuration.rope.kind, positions: capacity)
        return [Self.product(floats, MemoryLayout<Float>.size), entries, slots, table, quantisedBytes]
            .reduce(0, Self.sum)
    }

    /// Bytes of one token's activations for a product with quantised weights; 0 if there is none.
    var quantisedSize: Int {
        let c = configuration
        let widest = max(c.hiddenSize, Self.product(c.heads, c.headDim), c.feedForward.hiddenSize)
        let experts = max(c.moe?.hiddenSize ?? 0, c.moe?.sharedHiddenSize ?? 0)
        return isQuantised ? Linear.scratchSize(inputs: max(widest, experts)) : 0
    }

    /// Bytes of all tokens' quantised activations, or of all their copies for experts.
    var quantisedBytes: Int { Self.product(chunk, max(1, topK), quantisedSize) }

    /// Positions that a row can have.
    var capacity: Int { Self.sum(prefixCapacity, fedCapacity) }

    /// How the keys and values of one row, layer and key head lie in memory.
    var layout: KeyValueLayout {
        KeyValueLayout(headDim: configuration.headDim, capacity: capacity, format: cache)
    }

    /// How many tokens go through the layers together; longer prefixes, and steps of more, go in several such chunks.
    var chunk: Int { max(rows, min(Self.product(rows, max(prefixCapacity, tokensPerStep)), 256)) }

    /// How many logits `[visualVocabulary]` a step leaves at most.
    var outputs: Int { Self.product(rows, outputsPerStep) }

    /// Coordinates that tokens can have.
    var positions: Range<Int> {
        configuration.rope.kind == .grid ? -prefixCapacity..<fedCapacity : 0..<capacity
    }

    /// Experts that a row goes to; 0 without experts.
    var topK: Int { configuration.moe.map { $0.layers.isEmpty ? 0 : $0.topK } ?? 0 }

    /// Into how many pieces attention is cut at most.
    static let attentionPieces = 64

    /// Floats that a token has between the products of a feed-forward layer, or its copies between those of experts.
    var gateWidth: Int {
        let (c, moe) = (configuration, configuration.moe)
        return max(c.feedForward.hiddenSize, moe?.sharedHiddenSize ?? 0, Self.product(topK, moe?.hiddenSize ?? 0))
    }

    /// Floats of every buffer.
    struct BufferCounts: Equatable {
        var hidden = 0
        var normed = 0
        var query = 0
        var key = 0
        var value = 0
        var attended = 0
        var gate = 0
        var up = 0
        var codes = 0
        var scratch = 0
        var last = 0
        var prefixEnds = 0
        var logits = 0
        var staged = 0
        var routing = 0
        var gathered = 0
        var expertOut = 0
        var weights = 0

        var total: Int {
            // There are two buffers of the size of `normed`.
            [
                hidden, normed, normed, query, key, value, attended, gate, up, codes, scratch, last, prefixEnds, logits,
                staged, routing, gathered, expertOut, weights,
            ].reduce(0, DecoderPlan.sum)
        }
    }

    /// The floats that each buffer holds.
    var bufferCounts: BufferCounts {
        let c = configuration
        var counts = BufferCounts()
        counts.hidden = Self.product(chunk, c.hiddenSize)
        counts.normed = counts.hidden
        counts.query = Self.product(chunk, c.heads, c.headDim)
        counts.key = Self.product(chunk, c.kvHeads, c.headDim)
        counts.value = counts.key
        counts.attended = counts.query
        let slots = Self.product(chunk, topK)
        counts.gate = Self.product(chunk, gateWidth)
        counts.up = counts.gate
        counts.codes = Self.product(chunk, c.visualCodeSize ?? 0)
        let pieces = min(Self.attentionPieces, Self.product(chunk, c.kvHeads))
        counts.scratch = Self.product(pieces, layout.scratchCount(heads: c.heads / c.kvHeads))
        counts.last = Self.product(outputs, c.hiddenSize)
        counts.prefixEnds = Self.product(rows, c.hiddenSize)
        counts.logits = Self.product(rows, c.visualVocabulary)
        counts.staged = Self.product(outputs, c.visualVocabulary)
        guard let moe = c.moe, topK > 0 else { return counts }
        counts.routing = Self.product(chunk, moe.experts)
        counts.gathered = Self.product(slots, c.hiddenSize)
        counts.expertOut = counts.gathered
        counts.weights = slots
        return counts
    }

    /// The product, or `Int.max` if it is larger.
    static func product(_ values: Int...) -> Int {
        values.reduce(1) { total, value in
            let (result, overflow) = total.multipliedReportingOverflow(by: value)
            return overflow ? .max : result
        }
    }

    /// The product of two, which takes no memory as a list of values may.
    static func product(_ a: Int, _ b: Int) -> Int {
        let (result, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? .max : result
    }

    /// The sum, or `Int.max` if it is larger.
    package static func sum(_ a: Int, _ b: Int) -> Int {
        let (result, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : result
    }
}
