// CandidateScore: which of several pictures of one prompt the model itself finds the most fitting.

/// The sum over a picture's tokens of `log p + H`, in nats: how much likelier its tokens are than those that the model draws.
///
/// p is the probability of the token in the softmax of the model's logits with the prompt, before guidance and everything
/// else, and H is the entropy of that distribution. The expected value of `log p + H` is 0 for a token that is drawn from
/// it, so what is free to choose (the place of a thing, the tone of a background) counts for nothing, and candidates stay
/// as different from each other as they are; a token that does not fit what the model expects there costs much. Of
/// candidates of one prompt the one with the greatest sum is the best, as in ``SamplingSettings/bestOf``.
///
///     try score.look(at: logits.span)
///     score.add(try pipeline.sample(&logits, unconditional: unconditional, in: context, seed: seed))
///
/// It allocates nothing after its creation. Sources: `log p + H` is the local typicality of Meister et al., "Locally
/// Typical Sampling", 2023, with its sign; drawing several pictures and keeping the best is that of Ramesh et al.,
/// "Zero-Shot Text-to-Image Generation", 2021, where another network judges.
public final class CandidateScore {
    /// The sum so far, in nats.
    public private(set) var value = 0.0

    private let logits: UnsafeMutableBufferPointer<Float>  // [vocabulary], of the next token
    private var sums: BlockSums?

    /// Takes the memory: 4 bytes for each token of the vocabulary.
    ///
    /// - Parameter vocabularySize: the number of logits, 1 or more.
    public init(vocabularySize: Int) {
        logits = .allocate(capacity: vocabularySize)
        logits.initialize(repeating: 0)
    }

    deinit { logits.deallocate() }

    /// Keeps the model's logits `[vocabulary]` of the next token, with the prompt and as they are.
    ///
    /// - Throws: ``SamplingError`` with `sizeMismatch` for another number of logits, and if they are all masked, or if one
    ///   is NaN or +infinity.
    public func look(at logits: Span<Float>) throws {
        guard logits.count == self.logits.count else {
            throw SamplingError(
                .sizeMismatch, "candidate score is made for \(self.logits.count) logits, got \(logits.count)")
        }
        sums = try BlockSums(logits, withEntropy: true)
        logits.withUnsafeBufferPointer { _ = self.logits.update(from: $0) }
    }

    /// Adds the token that was chosen from the logits that ``look(at:)`` has kept, in `0..<vocabularySize`.
    public func add(_ token: Int) {
        guard let sums else { preconditionFailure("look(at:) comes before add(_:)") }
        value += sums.logProbability(of: logits[token]) + sums.entropy
    }
}
