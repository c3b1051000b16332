// Layer normalisation with weights of its own for every row.

/// `(x - mean) / sqrt(variance + epsilon) * weight + bias` over each of some rows: https://arxiv.org/abs/1607.06450
package struct LayerNorm: Sendable {
    /// How many rows have weights of their own.
    package let rows: Int
    /// Length of a row.
    package let size: Int
    private let weight: [Float]  // [rows, size]
    private let bias: [Float]  // [rows, size]
    private let epsilon: Float

    /// Makes a norm.
    ///
    /// - Parameters:
    ///   - weight: `[groups, size]` or `[size]`, of any dtype; the rows share the groups evenly, neighbours together.
    ///   - bias: of the same shape.
    ///   - rows: a multiple of the number of groups.
    ///   - epsilon: added to the variance.
    package init(weight: Tensor, bias: Tensor, rows: Int, epsilon: Float) {
        precondition(weight.shape == bias.shape && (1...2).contains(weight.shape.count), "\(weight.name)")
        size = weight.shape[weight.shape.count - 1]
        let groups = weight.shape.count == 1 ? 1 : weight.shape[0]
        precondition(groups > 0 && rows % groups == 0, "\(weight.name): \(groups) groups for \(rows) rows")
        self.rows = rows
        self.epsilon = epsilon
        let size = size
        func spread(_ values: [Float]) -> [Float] {
            (0..<rows).flatMap { row in
                let group = row / (rows / groups)
                return values[group * size..<(group + 1) * size]
            }
        }
        self.weight = spread(weight.floats())
        self.bias = spread(bias.floats())
    }

    /// Normalises `[rows, size]`; `y` may be `x`.
    package func apply(_ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>) {
        weight.withUnsafeBufferPointer { weight in
            bias.withUnsafeBufferPointer { bias in
                guard let weight = weight.baseAddress, let bias = bias.baseAddress else { return }
                for row in 0..<rows {
                    let start = row * size
                    normalise(x + start, weight + start, bias + start, to: y + start)
                }
            }
        }
    }

    private func normalise(
        _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, _ bias: UnsafePointer<Float>,
        to y: UnsafeMutablePointer<Float>
    ) {
        let mean = sum(x) { $0 } / Float(size)
        let variance = sum(x) { ($0 - mean) * ($0 - mean) } / Float(size)
        let scale = 1 / (variance + epsilon).squareRoot()
        for index in 0..<size { y[index] = (x[index] - mean) * scale * weight[index] + bias[index] }
    }

    @inline(__always)
    private func sum(_ x: UnsafePointer<Float>, _ value: (SIMD16<Float>) -> SIMD16<Float>) -> Float {
        let whole = size / VectorMath.width * VectorMath.width
        var sums = SIMD16<Float>.zero
        for index in stride(from: 0, to: whole, by: VectorMath.width) { sums += value(VectorMath.load(x + index)) }
        var tail = value(VectorMath.load(x + whole, count: size - whole))
        for lane in size - whole..<VectorMath.width { tail[lane] = 0 }
        return VectorMath.sum(sums + tail)
    }
}
