// LogitsMaximum: the greatest logit, and the refusal of logits that no token can be chosen from.

/// The greatest logit.
struct LogitsMaximum {
    /// The greatest logit; it is finite.
    let value: Float
    /// How many logits are not masked, at least 1.
    let unmasked: Int

    /// Finds the maximum of `logits` `[vocabulary]`.
    ///
    /// - Throws: ``SamplingError`` if they are empty, all masked, or if one is NaN or +infinity.
    init(of logits: Span<Float>) throws {
        if logits.isEmpty { throw SamplingError(.emptyLogits, "cannot sample: there are no logits") }
        typealias Lanes = SIMD16<Float>
        var maxima = Lanes(repeating: -.infinity)
        var counts = SIMD16<Int32>.zero
        var bad = SIMDMask<SIMD16<Int32>>(repeating: false)
        logits.forEachLanes(padding: -.infinity) { lanes in
            maxima.replace(with: lanes, where: lanes .> maxima)
            counts.replace(with: counts &+ 1, where: lanes .!= -.infinity)
            bad = bad .| .!(lanes .< .infinity)
        }
        if any(bad) { throw Self.refusal(of: logits) }
        value = maxima.max()
        unmasked = Int(counts.wrappedSum())
        if unmasked == 0 {
            throw SamplingError(.allMasked, "cannot sample: all \(logits.count) logits are masked (-infinity)")
        }
    }

    private static func refusal(of logits: Span<Float>) -> SamplingError {
        for index in logits.indices where !(logits[index] < .infinity) {
            return logits[index].isNaN
                ? SamplingError(.notANumber, "cannot sample: the logit of token \(index) is NaN")
                : SamplingError(.positiveInfinity, "cannot sample: the logit of token \(index) is +infinity")
        }
        return SamplingError(.notANumber, "cannot sample: a logit is NaN or +infinity")
    }
}
