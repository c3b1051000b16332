// Normalisation of every pixel by itself.

import CKernels

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
    ///   - kernels: what computes it; all choices give the same bits
    package func apply(
        _ x: UnsafePointer<Float>, pixels: Int, to y: UnsafeMutablePointer<Float>, activation: PixelActivation = .none,
        pool: ThreadPool, kernels: Kernels = .best
    ) {
        let (channels, epsilon) = (channels, epsilon)
        let piece = max(1, (1 << 13) / channels)
        weight.withUnsafeBufferPointer { weight in
            pool.run((pixels + piece - 1) / piece) { index in
                for pixel in index * piece..<min(pixels, (index + 1) * piece) {
                    let start = pixel * channels
                    weft_channel_norm(
                        kernels.table, x + start, weight.baseAddress, channels, epsilon, activation == .swish ? 1 : 0,
                        y + start)
                }
            }
        }
    }
}
