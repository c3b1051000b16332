// The activations of feed-forward layers.

/// What a gated feed-forward layer does with its gate before it multiplies by `up`: https://arxiv.org/abs/2002.05202
package enum GatedActivation: String, Sendable, Codable, CaseIterable {
    /// `x / (1 + exp(-x))` (SwiGLU).
    case silu
    /// `x (1 + erf(x / √2)) / 2` (GeGLU), to an absolute error of about 1e-7 |x|.
    case gelu
    /// `x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2`.
    case geluTanh = "gelu_tanh"

    /// Writes `activation(gate) * up`, all three `[count]`; `y` may be `gate` or start before it in the same memory.
    package func apply(
        gate: UnsafePointer<Float>, up: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, count: Int
    ) {
        switch self {
        case .silu: Self.map(gate, up, y, count, Self.silu)
        case .gelu: Self.map(gate, up, y, count, Self.gelu)
        case .geluTanh: Self.map(gate, up, y, count, Self.geluTanh)
        }
    }

    /// Writes `activation(x)` over `x`, `[count]`, for layers that have no `up`.
    package func apply(_ x: UnsafeMutablePointer<Float>, count: Int) {
        switch self {
        case .silu: Self.map(x, count, Self.silu)
        case .gelu: Self.map(x, count, Self.gelu)
        case .geluTanh: Self.map(x, count, Self.geluTanh)
        }
    }

    @inline(__always)
    private static func map(
        _ gate: UnsafePointer<Float>, _ up: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int,
        _ function: (SIMD16<Float>) -> SIMD16<Float>
    ) {
        let whole = count / VectorMath.width * VectorMath.width
        for index in stride(from: 0, to: whole, by: VectorMath.width) {
            VectorMath.store(function(VectorMath.load(gate + index)) * VectorMath.load(up + index), y + index)
        }
        let left = count - whole
        guard left > 0 else { return }
        let tail = function(VectorMath.load(gate + whole, count: left)) * VectorMath.load(up + whole, count: left)
        VectorMath.store(tail, y + whole, count: left)
    }

    @inline(__always)
    private static func map(
        _ x: UnsafeMutablePointer<Float>, _ count: Int, _ function: (SIMD16<Float>) -> SIMD16<Float>
    ) {
        let whole = count / VectorMath.width * VectorMath.width
        for index in stride(from: 0, to: whole, by: VectorMath.width) {
            VectorMath.store(function(VectorMath.load(x + index)), x + index)
        }
        let left = count - whole
        guard left > 0 else { return }
        VectorMath.store(function(VectorMath.load(x + whole, count: left)), x + whole, count: left)
    }

    @inline(__always)
    private static func silu(_ x: SIMD16<Float>) -> SIMD16<Float> { x * VectorMath.sigmoid(x) }

    @inline(__always)
    private static func geluTanh(_ x: SIMD16<Float>) -> SIMD16<Float> {
        x * VectorMath.sigmoid(x * 1.595_769_12 * (x * x * 0.044_715 + 1))
    }

    /// erf by formula 7.1.26 of Abramowitz and Stegun.
    @inline(__always)
    private static func gelu(_ x: SIMD16<Float>) -> SIMD16<Float> {
        let negative = x .< 0
        let z = x.replacing(with: -x, where: negative) * 0.707_106_78
        let t = 1 / (z * 0.327_591_1 + 1)
        var polynomial = t * 1.061_405_429 - 1.453_152_027
        polynomial = polynomial * t + 1.421_413_741
        polynomial = polynomial * t - 0.284_496_736
        polynomial = polynomial * t + 0.254_829_592
        // Half of 1 - erf(z), so that negative values lose no digits.
        let rest = polynomial * t * VectorMath.exponential(-(z * z)) * 0.5
        return x * (1 - rest).replacing(with: rest, where: negative)
    }
}
