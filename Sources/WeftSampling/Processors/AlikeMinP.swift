// AlikeMinP: keeps the tokens that are not too unlikely together with those that look like them.

/// Masks every token that has, together with the tokens that look alike, less than a share of the greatest such sum.
///
/// What a prompt leaves open can be spread thinly over many tokens that nobody tells apart, as the tones of a background are:
/// each is as unlikely as a mistake, and ``MinP`` masks both or neither. Their sum tells them from it. The sum of a token is
/// its probability and those of the tokens alike; of these, what has less than a hundredth of the share of the greatest
/// probability is left out. Sums are compared in `Double`, added up in the order of the ids. Without tokens that look
/// alike it keeps what ``MinP`` keeps. Sources: the share is that of ``MinP``; sums over what means the same are those of
/// Kuhn et al., "Semantic Uncertainty", 2023.
public struct AlikeMinP: LogitsProcessor {
    /// The share of the greatest sum that a token's sum needs; 0 is off.
    public let share: Float

    private let alike: @Sendable (Int) -> [Int]

    /// Creates the step.
    ///
    /// - Parameters:
    ///   - share: in [0, 1]; 0 changes nothing.
    ///   - alike: the other tokens that look like one: each of them says the same of it.
    /// - Throws: ``SamplingError`` with `invalidSetting`.
    public init(_ share: Float, alike: @escaping @Sendable (Int) -> [Int] = { _ in [] }) throws {
        guard share >= 0, share <= 1 else {
            throw SamplingError(.invalidSetting, "alike-min-p must be in [0, 1], got \(share)")
        }
        self.share = share
        self.alike = alike
    }

    /// Masks the unlikely logits of `[vocabulary]`; allocates scratch of its own.
    ///
    /// - Throws: ``SamplingError`` if the logits are empty, all masked, or if one is NaN or +infinity.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        if share == 0 { return }
        try process(&logits, in: context, scratch: SamplingScratch(vocabularySize: max(1, logits.count)))
    }

    /// Masks the unlikely logits of `[vocabulary]`; allocates nothing, unless `alike` does.
    ///
    /// - Throws: ``SamplingError`` as ``process(_:in:)``, and `sizeMismatch` if the scratch is too small.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext, scratch: SamplingScratch)
        throws
    {
        if share == 0 { return }
        try scratch.check(logits.count)
        let maximum = Double(try LogitsMaximum(of: logits.span).value)
        let (sums, unmasked, counted) = (scratch.weights, scratch.entries, scratch.sorted)
        let least = Double(share) / 100
        var (kept, count, token) = (0, 0, 0)
        logits.span.forEachLanes(padding: -.infinity) { lanes in
            // Filters before this one leave few tokens.
            if any(lanes .!= -.infinity) {
                for lane in 0..<16 where lanes[lane] != -.infinity {
                    sums[token + lane] = Elementary.exp(Double(lanes[lane]) - maximum)
                    unmasked[kept] = UInt64(token + lane)
                    kept += 1
                    if sums[token + lane] >= least {
                        counted[count] = UInt64(token + lane)
                        count += 1
                    }
                }
            }
            token += 16
        }
        for position in 0..<count {
            let token = Int(counted[position])
            let own = Elementary.exp(Double(logits[token]) - maximum)
            for other in alike(token) { sums[other] += own }
        }
        var greatest = 0.0
        for position in 0..<kept { greatest = max(greatest, sums[Int(unmasked[position])]) }
        let limit = Double(share) * greatest
        for position in 0..<kept where sums[Int(unmasked[position])] < limit {
            logits[Int(unmasked[position])] = -.infinity
        }
    }
}
