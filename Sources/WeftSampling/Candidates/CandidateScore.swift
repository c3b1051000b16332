// CandidateScore: which of several pictures of one prompt the model itself finds the most fitting.

/// The natural logarithm of the probability that the model itself gives a picture: the sum over its tokens of `log p`.
///
/// p is the probability of the token in the softmax of the model's logits with the prompt, before guidance and everything
/// else; tokens that look alike count as one, with the sum of their probabilities. A token that does not fit the prompt, or
/// what stands around it, costs much; what is free to choose, like the place of a thing, costs all candidates the same where
/// all choices are as likely. Of candidates of one prompt the one with the greatest sum is the best, as in
/// ``SamplingSettings/bestOf``.
///
///     try score.look(at: logits.span)
///     score.add(try pipeline.sample(&logits, unconditional: unconditional, in: context, seed: seed))
///
/// It allocates nothing after its creation, unless `alike` does. Sources: drawing several pictures and keeping the best is
/// that of Ramesh et al., "Zero-Shot Text-to-Image Generation", 2021, where another network judges; the model's own
/// probability as the judge is that of `best_of` in OpenAI's interface for completions; sums over what means the same are
/// those of Kuhn et al., "Semantic Uncertainty", 2023.
public final class CandidateScore {
    /// The sum so far, in nats, 0 or less.
    public private(set) var value = 0.0

    private let alike: (Int) -> [Int]
    private let logits: UnsafeMutableBufferPointer<Float>  // [vocabulary], of the next token
    private var sums: BlockSums?

    /// Takes the memory: 4 bytes for each token of the vocabulary.
    ///
    /// - Parameters:
    ///   - vocabularySize: the number of logits, 1 or more.
    ///   - alike: the other tokens that look like one, in an order that does not change; none by default.
    public init(vocabularySize: Int, alike: @escaping (Int) -> [Int] = { _ in [] }) {
        self.alike = alike
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
        sums = try BlockSums(logits)
        logits.withUnsafeBufferPointer { _ = self.logits.update(from: $0) }
    }

    /// Adds the token that was chosen from the logits that ``look(at:)`` has kept, in `0..<vocabularySize`.
    public func add(_ token: Int) {
        guard let sums else { preconditionFailure("look(at:) comes before add(_:)") }
        func weight(_ token: Int) -> Double { Elementary.exp(Double(logits[token]) - sums.maximum) }
        let own = weight(token)
        let all = alike(token).reduce(own) { $0 + weight($1) }
        value += sums.logProbability(of: logits[token]) + (all > own && own > 0 ? Elementary.log(all / own) : 0)
    }
}
