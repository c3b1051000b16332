// CounterRandom: random numbers that depend on seed and token index alone.

/// A random generator keyed by seed, token index and stream: equal keys give equal draws, whatever was drawn elsewhere.
///
/// One value serves one token of one picture, so that batch size, threads, resuming and the draws of other tokens cannot
/// change it. Block `n` is `Philox4x32.block(counter: [n, stream, tokenIndex low, tokenIndex high], key: [seed low,
/// seed high])`, and gives two draws: words 0 and 1, then words 2 and 3, the lower word first. A key repeats itself
/// after 2^33 draws.
public struct CounterRandom: RandomNumberGenerator, Sendable, Equatable {
    /// The seed of the picture.
    public let seed: UInt64
    /// The place of the token in the sequence, from 0.
    public let tokenIndex: UInt64
    /// Keeps draws for different purposes at one token apart; 0 is the choice of the token.
    public let stream: UInt32

    private var nextBlock: UInt32 = 0
    private var pending: UInt64?

    /// Creates the generator at its first draw; no key is better or worse than another.
    public init(seed: UInt64, tokenIndex: UInt64, stream: UInt32 = 0) {
        self.seed = seed
        self.tokenIndex = tokenIndex
        self.stream = stream
    }

    /// Creates the generator of one picture of a count: picture `i` has the seed `seed + i`, around 2^64.
    ///
    /// So picture 0 has the draws of `CounterRandom(seed:tokenIndex:stream:)`, and each of the others can be drawn again
    /// by itself with the seed that its metadata names.
    public init(seed: UInt64, picture: UInt64, tokenIndex: UInt64, stream: UInt32 = 0) {
        self.init(seed: seed &+ picture, tokenIndex: tokenIndex, stream: stream)
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        if let second = pending {
            pending = nil
            return second
        }
        let words = Philox4x32.block(
            counter: [
                nextBlock, stream, UInt32(truncatingIfNeeded: tokenIndex), UInt32(truncatingIfNeeded: tokenIndex >> 32),
            ],
            key: [UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)])
        nextBlock &+= 1
        pending = UInt64(words.w) << 32 | UInt64(words.z)
        return UInt64(words.y) << 32 | UInt64(words.x)
    }

    /// The next draw as a multiple of 2^-53 in [0, 1); see ``UnitInterval``.
    public mutating func nextDouble() -> Double { UnitInterval.double(next()) }

    /// The next draw as a multiple of 2^-24 in [0, 1); it uses up 64 bits, as every draw does.
    public mutating func nextFloat() -> Float { UnitInterval.float(next()) }
}
