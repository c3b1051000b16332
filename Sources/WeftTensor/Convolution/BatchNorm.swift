// Normalisation by statistics that were measured in training.

/// `(x - mean) / sqrt(variance + epsilon) * weight + bias` for every channel (arXiv:1502.03167), folded into one factor
/// and one summand.
package struct BatchNorm: Sendable {
    /// Channels of the picture.
    package let channels: Int
    private let scale: [Float]
    private let shift: [Float]

    /// - Parameters:
    ///   - weight: `[channels]`
    ///   - bias: `[channels]`
    ///   - mean: the running mean, `[channels]`
    ///   - variance: the running variance, `[channels]`
    ///   - epsilon: is added to the variance
    package init(weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, epsilon: Float) {
        channels = weight.count
        precondition(bias.count == channels && mean.count == channels && variance.count == channels)
        let scale = zip(weight.floats(), variance.floats()).map { $0 * (1 / ($1 + epsilon).squareRoot()) }
        let means = zip(mean.floats(), scale).map { $0 * $1 }
        shift = zip(bias.floats(), means).map { $0 - $1 }
        self.scale = scale
    }

    /// Normalises all pixels.
    ///
    /// - Parameters:
    ///   - x: `[pixels, channels]`
    ///   - y: `[pixels, channels]`, may be `x`
    ///   - activation: is applied to the result
    ///   - pool: the threads that share the work
    package func apply(
        _ x: UnsafePointer<Float>, pixels: Int, to y: UnsafeMutablePointer<Float>, activation: PixelActivation = .none,
        pool: ThreadPool
    ) {
        let channels = channels
        let piece = max(1, (1 << 15) / channels)
        scale.withUnsafeBufferPointer { scale in
            shift.withUnsafeBufferPointer { shift in
                guard let scale = scale.baseAddress, let shift = shift.baseAddress else { return }
                pool.run((pixels + piece - 1) / piece) { index in
                    for pixel in index * piece..<min(pixels, (index + 1) * piece) {
                        PixelMath.scale(
                            x + pixel * channels, by: scale, plus: shift, to: y + pixel * channels, count: channels,
                            activation)
                    }
                }
            }
        }
    }
}
