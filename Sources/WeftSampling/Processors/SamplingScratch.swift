// SamplingScratch: the storage of the steps that sort, made once and used for every token.

/// Storage that the steps of one generation write into, so that a token costs no allocation.
///
/// It belongs to one generation at a time: it is not `Sendable`, and two generations may never share one. It takes
/// 32 bytes for each token of the vocabulary and 24 KiB.
public final class SamplingScratch {
    /// The greatest number of logits that it serves.
    public let vocabularySize: Int

    static let digitBits = 11
    static let digits = 1 << digitBits

    // One count for each value of each of the three digits of a 32-bit key.
    let counts: UnsafeMutableBufferPointer<UInt32>  // [3, digits]
    // Entries to sort, and where a pass of the sort writes them: key in the upper half, token id in the lower.
    let entries: UnsafeMutableBufferPointer<UInt64>  // [vocabulary]
    let sorted: UnsafeMutableBufferPointer<UInt64>  // [vocabulary]
    let weights: UnsafeMutableBufferPointer<Double>  // [vocabulary]
    // Logits as they were after all steps, and after guidance.
    let kept: UnsafeMutableBufferPointer<Float>  // [vocabulary]
    let keptModel: UnsafeMutableBufferPointer<Float>  // [vocabulary]

    /// Allocates the storage for logits of up to `vocabularySize` tokens.
    ///
    /// - Throws: ``SamplingError`` with `invalidSetting` unless the size is in 1...2147483647.
    public init(vocabularySize: Int) throws {
        guard vocabularySize > 0, vocabularySize <= Int32.max else {
            throw SamplingError(.invalidSetting, "vocabulary size must be in 1...2147483647, got \(vocabularySize)")
        }
        self.vocabularySize = vocabularySize
        counts = .allocate(capacity: 3 * Self.digits)
        counts.initialize(repeating: 0)
        entries = .allocate(capacity: vocabularySize)
        entries.initialize(repeating: 0)
        sorted = .allocate(capacity: vocabularySize)
        sorted.initialize(repeating: 0)
        weights = .allocate(capacity: vocabularySize)
        weights.initialize(repeating: 0)
        kept = .allocate(capacity: vocabularySize)
        kept.initialize(repeating: 0)
        keptModel = .allocate(capacity: vocabularySize)
        keptModel.initialize(repeating: 0)
    }

    deinit {
        counts.deallocate()
        entries.deallocate()
        sorted.deallocate()
        weights.deallocate()
        kept.deallocate()
        keptModel.deallocate()
    }

    /// Refuses logits that are more than the storage was made for.
    func check(_ count: Int) throws {
        if count > vocabularySize {
            throw SamplingError(
                .sizeMismatch, "sampling scratch is made for \(vocabularySize) logits, got \(count)")
        }
    }
}
