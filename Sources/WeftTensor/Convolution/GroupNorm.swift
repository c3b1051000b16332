// Group normalisation of channels-last pictures.

/// Normalises each group of channels over all pixels, then scales and shifts every channel (arXiv:1803.08494).
package struct GroupNorm: Sendable {
    /// Channels of the picture.
    package let channels: Int
    /// How many groups the channels are cut into.
    package let groups: Int
    private let weight: [Float]
    private let bias: [Float]
    private let epsilon: Float

    /// What one picture is normalised with.
    package struct Factors {
        /// What each channel is multiplied by.
        let scale: UnsafePointer<Float>
        /// What is added to it then.
        let shift: UnsafePointer<Float>
    }

    /// - Parameters:
    ///   - weight: `[channels]`
    ///   - bias: `[channels]`
    ///   - groups: divides the channels
    ///   - epsilon: is added to the variance
    package init(weight: Tensor, bias: Tensor, groups: Int, epsilon: Float) {
        precondition(weight.count == bias.count && groups > 0 && weight.count % groups == 0)
        channels = weight.count
        self.groups = groups
        self.weight = weight.floats()
        self.bias = bias.floats()
        self.epsilon = epsilon
    }

    /// How many floats of scratch ``apply(_:pixels:to:activation:scratch:pool:)`` needs.
    package static func scratchCount(channels: Int, pixels: Int) -> Int {
        let pieces = (pixels + piecePixels(channels) - 1) / piecePixels(channels)
        return pieces * channels * 4 + channels * 2
    }

    private static func piecePixels(_ channels: Int) -> Int { max(1, (1 << 15) / channels) }

    /// Computes mean and variance in double precision, then the result in float.
    ///
    /// - Parameters:
    ///   - x: `[pixels, channels]`
    ///   - y: `[pixels, channels]`, may be `x`
    ///   - activation: is applied to the result
    ///   - scratch: at least ``scratchCount(channels:pixels:)`` floats, aligned to 8 bytes
    ///   - pool: the threads that share the work
    package func apply(
        _ x: UnsafePointer<Float>, pixels: Int, to y: UnsafeMutablePointer<Float>, activation: PixelActivation = .none,
        scratch: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) {
        let factors = factors(x, pixels: pixels, scratch: scratch, pool: pool)
        apply(x, pixels: pixels, factors: factors, to: y, activation: activation, pool: pool)
    }

    /// Normalises some pixels of a picture with its ``factors(_:pixels:scratch:pool:)``.
    package func apply(
        _ x: UnsafePointer<Float>, pixels: Int, factors: Factors, to y: UnsafeMutablePointer<Float>,
        activation: PixelActivation, pool: ThreadPool
    ) {
        let (channels, piece) = (channels, GroupNorm.piecePixels(channels))
        pool.run((pixels + piece - 1) / piece) { index in
            for pixel in index * piece..<min(pixels, (index + 1) * piece) {
                PixelMath.scale(
                    x + pixel * channels, by: factors.scale, plus: factors.shift, to: y + pixel * channels,
                    count: channels, activation)
            }
        }
    }

    /// What the norm multiplies each channel of a whole picture `[pixels, channels]` by, and what it adds then.
    ///
    /// Both lie in the scratch, of at least ``scratchCount(channels:pixels:)`` floats, aligned to 8 bytes.
    package func factors(
        _ x: UnsafePointer<Float>, pixels: Int, scratch: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) -> Factors {
        let (channels, piece) = (channels, GroupNorm.piecePixels(channels))
        let pieces = (pixels + piece - 1) / piece
        let sums = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: Double.self)  // [pieces, 2, channels]
        let scale = scratch + pieces * channels * 4  // [channels]
        let shift = scale + channels
        pool.run(pieces) { index in
            let sum = sums + index * 2 * channels
            let square = sum + channels
            sum.update(repeating: 0, count: 2 * channels)
            for pixel in index * piece..<min(pixels, (index + 1) * piece) {
                let row = x + pixel * channels
                for channel in 0..<channels {
                    let value = Double(row[channel])
                    sum[channel] += value
                    square[channel] += value * value
                }
            }
        }
        combine(sums, pieces: pieces, pixels: pixels, scale: scale, shift: shift)
        return Factors(scale: scale, shift: shift)
    }

    /// Turns the pieces' sums into one factor and one summand for every channel.
    private func combine(
        _ sums: UnsafePointer<Double>, pieces: Int, pixels: Int, scale: UnsafeMutablePointer<Float>,
        shift: UnsafeMutablePointer<Float>
    ) {
        let size = channels / groups
        for group in 0..<groups {
            var (sum, square) = (0.0, 0.0)
            for index in 0..<pieces {
                let start = sums + index * 2 * channels
                for channel in group * size..<(group + 1) * size {
                    sum += start[channel]
                    square += start[channels + channel]
                }
            }
            let count = Double(pixels * size)
            let mean = sum / count
            let inverse = 1 / (max(0, square / count - mean * mean) + Double(epsilon)).squareRoot()
            for channel in group * size..<(group + 1) * size {
                let factor = inverse * Double(weight[channel])
                scale[channel] = Float(factor)
                shift[channel] = Float(Double(bias[channel]) - mean * factor)
            }
        }
    }
}
