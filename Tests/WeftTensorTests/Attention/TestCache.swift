// A cache of one key head with the memory that attention needs.

import WeftTensor

/// A cache of one key head with the memory that attention needs.
struct TestCache {
    let layout: KeyValueLayout
    let memory: Buffer

    init(headDim: Int, capacity: Int, format: KeyValueFormat) {
        layout = KeyValueLayout(headDim: headDim, capacity: capacity, format: format)
        memory = Buffer(count: layout.byteCount / 4)
    }

    /// All bits of the memory.
    var bits: [UInt32] { UnsafeBufferPointer(start: memory.pointer, count: memory.count).map(\.bitPattern) }

    func attend(_ queries: [Float], heads: Int, length: Int, _ kernels: Kernels = .best) -> [Float] {
        let scratch = Buffer(count: layout.scratchCount(heads: heads))
        let out = Buffer(count: queries.count)
        WeftTensor.attend(
            queries, heads: heads, length: length, cache: memory.pointer, layout: layout, scratch: scratch.pointer,
            to: out.pointer, kernels: kernels)
        return Array(UnsafeBufferPointer(start: out.pointer, count: out.count))
    }
}
