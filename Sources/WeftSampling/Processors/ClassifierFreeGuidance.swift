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

    /// Creates the step with a scale that is known to be valid.
    init(valid scale: Float) { self.scale = scale }

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
        let bad = conditional.withUnsafeMutableBufferPointer { conditional in
            unconditional.withUnsafeBufferPointer { combine(conditional, $0) }
        }
        guard let bad else { return }
        throw refusal(token: bad, conditional[bad], unconditional[bad])
    }

    /// Combines the logits up to the first that cannot be, which stays as it is; returns its token, or nil.
    private func combine(
        _ conditional: UnsafeMutableBufferPointer<Float>, _ unconditional: UnsafeBufferPointer<Float>
    ) -> Int? {
        let with = UnsafeMutableRawBufferPointer(conditional)
        let without = UnsafeRawBufferPointer(unconditional)
        let whole = conditional.count & ~15
        var first = 0
        while first < whole {
            let with16 = with.loadUnaligned(fromByteOffset: 4 * first, as: SIMD16<Float>.self)
            let without16 = without.loadUnaligned(fromByteOffset: 4 * first, as: SIMD16<Float>.self)
            let combined = without16 + (with16 - without16) * scale
            let result = combined.replacing(with: -.infinity, where: with16 .== -.infinity)
            // What is finite gives 0, and is equal to it; a masked logit is replaced by 0 for this.
            let checked = combined.replacing(with: 0, where: with16 .== -.infinity) * 0
            if any(checked .!= 0) { break }
            with.storeBytes(of: result, toByteOffset: 4 * first, as: SIMD16<Float>.self)
            first += 16
        }
        for token in first..<conditional.count where conditional[token] != -.infinity {
            let without = unconditional[token]
            let combined = without + (conditional[token] - without) * scale
            guard combined.isFinite else { return token }
            conditional[token] = combined
        }
        return nil
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
