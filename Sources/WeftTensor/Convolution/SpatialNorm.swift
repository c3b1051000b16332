// Group normalisation whose scale and shift differ from place to place.

/// Group normalisation, then `x * (scale z + b) + (shift z + c)` with the row z of a coarse grid that lies under the pixel.
///
/// Source: MoVQ, arXiv:2209.09002; the grid is enlarged by repetition, so that each of its rows serves a rectangle.
package struct SpatialNorm: Sendable {
    private let norm: GroupNorm
    private let size: Int
    private let scale: [Float]  // [size + 1, channels]: weights by element of z, then the bias
    private let shift: [Float]  // [size + 1, channels]

    /// Channels of the picture.
    package var channels: Int { norm.channels }

    /// - Parameters:
    ///   - norm: the group normalisation
    ///   - scale: weight `[channels, size]` and bias `[channels]`
    ///   - shift: weight `[channels, size]` and bias `[channels]`
    package init(norm: GroupNorm, scale: (weight: Tensor, bias: Tensor), shift: (weight: Tensor, bias: Tensor)) {
        precondition(scale.weight.count == shift.weight.count && scale.bias.count == norm.channels)
        self.norm = norm
        let (channels, size) = (norm.channels, scale.weight.count / norm.channels)
        self.size = size
        func table(_ weight: [Float], _ bias: [Float]) -> [Float] {
            (0..<size).flatMap { element in (0..<channels).map { weight[$0 * size + element] } } + bias
        }
        self.scale = table(scale.weight.floats(), scale.bias.floats())
        self.shift = table(shift.weight.floats(), shift.bias.floats())
    }

    /// Normalises a picture.
    ///
    /// - Parameters:
    ///   - x: `[height, width, channels]`
    ///   - codes: `[rows, columns, size]`; rows divide the height, columns the width
    ///   - y: `[height, width, channels]`, may be `x`
    ///   - activation: is applied to the result
    ///   - scratch: what the group normalisation needs
    ///   - pool: the threads that share the work
    package func apply(
        _ x: UnsafePointer<Float>, height: Int, width: Int, codes: UnsafePointer<Float>, rows: Int, columns: Int,
        to y: UnsafeMutablePointer<Float>, activation: PixelActivation, scratch: UnsafeMutablePointer<Float>,
        pool: ThreadPool
    ) {
        norm.apply(x, pixels: height * width, to: y, activation: .none, scratch: scratch, pool: pool)
        let (tall, wide) = (height / rows, width / columns)
        pool.run(rows) { row in
            var factors = [Float](repeating: 0, count: channels)
            var summands = factors
            for column in 0..<columns {
                let code = codes + (row * columns + column) * size
                mix(code, scale, into: &factors)
                mix(code, shift, into: &summands)
                for line in row * tall..<(row + 1) * tall {
                    for place in column * wide..<(column + 1) * wide {
                        let pixel = y + (line * width + place) * channels
                        switch activation {
                        case .none:
                            for index in 0..<channels { pixel[index] = pixel[index] * factors[index] + summands[index] }
                        case .swish:
                            for index in 0..<channels {
                                pixel[index] = PixelMath.swish(pixel[index] * factors[index] + summands[index])
                            }
                        }
                    }
                }
            }
        }
    }

    /// `out = table[size] + sum of code[i] * table[i]`, the sum in order.
    private func mix(_ code: UnsafePointer<Float>, _ table: [Float], into out: inout [Float]) {
        let channels = channels
        for index in 0..<channels { out[index] = table[size * channels + index] }
        for element in 0..<size {
            for index in 0..<channels { out[index] += code[element] * table[element * channels + index] }
        }
    }
}
