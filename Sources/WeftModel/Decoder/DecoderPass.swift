// Tokens that go through the layers together, and the memory that they use meanwhile.

import WeftTensor

/// A stretch of the listed tokens on its way through the layers.
///
/// A state makes one of all tokens, whose products are cut and shared by the threads, or several that run side by side,
/// each on one thread. No two passes touch the same memory: every pointer is to the pass's own part of a buffer.
struct DecoderPass {
    /// How many tokens it has.
    let count: Int
    /// The threads that share its work.
    let pool: ThreadPool
    let entries: UnsafeMutablePointer<DecoderEntry>  // [count]
    let hidden: UnsafeMutablePointer<Float>  // [count, hiddenSize]
    let normed: UnsafeMutablePointer<Float>  // [count, hiddenSize]
    let projected: UnsafeMutablePointer<Float>  // [count, hiddenSize]
    let query: UnsafeMutablePointer<Float>  // [count, heads, headDim]
    let key: UnsafeMutablePointer<Float>  // [count, kvHeads, headDim]
    let value: UnsafeMutablePointer<Float>  // [count, kvHeads, headDim]
    let attended: UnsafeMutablePointer<Float>  // [count, heads, headDim]
    let gate: UnsafeMutablePointer<Float>  // [count, feed-forward width] or [slots, expert width]
    let up: UnsafeMutablePointer<Float>  // the same
    let codes: UnsafeMutablePointer<Float>  // [count, visualCodeSize]
    let scratch: UnsafeMutablePointer<Float>  // [pieces of attention, layout.scratchCount]
    let routing: UnsafeMutablePointer<Float>  // [count, experts]
    let gathered: UnsafeMutablePointer<Float>  // [slots, hiddenSize], slots = count * topK, sorted by expert
    let expertOut: UnsafeMutablePointer<Float>  // [slots, hiddenSize]
    let weights: UnsafeMutablePointer<Float>  // [count, topK]
    let quantised: UnsafeMutableRawPointer  // [slots, quantisedSize]
    let chosen: UnsafeMutablePointer<Int32>  // [count, topK]
    let slots: UnsafeMutablePointer<Int32>  // [count, topK]
    let starts: UnsafeMutablePointer<Int>  // [experts + 1]
    let next: UnsafeMutablePointer<Int>  // [experts]
    let loads: UnsafeMutablePointer<Int>  // [layers, experts]

    /// - Parameters:
    ///   - index: which of the passes that run side by side it is.
    ///   - range: its places among the listed tokens.
    init(_ buffers: DecoderBuffers, _ plan: DecoderPlan, index: Int, _ range: Range<Int>, pool: ThreadPool) {
        let configuration = plan.configuration
        let (first, width, headDim) = (range.lowerBound, configuration.hiddenSize, configuration.headDim)
        let (heads, kvHeads) = (configuration.heads * headDim, configuration.kvHeads * headDim)
        let (experts, slot) = (configuration.moe?.experts ?? 0, first * plan.topK)
        let scratchCount = plan.layout.scratchCount(heads: configuration.heads / configuration.kvHeads)
        count = range.count
        self.pool = pool
        entries = buffers.entries + first
        hidden = buffers.hidden.pointer + first * width
        normed = buffers.normed.pointer + first * width
        projected = buffers.projected.pointer + first * width
        query = buffers.query.pointer + first * heads
        key = buffers.key.pointer + first * kvHeads
        value = buffers.value.pointer + first * kvHeads
        attended = buffers.attended.pointer + first * heads
        gate = buffers.gate.pointer + first * plan.gateWidth
        up = buffers.up.pointer + first * plan.gateWidth
        codes = buffers.codes.pointer + first * (configuration.visualCodeSize ?? 0)
        scratch = buffers.scratch.pointer + index * scratchCount
        routing = buffers.routing.pointer + first * experts
        gathered = buffers.gathered.pointer + slot * width
        expertOut = buffers.expertOut.pointer + slot * width
        weights = buffers.weights.pointer + slot
        quantised = UnsafeMutableRawPointer(buffers.quantised.pointer) + first * max(1, plan.topK) * plan.quantisedSize
        chosen = buffers.chosen + slot
        slots = buffers.slots + slot
        starts = buffers.starts + index * (experts + 1)
        next = buffers.next + index * experts
        loads = buffers.loads + index * buffers.loadCount
    }

    /// Applies a layer to all tokens: `x [count, inputs]`, `y [count, outputs]`.
    func apply(_ layer: Linear, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>) {
        apply(x, to: (layer, y))
    }

    /// Applies up to three layers to all tokens: `x [count, inputs]`, each output `[count, outputs]`.
    func apply(
        _ x: UnsafePointer<Float>, to first: Linear.Target, _ second: Linear.Target? = nil,
        _ third: Linear.Target? = nil
    ) {
        Linear.apply(x, rows: count, to: first, second, third, pool: pool, scratch: quantised)
    }
}
