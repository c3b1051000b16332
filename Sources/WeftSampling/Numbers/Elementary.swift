// Elementary: exp and log in plain arithmetic, so that a token does not depend on the C library of the machine.

/// Exponential and logarithm to about one unit in the last place, from additions, products and bit patterns only.
enum Elementary {
    // ln 2 in two parts; the first has 32 bits, so that its product with an exponent is exact (Cody and Waite 1980).
    static let logTwoHigh = 0x1.62e42feep-1
    static let logTwoLow = 0x1.a39ef35793c76p-33

    /// e to the power of `x`, for `x` <= 0; 0 below -708, where the result would be subnormal.
    @inline(__always)
    static func exp(_ x: Double) -> Double {
        guard x >= -708 else { return 0 }
        // Adding 1.5 * 2^52 rounds to an integer, and leaves that integer in the low bits.
        let shifter = 0x1.8p52
        let shifted = x * 0x1.71547652b82fep0 + shifter
        let exponent = shifted - shifter
        let r = (x - exponent * logTwoHigh) - exponent * logTwoLow  // |r| <= ln 2 / 2
        // Taylor to the 13th power: the remainder is below 5e-18.
        var sum = 1.0 / 6_227_020_800
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
        return sum * Double(bitPattern: (shifted.bitPattern &+ 1023) << 52)
    }

    /// Half a wave of a cosine from 0 to 1, `(1 - cos(pi * x)) / 2`, for `x` in [0, 1]; exact at 0 and 1.
    static func halfWave(_ x: Double) -> Double {
        // The square of sin(pi / 2 * x), of the half that is nearer to 0.
        let angle = 1.570_796_326_794_896_6 * min(x, 1 - x)
        let square = angle * angle
        // Taylor to the 15th power: the remainder is below 2e-16 up to pi / 4.
        var sine = 0.0
        for power in stride(from: 15, through: 3, by: -2) {
            sine = (1 + sine) * -square / Double(power * (power - 1))
        }
        sine = angle * (1 + sine)
        return x <= 0.5 ? sine * sine : 1 - sine * sine
    }

    /// The natural logarithm of a positive, normal number.
    static func log(_ x: Double) -> Double {
        var exponent = Double(x.exponent)
        var significand = x.significand
        if significand > 1.414_213_562_373_095_1 {
            significand /= 2
            exponent += 1
        }
        // log m = 2 atanh(f), |f| <= 0.172.
        let f = (significand - 1) / (significand + 1)
        let square = f * f
        var series = 0.0
        for power in stride(from: 25, through: 1, by: -2) { series = series * square + 1 / Double(power) }
        return exponent * logTwoHigh + (2 * f * series + exponent * logTwoLow)
    }
}
