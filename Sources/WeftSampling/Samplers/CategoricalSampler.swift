// CategoricalSampler: a token by its probability.

/// Chooses a token with the probability that the softmax of the logits gives it.
///
/// The softmax subtracts the maximum and is summed in `Double`, in the order of the ids. One draw `u` in [0, 1) is taken
/// (see ``UnitInterval``), and the first token whose cumulative probability exceeds `u` is chosen (inverse of the
/// cumulative distribution). The result depends on the logits and that draw alone, and not on the machine.
public struct CategoricalSampler: Sampler, Equatable {
    /// Creates the sampler.
    public init() {}

    /// A token drawn from the softmax of the logits `[vocabulary]`, which stay as they are; one draw is used up.
    ///
    /// - Throws: ``SamplingError`` if the logits are empty, all masked, or if one is NaN or +infinity.
    public func sample(
        _ logits: inout MutableSpan<Float>, using generator: inout some RandomNumberGenerator
    ) throws -> Int {
        try token(of: logits.span, weights: BlockSums(logits.span), using: &generator)
    }

    /// Draws the same token as ``sample(_:using:)``, and says how likely it was.
    ///
    /// - Returns: the token, and the natural logarithm of its probability in the softmax of the logits.
    /// - Throws: ``SamplingError`` as ``sample(_:using:)``.
    public func sampleWithLogProbability(
        _ logits: inout MutableSpan<Float>, using generator: inout some RandomNumberGenerator
    ) throws -> (token: Int, logProbability: Double) {
        let weights = try BlockSums(logits.span)
        let token = try token(of: logits.span, weights: weights, using: &generator)
        return (token, weights.logProbability(of: logits[token]))
    }

    /// The natural logarithm of a token's probability in the softmax of the logits `[vocabulary]`: 0 or less, and
    /// -infinity for a masked token.
    ///
    /// - Throws: ``SamplingError`` with `invalidToken` for a token outside of the logits, and as
    ///   ``sample(_:using:)``.
    public func logProbability(of token: Int, in logits: Span<Float>) throws -> Double {
        let weights = try BlockSums(logits)
        guard token >= 0, token < logits.count else {
            throw SamplingError(.invalidToken, "token id \(token) is outside of the vocabulary 0..<\(logits.count)")
        }
        return weights.logProbability(of: logits[token])
    }

    /// Looks a draw up in weights that were summed before.
    func token(
        of logits: Span<Float>, weights: BlockSums, using generator: inout some RandomNumberGenerator
    ) throws -> Int {
        // Below the total even for the greatest draw, 1 - 2^-53: the product cannot round up to it.
        let threshold = UnitInterval.double(generator.next()) * weights.total
        var before = 0.0
        for block in 0..<BlockSums.count {
            let after = before + weights.sums[block]
            if after <= threshold {
                before = after
                continue
            }
            var within = 0.0
            for token in weights.tokens(block) where logits[token] != -.infinity {
                within += Elementary.exp(Double(logits[token]) - weights.maximum)
                if before + within > threshold { return token }
            }
        }
        throw SamplingError(.allMasked, "cannot sample: no token has a cumulative probability above \(threshold)")
    }
}
