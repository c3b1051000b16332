// Group normalisation that a small picture modulates.

/// `norm(x) * scale(z) + shift(z)`: group normalisation, then a factor and a summand for every channel of every pixel
/// that 1x1 convolutions make of a smaller picture `z`, enlarged to the size of `x` by repeating its pixels
/// (arXiv:2209.09002).
package struct SpatialNorm: Sendable {
    /// The smaller picture.
    package struct Condition {
        /// `[height, width, channels]`
        package let pixels: UnsafePointer<Float>
        /// Its height.
        package let height: Int
        /// Its width.
        package let width: Int

        /// Describes a picture that lies elsewhere.
        package init(_ pixels: UnsafePointer<Float>, height: Int, width: Int) {
            self.pixels = pixels
            self.height = height
            self.width = width
        }
    }

    /// What one picture is normalised with.
    package struct Factors {
        let own: GroupNorm.Factors
        /// `[height, width, channels]` of the condition.
        let scale: UnsafePointer<Float>
        /// Likewise.
        let shift: UnsafePointer<Float>
        /// Pixels across in a row of the condition.
        let width: Int
        /// How many rows and columns of the picture are one of the condition.
        let repeats: (rows: Int, columns: Int)
    }

    /// Channels of the picture.
    package var channels: Int { norm.channels }

    private let norm: GroupNorm
    private let scale: Conv2d
    private let shift: Conv2d

    /// - Parameters:
    ///   - norm: the norm of `x`
    ///   - scale: makes the factors, a 1x1 convolution from `z` to the channels of `x`
    ///   - shift: makes the summands, likewise
    package init(norm: GroupNorm, scale: Conv2d, shift: Conv2d) {
        precondition(scale.kernel == 1 && shift.kernel == 1)
        precondition(scale.outputs == norm.channels && shift.outputs == norm.channels)
        self.norm = norm
        self.scale = scale
        self.shift = shift
    }

    /// How many floats of scratch ``factors(_:height:width:condition:scratch:pool:)`` needs.
    package static func scratchCount(channels: Int, pixels: Int, conditionPixels: Int) -> Int {
        2 * aligned(conditionPixels * channels) + GroupNorm.scratchCount(channels: channels, pixels: pixels)
    }

    /// The count that keeps what follows aligned to 64 bytes.
    private static func aligned(_ count: Int) -> Int { (count + 15) / 16 * 16 }

    /// Measures a whole picture, and makes factors and summands for every pixel of the smaller one.
    ///
    /// - Parameters:
    ///   - x: `[height, width, channels]`
    ///   - height: a multiple of the condition's
    ///   - width: a multiple of the condition's
    ///   - condition: the smaller picture, with the channels that the convolutions take
    ///   - scratch: at least ``scratchCount(channels:pixels:conditionPixels:)`` floats, aligned to 8 bytes; holds the
    ///     result
    ///   - pool: the threads that share the work
    package func factors(
        _ x: UnsafePointer<Float>, height: Int, width: Int, condition: Condition,
        scratch: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) -> Factors {
        precondition(height % condition.height == 0 && width % condition.width == 0)
        let size = SpatialNorm.aligned(condition.height * condition.width * norm.channels)
        let (scales, shifts) = (scratch, scratch + size)
        for (convolution, target) in [(scale, scales), (shift, shifts)] {
            // 1x1 convolutions need no scratch.
            convolution.apply(
                condition.pixels, height: condition.height, width: condition.width, to: target, scratch: target,
                pool: pool)
        }
        let own = norm.factors(x, pixels: height * width, scratch: scratch + 2 * size, pool: pool)
        return Factors(
            own: own, scale: scales, shift: shifts, width: condition.width,
            repeats: (height / condition.height, width / condition.width))
    }

    /// Normalises some rows of a picture.
    ///
    /// - Parameters:
    ///   - x: the rows, `[rows.count, width, channels]`
    ///   - rows: which rows of the picture they are
    ///   - width: the picture's width
    ///   - factors: what was made of the whole picture
    ///   - y: `[rows.count, width, channels]`, may be `x`
    ///   - activation: is applied to the result
    ///   - pool: the threads that share the work
    package func apply(
        _ x: UnsafePointer<Float>, rows: Range<Int>, width: Int, factors: Factors, to y: UnsafeMutablePointer<Float>,
        activation: PixelActivation = .none, pool: ThreadPool
    ) {
        let (channels, own, repeats) = (norm.channels, factors.own, factors.repeats)
        pool.run(rows.count) { row in
            for column in 0..<width {
                let start = (row * width + column) * channels
                let place = (rows.lowerBound + row) / repeats.rows * factors.width + column / repeats.columns
                let (source, target) = (x + start, y + start)
                let (scale, shift) = (factors.scale + place * channels, factors.shift + place * channels)
                switch activation {
                case .none:
                    for c in 0..<channels {
                        target[c] = (source[c] * own.scale[c] + own.shift[c]) * scale[c] + shift[c]
                    }
                case .swish:
                    for c in 0..<channels {
                        target[c] = PixelMath.swish((source[c] * own.scale[c] + own.shift[c]) * scale[c] + shift[c])
                    }
                }
            }
        }
    }
}
