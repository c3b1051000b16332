// TopP: keeps the most likely tokens by probability mass.

/// Nucleus sampling: keeps the most likely tokens up to and including the one whose cumulative probability exceeds p.
///
/// Tokens are taken in descending order, and of equal logits the lowest id first; a token is masked when the tokens
/// before it already have more than p together. The first token is always kept. Probabilities are summed in `Double`
/// in that order. Linear in the vocabulary. Source: Holtzman et al., "The Curious Case of Neural Text Degeneration",
/// ICLR 2020; reference: `top_k_top_p_filtering` of LlamaGen (cumulative > p, shifted right by one).
public struct TopP: LogitsProcessor, Equatable {
    /// The probability mass to keep; 1 is off.
    public let probability: Float

    /// Creates the step.
    ///
    /// - Parameter probability: in (0, 1]; 1 changes nothing.
    /// - Throws: ``SamplingError`` with `invalidSetting`.
    public init(_ probability: Float) throws {
        guard probability > 0, probability <= 1 else {
            throw SamplingError(.invalidSetting, "top-p must be in (0, 1], got \(probability)")
        }
        self.probability = probability
    }

    /// Masks the logits `[vocabulary]` outside of the nucleus; allocates scratch of its own.
    ///
    /// - Throws: ``SamplingError`` if the logits are empty, all masked, or if one is NaN or +infinity.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        if probability == 1 { return }
        try process(&logits, in: context, scratch: SamplingScratch(vocabularySize: max(1, logits.count)))
    }

    /// Masks the logits `[vocabulary]` outside of the nucleus; allocates nothing.
    ///
    /// - Throws: ``SamplingError`` as ``process(_:in:)``, and `sizeMismatch` if the scratch is too small.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext, scratch: SamplingScratch)
        throws
    {
        if probability == 1 { return }
        try scratch.check(logits.count)
        let maximum = Double(try LogitsMaximum(of: logits.span).value)
        let count = scratch.sortDescending(logits.span)
        let limit = Double(probability) * scratch.weigh(count, maximum: maximum)
        var cumulative = 0.0
        var kept = 0
        while kept < count, cumulative <= limit {
            cumulative += scratch.weights[kept]
            kept += 1
        }
        for position in kept..<count { logits[scratch.token(position)] = -.infinity }
    }
}
