// Attention of one token over its own cache, for the query heads that share one key head.

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
package func attend(
    _ queries: UnsafePointer<Float>, heads: Int, length: Int, cache: UnsafePointer<Float>, layout: KeyValueLayout,
    scratch: UnsafeMutablePointer<Float>, to out: UnsafeMutablePointer<Float>
) {
    precondition(length > 0 && length <= layout.capacity)
    let (headDim, rowLength) = (layout.headDim, layout.capacity + layout.valueStride)
    score(queries, heads: heads, length: length, keys: cache, layout: layout, to: scratch)
    for head in 0..<heads {
        let row = scratch + head * rowLength
        let scale = 1 / exponentials(row, length: length, scale: 1 / Float(headDim).squareRoot())
        // The factor that makes the weights sum to 1 waits in `out` until the weighted values have been summed.
        out[head * headDim] = scale
        (row + layout.capacity).update(repeating: 0, count: layout.valueStride)
    }
    let tile = 64  // positions whose values stay in the first cache while every head reads them
    for start in stride(from: 0, to: length, by: tile) {
        let end = min(length, start + tile)
        for head in 0..<heads {
            let weights = scratch + head * rowLength
            accumulate(cache + layout.keyCount, weights, start..<end, layout.valueStride, to: weights + layout.capacity)
        }
    }
    for head in 0..<heads {
        let sums = scratch + head * rowLength + layout.capacity
        let scale = out[head * headDim]
        for index in 0..<headDim { out[head * headDim + index] = sums[index] * scale }
    }
}

/// Scores `[heads, capacity + valueStride]` of whole blocks of keys, not scaled.
private func score(
    _ queries: UnsafePointer<Float>, heads: Int, length: Int, keys: UnsafePointer<Float>, layout: KeyValueLayout,
    to scores: UnsafeMutablePointer<Float>
) {
    let (lanes, headDim) = (VectorMath.width, layout.headDim)
    let rowLength = layout.capacity + layout.valueStride
    let blocks = (length + lanes - 1) / lanes
    var block = 0
    // Two blocks at a time: twice as many independent sums.
    while block + 2 <= blocks {
        let (first, second) = (keys + block * lanes * headDim, keys + (block + 1) * lanes * headDim)
        for head in 0..<heads {
            let query = queries + head * headDim
            var (a, b) = (SIMD16<Float>.zero, SIMD16<Float>.zero)
            for index in 0..<headDim {
                a += VectorMath.load(first + index * lanes) * query[index]
                b += VectorMath.load(second + index * lanes) * query[index]
            }
            VectorMath.store(a, scores + head * rowLength + block * lanes)
            VectorMath.store(b, scores + head * rowLength + (block + 1) * lanes)
        }
        block += 2
    }
    guard block < blocks else { return }
    let last = keys + block * lanes * headDim
    for head in 0..<heads {
        let query = queries + head * headDim
        var sum = SIMD16<Float>.zero
        for index in 0..<headDim { sum += VectorMath.load(last + index * lanes) * query[index] }
        VectorMath.store(sum, scores + head * rowLength + block * lanes)
    }
}

/// Replaces scores by `exp(scale * (score - maximum))` and returns their sum.
private func exponentials(_ scores: UnsafeMutablePointer<Float>, length: Int, scale: Float) -> Float {
    let lanes = VectorMath.width
    var padded = length
    while padded % lanes != 0 {
        scores[padded] = -.infinity
        padded += 1
    }
    var maxima = VectorMath.load(scores)
    for index in stride(from: lanes, to: padded, by: lanes) {
        maxima = VectorMath.maximum(maxima, VectorMath.load(scores + index))
    }
    var maximum = maxima[0]
    for lane in 1..<lanes { maximum = max(maximum, maxima[lane]) }
    var sums = SIMD16<Float>.zero
    for index in stride(from: 0, to: padded, by: lanes) {
        let score = VectorMath.load(scores + index)
        let outside = score .== SIMD16<Float>(repeating: -.infinity)
        let weight = VectorMath.exponential((score - maximum) * scale).replacing(with: 0, where: outside)
        VectorMath.store(weight, scores + index)
        sums += weight
    }
    return VectorMath.sum(sums)
}

/// Adds the weighted values of some positions to `sums [valueStride]`.
private func accumulate(
    _ values: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ positions: Range<Int>, _ valueStride: Int,
    to sums: UnsafeMutablePointer<Float>
) {
    let lanes = VectorMath.width
    var index = 0
    while index + 2 * lanes <= valueStride {
        var (a, b) = (VectorMath.load(sums + index), VectorMath.load(sums + index + lanes))
        for position in positions {
            let value = values + position * valueStride + index
            a += VectorMath.load(value) * weights[position]
            b += VectorMath.load(value + lanes) * weights[position]
        }
        VectorMath.store(a, sums + index)
        VectorMath.store(b, sums + index + lanes)
        index += 2 * lanes
    }
    guard index < valueStride else { return }
    var sum = VectorMath.load(sums + index)
    for position in positions { sum += VectorMath.load(values + position * valueStride + index) * weights[position] }
    VectorMath.store(sum, sums + index)
}
