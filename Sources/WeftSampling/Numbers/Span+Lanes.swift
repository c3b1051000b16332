// Span+Lanes: logits sixteen at a time, and the loops that mask them.

extension Span<Float> {
    /// Hands on the logits from the first to the last, sixteen at a time, the last ones filled up with `padding`.
    @inline(__always)
    func forEachLanes(padding: Float, _ body: (SIMD16<Float>) -> Void) {
        withUnsafeBufferPointer { logits in
            let bytes = UnsafeRawBufferPointer(logits)
            let whole = logits.count & ~15
            for first in stride(from: 0, to: whole, by: 16) {
                body(bytes.loadUnaligned(fromByteOffset: 4 * first, as: SIMD16<Float>.self))
            }
            if whole < logits.count {
                var rest = SIMD16<Float>(repeating: padding)
                for index in whole..<logits.count { rest[index - whole] = logits[index] }
                body(rest)
            }
        }
    }
}

extension MutableSpan<Float> {
    /// Masks the logits below a threshold; a comparison without a branch, as no branch predictor knows the logits.
    mutating func mask(below threshold: Float) {
        withUnsafeMutableBufferPointer { logits in
            for index in logits.indices { logits[index] = logits[index] < threshold ? -.infinity : logits[index] }
        }
    }

    /// Masks the logits that lie more than `distance` below `maximum`, compared in `Double`.
    mutating func mask(fartherThan distance: Double, below maximum: Double) {
        withUnsafeMutableBufferPointer { logits in
            for index in logits.indices {
                logits[index] = Double(logits[index]) - maximum < -distance ? -.infinity : logits[index]
            }
        }
    }

    /// Masks the logits whose distance from `maximum`, squared in `Double`, is more than `square`.
    mutating func mask(fartherThanRootOf square: Double, below maximum: Double) {
        withUnsafeMutableBufferPointer { logits in
            for index in logits.indices {
                let distance = maximum - Double(logits[index])
                logits[index] = distance * distance > square ? -.infinity : logits[index]
            }
        }
    }
}
