// Normalisation of every pixel by itself.

/// `x / sqrt(mean over channels of x^2 + epsilon) * weight` for every pixel: RMSNorm (arXiv:1910.07467) of pictures.
package struct ChannelNorm: Sendable {
    /// Channels of the picture.
    package let channels: Int
    private let weight: [Float]
    private let epsilon: Float

    /// - Parameters:
    ///   - weight: `[channels]`
    ///   - epsilon: is added to the mean square
    package init(weight: Tensor, epsilon: Float) {
        channels = weight.count
        self.weight = weight.floats()
        self.epsilon = epsilon
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
        let (channels, epsilon) = (channels, epsilon)
        let piece = max(1, (1 << 15) / channels)
        weight.withUnsafeBufferPointer { weight in
            pool.run((pixels + piece - 1) / piece) { index in
                for pixel in index * piece..<min(pixels, (index + 1) * piece) {
                    let row = x + pixel * channels
                    let target = y + pixel * channels
                    let mean = PixelMath.sum(channels) { row[$0] * row[$0] } / Float(channels)
                    let scale = 1 / (mean + epsilon).squareRoot()
                    switch activation {
                    case .none:
                        for channel in 0..<channels { target[channel] = row[channel] * scale * weight[channel] }
                    case .swish:
                        for channel in 0..<channels {
                            target[channel] = PixelMath.swish(row[channel] * scale * weight[channel])
                        }
                    }
                }
            }
        }
    }
}
