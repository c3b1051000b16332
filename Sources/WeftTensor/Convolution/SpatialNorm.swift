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

    /// How many floats of scratch ``apply(_:height:width:condition:to:activation:scratch:pool:)`` needs.
    package static func scratchCount(channels: Int, pixels: Int, conditionPixels: Int) -> Int {
        2 * aligned(conditionPixels * channels) + GroupNorm.scratchCount(channels: channels, pixels: pixels)
    }

    /// The count that keeps what follows aligned to 64 bytes.
    private static func aligned(_ count: Int) -> Int { (count + 15) / 16 * 16 }

    /// Normalises a picture; factors and summands are computed once for every pixel of the smaller one.
    ///
    /// - Parameters:
    ///   - x: `[height, width, channels]`
    ///   - height: a multiple of the condition's
    ///   - width: a multiple of the condition's
    ///   - condition: the smaller picture, with the channels that the convolutions take
    ///   - y: `[height, width, channels]`, may be `x`
    ///   - activation: is applied to the result
    ///   - scratch: at least ``scratchCount(channels:pixels:conditionPixels:)`` floats, aligned to 8 bytes
    ///   - pool: the threads that share the work
    package func apply(
        _ x: UnsafePointer<Float>, height: Int, width: Int, condition: Condition, to y: UnsafeMutablePointer<Float>,
        activation: PixelActivation = .none, scratch: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) {
        precondition(height % condition.height == 0 && width % condition.width == 0)
        let channels = norm.channels
        let size = SpatialNorm.aligned(condition.height * condition.width * channels)
        let (factors, summands) = (scratch, scratch + size)  // [condition.height, condition.width, channels]
        for (convolution, target) in [(scale, factors), (shift, summands)] {
            convolution.apply(
                condition.pixels, height: condition.height, width: condition.width, to: target, scratch: target,
                pool: pool)
        }
        let own = norm.factors(x, pixels: height * width, scratch: scratch + 2 * size, pool: pool)
        let (down, across) = (height / condition.height, width / condition.width)
        pool.run(height) { row in
            for column in 0..<width {
                let place = (row / down * condition.width + column / across) * channels
                let start = (row * width + column) * channels
                let (source, target) = (x + start, y + start)
                let (factor, summand) = (factors + place, summands + place)
                switch activation {
                case .none:
                    for c in 0..<channels {
                        target[c] = (source[c] * own.scale[c] + own.shift[c]) * factor[c] + summand[c]
                    }
                case .swish:
                    for c in 0..<channels {
                        target[c] = PixelMath.swish(
                            (source[c] * own.scale[c] + own.shift[c]) * factor[c] + summand[c])
                    }
                }
            }
        }
    }
}
