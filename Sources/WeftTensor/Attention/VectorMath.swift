// Arithmetic on sixteen lanes that norms, activations and attention share.

/// Sums, powers and loads on vectors of sixteen floats: additions and products only, so every processor gives the same.
enum VectorMath {
    /// How many lanes a vector has.
    static let width = 16

    /// `count` rounded up to whole vectors.
    static func padded(_ count: Int) -> Int { (count + width - 1) / width * width }

    /// Sixteen floats from any address.
    @inline(__always)
    static func load(_ source: UnsafePointer<Float>) -> SIMD16<Float> {
        UnsafeRawPointer(source).loadUnaligned(as: SIMD16<Float>.self)
    }

    /// The first `count < 16` lanes from memory, the others 0.
    @inline(__always)
    static func load(_ source: UnsafePointer<Float>, count: Int) -> SIMD16<Float> {
        var vector = SIMD16<Float>.zero
        for lane in 0..<count { vector[lane] = source[lane] }
        return vector
    }

    /// Sixteen floats to any address.
    @inline(__always)
    static func store(_ vector: SIMD16<Float>, _ target: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(target).storeBytes(of: vector, as: SIMD16<Float>.self)
    }

    /// The first `count < 16` lanes to memory.
    @inline(__always)
    static func store(_ vector: SIMD16<Float>, _ target: UnsafeMutablePointer<Float>, count: Int) {
        for lane in 0..<count { target[lane] = vector[lane] }
    }

    /// The sum of the lanes, halves added to halves.
    @inline(__always)
    static func sum(_ vector: SIMD16<Float>) -> Float {
        let eight = vector.lowHalf + vector.highHalf
        let four = eight.lowHalf + eight.highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y
    }

    /// e^x to about 1e-7 of its value; arguments beyond [-86, 88] count as these.
    ///
    /// Split into 2^n and e^r with |r| <= ln(2) / 2; the polynomial is that of Cephes' `expf`.
    @inline(__always)
    static func exponential(_ x: SIMD16<Float>) -> SIMD16<Float> {
        let low = SIMD16<Float>(repeating: -86)
        let high = SIMD16<Float>(repeating: 88)
        let magic = SIMD16<Float>(repeating: 0x1.8p23)  // adding it leaves the nearest whole number in the low bits
        var bounded = x.replacing(with: low, where: x .< low)
        bounded = bounded.replacing(with: high, where: bounded .> high)
        let shifted = bounded * 1.442_695_04 + magic
        let n = shifted - magic
        let r = bounded - n * 0.693_359_375 + n * 2.121_944_4e-4
        var sum = r * 1.987_569_15e-4 + 1.398_199_95e-3
        sum = sum * r + 8.333_451_9e-3
        sum = sum * r + 4.166_579_6e-2
        sum = sum * r + 0.166_666_65
        sum = sum * r + 0.5
        sum = sum * r * r + r + 1
        let exponent = (bits(shifted) &- bits(magic)) &<< 23
        return unsafeBitCast(bits(sum) &+ exponent, to: SIMD16<Float>.self)
    }

    /// `1 / (1 + exp(-x))`.
    @inline(__always)
    static func sigmoid(_ x: SIMD16<Float>) -> SIMD16<Float> { 1 / (1 + exponential(-x)) }

    @inline(__always)
    private static func bits(_ x: SIMD16<Float>) -> SIMD16<UInt32> { unsafeBitCast(x, to: SIMD16<UInt32>.self) }
}
