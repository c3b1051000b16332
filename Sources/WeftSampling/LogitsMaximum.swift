// LogitsMaximum: the greatest logit, and the refusal of logits that no token can be chosen from.

/// The greatest logit and its token; of equal logits, the one with the lowest id.
struct LogitsMaximum {
    let token: Int
    let value: Float

    /// Finds the maximum of `logits` `[vocabulary]`.
    ///
    /// - Throws: ``SamplingError`` if they are empty, all masked, or if one is NaN or +infinity.
    init(of logits: Span<Float>) throws {
        if logits.isEmpty { throw SamplingError(.emptyLogits, "cannot sample: there are no logits") }
        var token = 0
        var value = -Float.infinity
        var bad = false
        for index in logits.indices {
            let logit = logits[index]
            bad = bad || !(logit < .infinity)
            if logit > value {
                value = logit
                token = index
            }
        }
        if bad { throw Self.refusal(of: logits) }
        if value == -.infinity {
            throw SamplingError(.allMasked, "cannot sample: all \(logits.count) logits are masked (-infinity)")
        }
        self.token = token
        self.value = value
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
