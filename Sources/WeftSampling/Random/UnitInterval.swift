// UnitInterval: random bits as floating-point numbers in [0, 1).

/// Maps 64 random bits to evenly spaced numbers in [0, 1), each of them equally likely.
///
/// The top bits are used, and no rounding takes place, so 1 is never reached.
public enum UnitInterval {
    /// The top 53 bits times 2^-53: a multiple of 2^-53 in [0, 1).
    public static func double(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-53 }

    /// The top 24 bits times 2^-24: a multiple of 2^-24 in [0, 1).
    public static func float(_ bits: UInt64) -> Float { Float(bits >> 40) * 0x1p-24 }
}
