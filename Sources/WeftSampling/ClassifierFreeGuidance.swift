// ClassifierFreeGuidance: strengthens the prompt.

/// Combines the logits with and without the prompt: `unconditional + (conditional - unconditional) * scale`.
///
/// A scale of 1 is off, 0 ignores the prompt, above 1 follows it more closely. Source: Ho and Salimans, "Classifier-Free
/// Diffusion Guidance", 2022; for logits, LlamaGen (Sun et al. 2024). It comes before every other step.
public struct ClassifierFreeGuidance: Sendable, Equatable {
    /// How far to go from the unconditional logits towards the conditional ones, and beyond.
    public let scale: Float

    /// Creates the step.
    ///
    /// - Parameter scale: finite and 0 or more.
    /// - Throws: ``SamplingError`` with `invalidSetting`.
    public init(scale: Float) throws {
        guard scale.isFinite, scale >= 0 else {
            throw SamplingError(.invalidSetting, "guidance scale must be finite and 0 or more, got \(scale)")
        }
        self.scale = scale
    }

    /// Combines the logits, `[vocabulary]` each, in place of the conditional ones.
    ///
    /// A scale of 1 leaves them untouched to the bit. A token that is masked (-infinity) in the conditional logits stays
    /// masked whatever the unconditional logit is.
    ///
    /// - Throws: ``SamplingError``: `sizeMismatch` if the numbers of logits differ; `notANumber`, `positiveInfinity` or
    ///   `overflow` for the first token, not masked, whose logits or result are not finite.
    public func combine(_ conditional: inout MutableSpan<Float>, unconditional: Span<Float>) throws {
        guard conditional.count == unconditional.count else {
            throw SamplingError(
                .sizeMismatch,
                "guidance needs as many unconditional as conditional logits, "
                    + "got \(unconditional.count) and \(conditional.count)")
        }
        if scale == 1 { return }
        for index in conditional.indices {
            let with = conditional[index]
            if with == -.infinity { continue }
            let without = unconditional[index]
            let combined = without + (with - without) * scale
            guard combined.isFinite else { throw refusal(token: index, with, without) }
            conditional[index] = combined
        }
    }

    private func refusal(token: Int, _ conditional: Float, _ unconditional: Float) -> SamplingError {
        let place =
            "guidance of token \(token) at scale \(scale): conditional \(conditional), "
            + "unconditional \(unconditional)"
        if conditional.isNaN || unconditional.isNaN { return SamplingError(.notANumber, "NaN in " + place) }
        if conditional == .infinity || unconditional == .infinity {
            return SamplingError(.positiveInfinity, "+infinity in " + place)
        }
        return SamplingError(.overflow, "result is not finite in " + place)
    }
}
