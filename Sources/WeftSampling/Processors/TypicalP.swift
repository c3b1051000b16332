// TypicalP: keeps the tokens whose surprise is nearest to what is expected.

/// Locally typical sampling: keeps the tokens whose surprise lies nearest to the entropy, up to the mass p.
///
/// The surprise of a token is `-log(probability)`, and its expected value is the entropy of the distribution. Tokens are
/// taken by the distance between the two, the nearest first, until their probabilities reach p together; those as far
/// away as the last one are kept with it, so equal logits share their fate. The most likely token may be masked.
/// Probabilities are summed in `Double`. Linear in the vocabulary. Source: Meister et al., "Locally Typical Sampling",
/// TACL 2023; reference: `TypicalLogitsWarper` of Hugging Face Transformers.
public struct TypicalP: LogitsProcessor, Equatable {
    /// The probability mass to keep; 1 is off.
    public let probability: Float

    /// Creates the step.
    ///
    /// - Parameter probability: in (0, 1]; 1 changes nothing.
    /// - Throws: ``SamplingError`` with `invalidSetting`.
    public init(_ probability: Float) throws {
        guard probability > 0, probability <= 1 else {
            throw SamplingError(.invalidSetting, "typical-p must be in (0, 1], got \(probability)")
        }
        self.probability = probability
    }

    /// Masks the logits `[vocabulary]` of the tokens that are not typical; allocates scratch of its own.
    ///
    /// - Throws: ``SamplingError`` if the logits are empty, all masked, or if one is NaN or +infinity.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        if probability == 1 { return }
        try process(&logits, in: context, scratch: SamplingScratch(vocabularySize: max(1, logits.count)))
    }

    /// Masks the logits `[vocabulary]` of the tokens that are not typical; allocates nothing.
    ///
    /// - Throws: ``SamplingError`` as ``process(_:in:)``, and `sizeMismatch` if the scratch is too small.
    public func process(
        _ logits: inout MutableSpan<Float>, in context: SamplingContext, scratch: SamplingScratch
    ) throws {
        if probability == 1 { return }
        try scratch.check(logits.count)
        let softmax = try BlockSums(logits.span, withEntropy: true)
        let expected = softmax.maximum + Elementary.log(softmax.total) - softmax.entropy  // the most typical logit
        let count = scratch.sortDescending(logits.span)
        let limit = Double(probability) * scratch.weigh(count, maximum: softmax.maximum)
        func distance(_ position: Int) -> Double { abs(Double(scratch.logit(at: position)) - expected) }
        // Sorted logits fall past the expected one, so the nearest to it stand side by side: those that are kept are
        // `first..<last`, which grows at the end that is nearer.
        var first = 0
        while first < count, Double(scratch.logit(at: first)) > expected { first += 1 }
        var last = first
        var cumulative = 0.0
        var reach = 0.0
        while cumulative < limit, first > 0 || last < count {
            if last == count || first > 0 && distance(first - 1) <= distance(last) {
                first -= 1
                cumulative += scratch.weights[first]
                reach = distance(first)
            } else {
                cumulative += scratch.weights[last]
                reach = distance(last)
                last += 1
            }
        }
        while first > 0, distance(first - 1) <= reach { first -= 1 }
        while last < count, distance(last) <= reach { last += 1 }
        for position in 0..<first { logits[scratch.token(position)] = -.infinity }
        for position in last..<count { logits[scratch.token(position)] = -.infinity }
    }
}
