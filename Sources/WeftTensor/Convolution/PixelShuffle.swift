// From many channels to many pixels.

/// Spreads the channels of every pixel over a square of pixels, in the order of `torch.nn.PixelShuffle`
/// (arXiv:1609.05158).
package struct PixelShuffle: Sendable {
    /// Side of the square that a pixel becomes, at least 1.
    package let factor: Int

    /// - Parameter factor: side of the square that a pixel becomes, at least 1
    package init(factor: Int) {
        precondition(factor > 0)
        self.factor = factor
    }

    /// `y[row * f + i, column * f + j, c] = x[row, column, (c * f + i) * f + j]`.
    ///
    /// - Parameters:
    ///   - x: `[height, width, channels * factor * factor]`
    ///   - channels: channels of the result
    ///   - y: `[height * factor, width * factor, channels]`, must not overlap `x`
    ///   - pool: the threads that share the work
    package func apply(
        _ x: UnsafePointer<Float>, height: Int, width: Int, channels: Int, to y: UnsafeMutablePointer<Float>,
        pool: ThreadPool
    ) {
        let (factor, square) = (factor, factor * factor)
        pool.run(height * factor) { line in  // one line of the result
            let target = y + line * width * factor * channels
            let (row, i) = line.quotientAndRemainder(dividingBy: factor)
            for column in 0..<width {
                let source = x + (row * width + column) * channels * square + i * factor
                for j in 0..<factor {
                    for channel in 0..<channels {
                        target[(column * factor + j) * channels + channel] = source[channel * square + j]
                    }
                }
            }
        }
    }
}
