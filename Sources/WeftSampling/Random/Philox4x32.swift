// Philox4x32: the counter-based random function under every draw.

/// Philox 4x32-10: 128 random bits as a pure function of a 128-bit counter and a 64-bit key.
///
/// Ten rounds of two 32 x 32 -> 64 bit products. Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy
/// as 1, 2, 3", SC 2011, section 3.3; equal to the published known-answer vectors of Random123.
public enum Philox4x32 {
    /// A counter, or a block of output: four 32-bit words, the first one least significant.
    public typealias Block = SIMD4<UInt32>
    /// A key: two 32-bit words.
    public typealias Key = SIMD2<UInt32>

    private static let rounds = 10

    /// The block of random words that belongs to a counter and a key; every bit of it depends on every bit of both.
    public static func block(counter: Block, key: Key) -> Block {
        var words = counter
        var key = key
        for _ in 0..<rounds {
            let first = words.x.multipliedFullWidth(by: 0xD251_1F53)
            let second = words.z.multipliedFullWidth(by: 0xCD9E_8D57)
            words = Block(second.high ^ words.y ^ key.x, second.low, first.high ^ words.w ^ key.y, first.low)
            // The Weyl sequences of the golden ratio and of the square root of three.
            key &+= Key(0x9E37_79B9, 0xBB67_AE85)
        }
        return words
    }
}
