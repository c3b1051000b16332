// How the keys and values of one row, layer and key head lie in memory.

/// The layout of a cache for one key head: keys in blocks of 16 positions, then values.
///
/// Keys are `[blocks, headDim, 16]`, so that sixteen scores are computed side by side without sums across lanes; values
/// are `[positions, valueStride]`. Both are padded to whole vectors, so that any head size works without tails.
package struct KeyValueLayout: Sendable, Equatable {
    /// Elements of a head.
    package let headDim: Int
    /// Positions that fit, a multiple of 16.
    package let capacity: Int
    /// Floats from one value to the next.
    package let valueStride: Int

    /// The layout for at least `capacity` positions.
    package init(headDim: Int, capacity: Int) {
        self.headDim = headDim
        self.capacity = VectorMath.padded(capacity)
        valueStride = VectorMath.padded(headDim)
    }

    /// Floats of the keys.
    package var keyCount: Int { capacity * headDim }
    /// Floats of keys and values.
    package var count: Int { keyCount + capacity * valueStride }
    /// Floats that ``attend(_:heads:length:cache:layout:scratch:to:)`` needs as scratch for `heads` query heads.
    package func scratchCount(heads: Int) -> Int { heads * (capacity + valueStride) }

    /// Writes the key and the value `[headDim]` of one position.
    package func store(
        key: UnsafePointer<Float>, value: UnsafePointer<Float>, at position: Int, in cache: UnsafeMutablePointer<Float>
    ) {
        precondition(position >= 0 && position < capacity)
        let lanes = VectorMath.width
        let keys = cache + position / lanes * lanes * headDim + position % lanes
        for index in 0..<headDim { keys[index * lanes] = key[index] }
        (cache + keyCount + position * valueStride).update(from: value, count: headDim)
    }

    /// Copies the first `length` positions from one cache to another, which must not overlap.
    package func copy(length: Int, from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
        precondition(length >= 0 && length <= capacity)
        target.update(from: source, count: VectorMath.padded(length) * headDim)
        (target + keyCount).update(from: source + keyCount, count: length * valueStride)
    }
}
