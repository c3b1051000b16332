// Elementary+Lanes: the exponential of eight numbers at once, equal to that of one number to the bit.

extension Elementary {
    /// Eight numbers that go through the same arithmetic side by side; a compiler's registers may be narrower.
    typealias Lanes = SIMD8<Double>

    /// e to the power of each lane, for lanes <= 0; 0 below -708 and for -infinity, as ``exp(_:)-(Double)`` has it.
    @inline(__always)
    static func exp(_ x: Lanes) -> Lanes {
        let shifter = Lanes(repeating: 0x1.8p52)
        let shifted = x * 0x1.71547652b82fep0 + shifter
        let exponent = shifted - shifter
        let r = (x - exponent * logTwoHigh) - exponent * logTwoLow
        var sum = Lanes(repeating: 1.0 / 6_227_020_800)
        sum = sum * r + 1.0 / 479_001_600
        sum = sum * r + 1.0 / 39_916_800
        sum = sum * r + 1.0 / 3_628_800
        sum = sum * r + 1.0 / 362_880
        sum = sum * r + 1.0 / 40_320
        sum = sum * r + 1.0 / 5_040
        sum = sum * r + 1.0 / 720
        sum = sum * r + 1.0 / 120
        sum = sum * r + 1.0 / 24
        sum = sum * r + 1.0 / 6
        sum = sum * r + 0.5
        sum = sum * r + 1
        sum = sum * r + 1
        let power = (unsafeBitCast(shifted, to: SIMD8<UInt64>.self) &+ 1023) &<< 52
        let result = sum * unsafeBitCast(power, to: Lanes.self)
        return result.replacing(with: 0, where: x .< -708)
    }
}
