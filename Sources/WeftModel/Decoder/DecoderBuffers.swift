// The memory of one generation.

import WeftTensor

/// One token on its way through the layers.
struct DecoderEntry: BitwiseCopyable {
    /// Where its embedding comes from.
    enum Source: BitwiseCopyable {
        case text
        case visual
        /// It already stands in `DecoderBuffers.hidden`.
        case ready
    }

    /// The sequence it belongs to.
    var row: Int32
    /// Its place in the sequence's cache.
    var position: Int32
    /// Its coordinates for rotation; in one dimension `gridRow` is the position.
    var gridRow: Int32
    var gridColumn: Int32
    /// Its index in the vocabulary of its source.
    var token: Int32
    /// Where its normalised hidden state goes for the head; -1 if nobody asks for its logits.
    var output: Int32
    var source: Source
    /// Whether query and key become zero vectors.
    var isZeroed: Bool
}

/// All buffers of a generation, made once.
final class DecoderBuffers {
    /// Keys and values `[layers, rows, kvHeads, layout.count]`.
    let cache: Buffer
    let hidden: Buffer  // [chunk, hiddenSize]: the residual stream
    let normed: Buffer  // [chunk, hiddenSize]
    let projected: Buffer  // [chunk, hiddenSize]: what is added to the residual stream
    let query: Buffer  // [chunk, heads, headDim]
    let key: Buffer  // [chunk, kvHeads, headDim]
    let value: Buffer  // [chunk, kvHeads, headDim]
    let attended: Buffer  // [chunk, heads, headDim]
    let gate: Buffer  // [chunk, feed-forward width] or [slots, expert width]
    let up: Buffer  // the same
    let codes: Buffer  // [chunk, visualCodeSize]
    let scratch: Buffer  // [pieces, layout.scratchCount]
    let last: Buffer  // [outputs, hiddenSize]: normalised hidden states for the head
    let prefixEnds: Buffer  // [rows, hiddenSize]: those after the prefix of each row
    let logits: Buffer  // [rows, visualVocabulary]
    let staged: Buffer  // [outputs, visualVocabulary]: logits in the order of the outputs
    let routing: Buffer  // [chunk, experts]
    let gathered: Buffer  // [slots, hiddenSize], slots = chunk * topK, sorted by expert
    let expertOut: Buffer  // [slots, hiddenSize]
    let weights: Buffer  // [chunk, topK]
    /// `[slots, quantisedSize]` bytes: activations for products with quantised weights.
    let quantised: Buffer
    /// `[chunk, topK]`: the experts that a token goes to.
    let chosen: UnsafeMutablePointer<Int32>
    /// `[chunk, topK]`: the slots that a token's copies are gathered in.
    let slots: UnsafeMutablePointer<Int32>
    /// `[passes, experts + 1]`: the first slot of each expert.
    let starts: UnsafeMutablePointer<Int>
    /// `[passes, experts]`: the next free slot of each expert.
    let next: UnsafeMutablePointer<Int>
    /// `[passes, layers, experts]`: how many tokens each expert has had.
    let loads: UnsafeMutablePointer<Int>
    /// Counts of one pass.
    let loadCount: Int
    /// `[passes + 1]`: where the passes that run side by side begin, and the end of the last one.
    let cuts: UnsafeMutablePointer<Int>
    /// `[chunk]`
    let entries: UnsafeMutablePointer<DecoderEntry>
    /// `[rows]`: the row that the output of that index belongs to.
    let outputRows: UnsafeMutablePointer<Int>
    /// `[rows]`: the number of the last call that listed a row.
    let marks: UnsafeMutablePointer<Int>

    init(_ plan: DecoderPlan) {
        let counts = plan.bufferCounts
        cache = Buffer(count: plan.keyValueBytes / MemoryLayout<Float>.size)
        hidden = Buffer(count: counts.hidden)
        normed = Buffer(count: counts.normed)
        projected = Buffer(count: counts.normed)
        query = Buffer(count: counts.query)
        key = Buffer(count: counts.key)
        value = Buffer(count: counts.value)
        attended = Buffer(count: counts.attended)
        gate = Buffer(count: counts.gate)
        up = Buffer(count: counts.up)
        codes = Buffer(count: counts.codes)
        scratch = Buffer(count: counts.scratch)
        last = Buffer(count: counts.last)
        prefixEnds = Buffer(count: counts.prefixEnds)
        logits = Buffer(count: counts.logits)
        staged = Buffer(count: counts.staged)
        routing = Buffer(count: counts.routing)
        gathered = Buffer(count: counts.gathered)
        expertOut = Buffer(count: counts.expertOut)
        weights = Buffer(count: counts.weights)
        quantised = Buffer(count: plan.quantisedBytes / MemoryLayout<Float>.size)
        let experts = plan.configuration.moe?.experts ?? 0
        let slotCount = plan.chunk * plan.topK
        loadCount = plan.configuration.layers * experts
        chosen = Self.zeros(slotCount)
        slots = Self.zeros(slotCount)
        starts = Self.zeros(plan.sidePasses * (experts + 1))
        next = Self.zeros(plan.sidePasses * experts)
        loads = Self.zeros(plan.sidePasses * loadCount)
        cuts = Self.zeros(plan.sidePasses + 1)
        outputRows = Self.zeros(plan.rows)
        marks = Self.zeros(plan.rows)
        entries = .allocate(capacity: plan.chunk)
    }

    deinit {
        chosen.deallocate()
        slots.deallocate()
        starts.deallocate()
        next.deallocate()
        loads.deallocate()
        cuts.deallocate()
        outputRows.deallocate()
        marks.deallocate()
        entries.deallocate()
    }

    private static func zeros<Number: FixedWidthInteger>(_ count: Int) -> UnsafeMutablePointer<Number> {
        let pointer = UnsafeMutablePointer<Number>.allocate(capacity: max(1, count))
        pointer.initialize(repeating: 0, count: max(1, count))
        return pointer
    }
}
