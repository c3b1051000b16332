// GreedySampler: always the most likely token.

/// Chooses the token with the greatest logit, and of equal ones the lowest id; draws no random numbers.
public struct GreedySampler: Sampler, Equatable {
    /// Creates the sampler.
    public init() {}

    /// The token with the greatest of the logits `[vocabulary]`, which stay as they are.
    ///
    /// - Throws: ``SamplingError`` if the logits are empty, all masked, or if one is NaN or +infinity.
    public func sample(
        _ logits: inout MutableSpan<Float>, using generator: inout some RandomNumberGenerator
    ) throws -> Int {
        let maximum = try LogitsMaximum(of: logits.span).value
        var token = 0
        while logits[token] != maximum { token += 1 }
        return token
    }
}
