// Root-mean-square normalisation of rows.

import CKernels

/// `x / sqrt(mean(x²) + epsilon) * weight`, row by row in float32: https://arxiv.org/abs/1910.07467
package struct RMSNorm: Sendable {
    /// Length of a row.
    package let size: Int
    private let weight: [Float]
    private let epsilon: Float

    /// Makes a norm.
    ///
    /// - Parameters:
    ///   - weight: `[size]`, of any dtype.
    ///   - epsilon: added to the mean square.
    ///   - offset: added to every weight: 1 for Gemma, whose files hold `weight - 1`.
    package init(weight: Tensor, epsilon: Float, offset: Float = 0) {
        precondition(weight.shape.count == 1, "\(weight.name): the shape \(weight.shape) is not [size]")
        size = weight.count
        self.weight = offset == 0 ? weight.floats() : weight.floats().map { $0 + offset }
        self.epsilon = epsilon
    }

    /// Normalises `rows` rows `[rows, size]`; `y` may be `x`. All `kernels` give the same bits.
    package func apply(
        _ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>, kernels: Kernels = .best
    ) {
        weight.withUnsafeBufferPointer { weight in
            for row in 0..<rows {
                weft_rms_norm(kernels.table, x + row * size, weight.baseAddress, size, epsilon, y + row * size)
            }
        }
    }
}
