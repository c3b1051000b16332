// Root-mean-square normalisation of rows.

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

    /// Normalises `rows` rows `[rows, size]`; `y` may be `x`.
    package func apply(_ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>) {
        weight.withUnsafeBufferPointer { weight in
            guard let weight = weight.baseAddress else { return }
            for row in 0..<rows { normalise(x + row * size, weight, to: y + row * size) }
        }
    }

    private func normalise(_ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>)
    {
        let whole = size / VectorMath.width * VectorMath.width
        var squares = SIMD16<Float>.zero
        for index in stride(from: 0, to: whole, by: VectorMath.width) {
            let lanes = VectorMath.load(x + index)
            squares += lanes * lanes
        }
        let tail = VectorMath.load(x + whole, count: size - whole)
        squares += tail * tail
        let scale = 1 / (VectorMath.sum(squares) / Float(size) + epsilon).squareRoot()
        for index in stride(from: 0, to: whole, by: VectorMath.width) {
            VectorMath.store(VectorMath.load(x + index) * scale * VectorMath.load(weight + index), y + index)
        }
        for index in whole..<size { y[index] = x[index] * scale * weight[index] }
    }
}
