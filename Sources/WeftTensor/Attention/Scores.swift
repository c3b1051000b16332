// Turns a row of logits into scores, in place.

/// What makes the scores of a router out of its logits; both work in place on `count` floats.
package enum Scores {
    /// `exp(x - max) / sum`, the sum taken in sixteen interleaved parts.
    package static func softmax(_ x: UnsafeMutablePointer<Float>, count: Int) {
        guard count > 0 else { return }
        var maximum = x[0]
        for index in 1..<max(1, count) where x[index] > maximum { maximum = x[index] }
        var sums = SIMD16<Float>.zero
        for start in stride(from: 0, to: count, by: VectorMath.width) {
            let left = min(VectorMath.width, count - start)
            var lanes = VectorMath.exponential(VectorMath.load(x + start, count: left) - maximum)
            for lane in left..<VectorMath.width { lanes[lane] = 0 }
            sums += lanes
            VectorMath.store(lanes, x + start, count: left)
        }
        let total = VectorMath.sum(sums)
        for index in 0..<count { x[index] /= total }
    }

    /// `1 / (1 + exp(-x))`
    package static func sigmoid(_ x: UnsafeMutablePointer<Float>, count: Int) {
        for start in stride(from: 0, to: count, by: VectorMath.width) {
            let left = min(VectorMath.width, count - start)
            VectorMath.store(VectorMath.sigmoid(VectorMath.load(x + start, count: left)), x + start, count: left)
        }
    }
}
