// Attention of one token over its own cache, for the query heads that share one key head.

import CKernels

/// Softmax attention of the query heads of one key head at one position.
///
/// The maximum is subtracted before exponentials are taken. Every score is summed over the head's elements in order,
/// every output over the positions in order, all in float32, so a result depends on nothing but the queries and the first
/// `length` positions of the cache. Each key and each value is read from memory once for all query heads.
///
/// - Parameters:
///   - queries: `[heads, headDim]`
///   - heads: how many query heads share the key head.
///   - length: positions to attend to, at least 1.
///   - cache: the keys and values, laid out as `layout` says; what lies beyond `length` has no effect. What is attended to
///     next had better follow it in memory, for it is fetched meanwhile.
///   - scratch: `layout.scratchCount(heads:)` floats.
///   - out: `[heads, headDim]`
///   - kernels: what computes it; all choices give the same bits
package func attend(
    _ queries: UnsafePointer<Float>, heads: Int, length: Int, cache: UnsafeMutableRawPointer, layout: KeyValueLayout,
    scratch: UnsafeMutablePointer<Float>, to out: UnsafeMutablePointer<Float>, kernels: Kernels = .best
) {
    precondition(length > 0 && length <= layout.capacity)
    var attention = weft_attention(
        cache: layout.parts(of: cache), heads: heads, length: length, stride: layout.capacity, next: layout.byteCount)
    weft_attend(kernels.table, &attention, queries, scratch, out)
}
