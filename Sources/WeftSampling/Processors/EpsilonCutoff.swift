// EpsilonCutoff: keeps the tokens that are likely enough by themselves.

/// Masks every token whose probability is below epsilon, but never the greatest logit and its equals.
///
/// Equal logits share their fate. Source: Hewitt, Manning, Liang, "Truncation Sampling as Language Model Desmoothing",
/// Findings of EMNLP 2022; reference: `EpsilonLogitsWarper` of Hugging Face Transformers.
public struct EpsilonCutoff: LogitsProcessor, Equatable {
    /// The probability that a token needs; 0 is off.
    public let epsilon: Float

    /// Creates the step.
    ///
    /// - Parameter epsilon: in [0, 1); 0 changes nothing.
    /// - Throws: ``SamplingError`` with `invalidSetting`.
    public init(_ epsilon: Float) throws {
        guard epsilon >= 0, epsilon < 1 else {
            throw SamplingError(.invalidSetting, "epsilon cutoff must be in [0, 1), got \(epsilon)")
        }
        self.epsilon = epsilon
    }

    /// Masks the unlikely logits of `[vocabulary]`.
    ///
    /// - Throws: ``SamplingError`` if the logits are empty, all masked, or if one is NaN or +infinity.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        if epsilon == 0 { return }
        let weights = try BlockSums(logits.span)
        logits.mask(belowLogProbability: Elementary.log(Double(epsilon)), weights)
    }
}
