// Sampler: the choice of one token from the processed logits.

/// Chooses one token from logits.
public protocol Sampler: Sendable {
    /// Chooses a token.
    ///
    /// - Parameters:
    ///   - logits: `[vocabulary]`; -infinity marks a masked token, which is never chosen. A sampler may use the buffer
    ///     as its scratch; ``GreedySampler`` and ``CategoricalSampler`` leave it as it is.
    ///   - generator: the source of randomness; nothing is drawn when an error is thrown.
    /// - Returns: a token id in `0..<logits.count`.
    /// - Throws: ``SamplingError`` with `emptyLogits`, `allMasked`, `notANumber` or `positiveInfinity`; never a default
    ///   token.
    func sample(_ logits: inout MutableSpan<Float>, using generator: inout some RandomNumberGenerator) throws -> Int
}
