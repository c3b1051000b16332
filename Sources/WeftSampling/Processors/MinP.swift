// MinP: keeps the tokens that are not too unlikely beside the most likely one.

/// Masks every token whose probability is below a share of the greatest probability.
///
/// The comparison is made between logits, `logit - maximum < log(share)`, in `Double`; equal logits share their fate.
/// Source: Nguyen et al., "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs", ICLR 2025;
/// reference: `MinPLogitsWarper` of Hugging Face Transformers.
public struct MinP: LogitsProcessor, Equatable {
    /// The share of the greatest probability that a token needs; 0 is off.
    public let share: Float

    private let logShare: Double

    /// Creates the step.
    ///
    /// - Parameter share: in [0, 1]; 0 changes nothing, 1 keeps the greatest logit and its equals.
    /// - Throws: ``SamplingError`` with `invalidSetting`.
    public init(_ share: Float) throws {
        guard share >= 0, share <= 1 else {
            throw SamplingError(.invalidSetting, "min-p must be in [0, 1], got \(share)")
        }
        self.share = share
        logShare = share == 0 ? -.infinity : Elementary.log(Double(share))
    }

    /// Masks the unlikely logits of `[vocabulary]`.
    ///
    /// - Throws: ``SamplingError`` if the logits are empty, all masked, or if one is NaN or +infinity.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        if share == 0 { return }
        let maximum = Double(try LogitsMaximum(of: logits.span).value)
        logits.mask(fartherThan: -logShare, below: maximum)
    }
}
