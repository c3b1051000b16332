// How much memory a generation takes, known before any weights are loaded.

import WeftTensor

/// The sizes of one generation's buffers.
package struct DecoderPlan: Sendable, Equatable {
    /// What the decoder is made of.
    package let configuration: DecoderConfiguration
    /// Sequences that run side by side.
    package let rows: Int
    /// The longest prefix, in tokens.
    package let prefixCapacity: Int
    /// How many visual tokens can be fed to a row.
    package let visualCapacity: Int

    /// Makes a plan.
    ///
    /// - Parameters:
    ///   - rows: at least 1.
    ///   - prefixCapacity: at least 1.
    ///   - visualCapacity: at least 0; a picture of n tokens feeds n - 1.
    package init(_ configuration: DecoderConfiguration, rows: Int, prefixCapacity: Int, visualCapacity: Int) {
        precondition(rows > 0 && prefixCapacity > 0 && visualCapacity >= 0)
        self.configuration = configuration
        self.rows = rows
        self.prefixCapacity = prefixCapacity
        self.visualCapacity = visualCapacity
    }

    /// Bytes of the keys and values; `Int.max` if they are too many to count.
    package var keyValueBytes: Int { Self.product(keyValueFloats, MemoryLayout<Float>.size) }

    /// Bytes of activations, logits and tables; `Int.max` if they are too many to count.
    package var bufferBytes: Int {
        let floats = bufferCounts.total
        let entries = Self.product(chunk, MemoryLayout<DecoderEntry>.stride)
        let slots = Self.product(chunk * topK, 2, MemoryLayout<Int32>.size)
        let table = RotaryEmbedding.byteCount(
            headDim: configuration.headDim, kind: configuration.rope.kind, positions: prefixCapacity + visualCapacity)
        return [Self.product(floats, MemoryLayout<Float>.size), entries, slots, table].reduce(0, Self.sum)
    }

    /// How the keys and values of one row, layer and key head lie in memory.
    var layout: KeyValueLayout {
        KeyValueLayout(headDim: configuration.headDim, capacity: prefixCapacity + visualCapacity)
    }

    /// Floats of all keys and values: `[layers, rows, kvHeads, layout.count]`.
    var keyValueFloats: Int { Self.product(configuration.layers, rows, configuration.kvHeads, layout.count) }

    /// How many tokens go through the layers together; longer prefixes go in several such chunks.
    var chunk: Int { max(rows, min(Self.product(rows, prefixCapacity), 256)) }

    /// Coordinates that tokens can have.
    var positions: Range<Int> {
        configuration.rope.kind == .grid ? -prefixCapacity..<visualCapacity : 0..<prefixCapacity + visualCapacity
    }

    /// Experts that a row goes to; 0 without experts.
    var topK: Int { configuration.moe.map { $0.layers.isEmpty ? 0 : $0.topK } ?? 0 }

    /// Into how many pieces attention is cut at most.
    static let attentionPieces = 64

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
        var scratch = 0
        var last = 0
        var logits = 0
        var routing = 0
        var gathered = 0
        var gateUp = 0
        var activated = 0
        var expertOut = 0
        var weights = 0

        var total: Int {
            // There are two buffers of the size of `normed`, and two of that of `logits`.
            [
                hidden, normed, normed, query, key, value, attended, gate, up, scratch, last, logits, logits, routing,
                gathered, gateUp, activated, expertOut, weights,
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
        let width = max(c.feedForward.hiddenSize, c.moe?.sharedHiddenSize ?? 0)
        counts.gate = Self.product(chunk, width)
        counts.up = counts.gate
        let pieces = min(Self.attentionPieces, chunk * c.kvHeads)
        counts.scratch = Self.product(pieces, layout.scratchCount(heads: c.heads / c.kvHeads))
        counts.last = Self.product(rows, c.hiddenSize)
        counts.logits = Self.product(rows, c.visualVocabulary)
        guard let moe = c.moe, topK > 0 else { return counts }
        let slots = chunk * topK
        counts.routing = Self.product(chunk, moe.experts)
        counts.gathered = Self.product(slots, c.hiddenSize)
        counts.gateUp = Self.product(slots, 2, moe.hiddenSize)
        counts.activated = Self.product(slots, moe.hiddenSize)
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

    /// The sum, or `Int.max` if it is larger.
    static func sum(_ a: Int, _ b: Int) -> Int {
        let (result, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : result
    }
}
