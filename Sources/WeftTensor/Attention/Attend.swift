// Attention of one token over its own cache, for the query heads that share one key head.

import CKernels

/// Softmax attention of the query heads of one key head at one position.
///
/// The maximum is subtracted before exponentials are taken. Every score is summed over the head's elements in order,
/// every output over the positions in order, so a result depends on nothing but the queries and the first `length`
/// positions of the cache.
///
/// - Parameters:
///   - queries: `[heads, headDim]`
///   - heads: how many query heads share the key head.
///   - length: positions to attend to, at least 1.
///   - cache: the keys and values, laid out as `layout` says; what lies beyond `length` has no effect if finite.
///   - scratch: `layout.scratchCount(heads:)` floats.
///   - out: `[heads, headDim]`
///   - kernels: what computes it; all choices give the same bits
package func attend(
    _ queries: UnsafePointer<Float>, heads: Int, length: Int, cache: UnsafePointer<Float>, layout: KeyValueLayout,
    scratch: UnsafeMutablePointer<Float>, to out: UnsafeMutablePointer<Float>, kernels: Kernels = .best
) {
    precondition(length > 0 && length <= layout.capacity)
    var attention = weft_attention(
        heads: heads, head_dim: layout.headDim, length: length, stride: layout.capacity,
        value_stride: layout.valueStride, keys: cache, values: cache + layout.keyCount)
    weft_attend(kernels.table, &attention, queries, scratch, out)
}
