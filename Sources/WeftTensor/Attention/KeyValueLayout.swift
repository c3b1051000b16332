// How the keys and values of one row, layer and key head lie in memory.

import CKernels

/// The layout of a cache for one key head: keys in blocks of 16 positions, then values, then the scales of both.
///
/// Keys are `[blocks, headDim, 16]`, so that sixteen scores are computed side by side without sums across lanes; values
/// are `[positions, valueStride]`. Both are padded to whole vectors, so that any head size works without tails. Scales,
/// `[capacity]` for keys and as many for values, are there for q8 only.
package struct KeyValueLayout: Sendable, Equatable {
    /// Elements of a head.
    package let headDim: Int
    /// Positions that fit, a multiple of 16.
    package let capacity: Int
    /// Elements from one value to the next.
    package let valueStride: Int
    /// How the elements are stored.
    package let format: KeyValueFormat

    /// The layout for at least `capacity` positions.
    package init(headDim: Int, capacity: Int, format: KeyValueFormat) {
        self.headDim = headDim
        self.capacity = VectorMath.padded(capacity)
        self.format = format
        valueStride = VectorMath.padded(headDim)
    }

    private var keyBytes: Int { capacity * headDim * format.size }
    private var valueBytes: Int { capacity * valueStride * format.size }
    private var scaleBytes: Int { format == .q8 ? capacity * MemoryLayout<Float>.size : 0 }

    /// Bytes of a cache, whole lines of 64.
    package var byteCount: Int { (keyBytes + valueBytes + 2 * scaleBytes + 63) / 64 * 64 }
    /// Floats that ``attend(_:heads:length:cache:layout:scratch:to:)`` needs as scratch for `heads` query heads.
    package func scratchCount(heads: Int) -> Int { heads * (capacity + valueStride) }

    /// Where the values of a cache begin.
    func values(of cache: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer { cache + keyBytes }

    /// The parts of a cache.
    func parts(of cache: UnsafeMutableRawPointer) -> weft_cache {
        let scales = (values(of: cache) + valueBytes).assumingMemoryBound(to: Float.self)
        return weft_cache(
            type: format.type, head_dim: headDim, value_stride: valueStride, keys: cache, values: values(of: cache),
            key_scales: scales, value_scales: format == .q8 ? scales + capacity : scales)
    }

    /// Writes the key and the value `[headDim]` of one position; all `kernels` write the same bits.
    package func store(
        key: UnsafePointer<Float>, value: UnsafePointer<Float>, at position: Int, in cache: UnsafeMutableRawPointer,
        kernels: Kernels = .best
    ) {
        precondition(position >= 0 && position < capacity)
        var parts = parts(of: cache)
        weft_remember(kernels.table, &parts, key, value, position)
    }

    /// Copies the first `length` positions from one cache to another, which must not overlap.
    package func copy(length: Int, from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer) {
        precondition(length >= 0 && length <= capacity)
        let scales = scaleBytes / capacity * length
        for (start, count) in [
            (0, VectorMath.padded(length) * headDim * format.size), (keyBytes, length * valueStride * format.size),
            (keyBytes + valueBytes, scales), (keyBytes + valueBytes + scaleBytes, scales),
        ] {
            (target + start).copyMemory(from: source + start, byteCount: count)
        }
    }
}
