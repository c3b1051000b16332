// Elementwise arithmetic of the image tokenizers, plain enough that compilers turn it into vector code.

/// What a norm does to its result before it is written.
package enum PixelActivation: Sendable {
    /// Nothing.
    case none
    /// `x / (1 + exp(-x))`, also called SiLU.
    case swish
}

/// Arithmetic of single values that the norms and the attention share.
enum PixelMath {
    /// e^x to about 1e-7 of its value; arguments beyond [-86, 88] count as these.
    ///
    /// Split into 2^n and e^r with |r| <= ln(2) / 2; the polynomial is that of Cephes' `expf`.
    @inline(__always)
    static func exponential(_ x: Float) -> Float {
        let bounded = x < -86 ? -86 : x > 88 ? 88 : x
        let magic: Float = 0x1.8p23  // adding it leaves the nearest whole number in the low bits
        let shifted = bounded * 1.442_695_04 + magic
        let n = shifted - magic
        let r = bounded - n * 0.693_359_375 + n * 2.121_944_4e-4
        var sum: Float = 1.987_569_15e-4
        sum = sum * r + 1.398_199_95e-3
        sum = sum * r + 8.333_451_9e-3
        sum = sum * r + 4.166_579_6e-2
        sum = sum * r + 0.166_666_65
        sum = sum * r + 0.5
        sum = sum * r * r + r + 1
        return Float(bitPattern: sum.bitPattern &+ (shifted.bitPattern &- magic.bitPattern) << 23)
    }

    /// `x / (1 + exp(-x))`.
    @inline(__always)
    static func swish(_ x: Float) -> Float { x / (1 + exponential(-x)) }

    /// `y = activation(x * scale + shift)`, all `[count]`; `y` may be `x`.
    @inline(__always)
    static func scale(
        _ x: UnsafePointer<Float>, by scale: UnsafePointer<Float>, plus shift: UnsafePointer<Float>,
        to y: UnsafeMutablePointer<Float>, count: Int, _ activation: PixelActivation
    ) {
        switch activation {
        case .none: for i in 0..<count { y[i] = x[i] * scale[i] + shift[i] }
        case .swish: for i in 0..<count { y[i] = swish(x[i] * scale[i] + shift[i]) }
        }
    }

    /// The sum of `count` terms in eight interleaved partial sums, always in the same order.
    @inline(__always)
    static func sum(_ count: Int, _ term: (Int) -> Float) -> Float {
        var lanes = SIMD8<Float>(repeating: 0)
        var index = 0
        while index + 8 <= count {
            for lane in 0..<8 { lanes[lane] += term(index + lane) }
            index += 8
        }
        for lane in 0..<count - index { lanes[lane] += term(index + lane) }
        return lanes.sum()
    }
}

/// Adds `x` to `y`, both `[count]`.
package func add(_ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, count: Int, pool: ThreadPool) {
    let piece = 1 << 15
    pool.run((count + piece - 1) / piece) { index in
        for i in index * piece..<min(count, (index + 1) * piece) { y[i] += x[i] }
    }
}

/// Replaces each `x` by `x / (1 + exp(-x))`, `[count]`.
package func swish(_ x: UnsafeMutablePointer<Float>, count: Int, pool: ThreadPool) {
    let piece = 1 << 14
    pool.run((count + piece - 1) / piece) { index in
        for i in index * piece..<min(count, (index + 1) * piece) { x[i] = PixelMath.swish(x[i]) }
    }
}
