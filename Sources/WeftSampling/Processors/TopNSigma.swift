// TopNSigma: keeps the logits that stand out from the noise.

/// Masks every logit that lies more than n standard deviations below the greatest one.
///
/// The standard deviation is that of all logits that are not masked (the population's, divided by their number), in
/// `Double`. Dividing the logits by a temperature scales both sides alike, so the same tokens are kept at any
/// temperature. Equal logits share their fate. Source: Tang et al., "Top-nσ: Not All Logits Are You Need", 2024
/// (arXiv 2411.07641); reference: `top_n_sigma` of llama.cpp.
public struct TopNSigma: LogitsProcessor, Equatable {
    /// How many standard deviations a logit may lie below the greatest one; 0 is off.
    public let deviations: Float

    /// Creates the step.
    ///
    /// - Parameter deviations: finite and 0 or more; 0 changes nothing.
    /// - Throws: ``SamplingError`` with `invalidSetting`.
    public init(_ deviations: Float) throws {
        guard deviations.isFinite, deviations >= 0 else {
            throw SamplingError(.invalidSetting, "top-n-sigma must be finite and 0 (off) or more, got \(deviations)")
        }
        self.deviations = deviations
    }

    /// Masks the small logits of `[vocabulary]`.
    ///
    /// - Throws: ``SamplingError`` if the logits are empty, all masked, or if one is NaN or +infinity.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        if deviations == 0 { return }
        let greatest = try LogitsMaximum(of: logits.span)
        let maximum = Double(greatest.value)
        let count = Double(greatest.unmasked)
        var sums = SIMD16<Double>.zero
        logits.span.forEachLanes(padding: -.infinity) { logits in
            sums += SIMD16<Double>(logits.replacing(with: 0, where: logits .== -.infinity))
        }
        let mean = sums.sum() / count
        var squares = SIMD16<Double>.zero
        logits.span.forEachLanes(padding: -.infinity) { logits in
            let differences = SIMD16<Double>(logits) - mean
            let kept = differences.replacing(with: 0, where: differences .== -.infinity)
            squares += kept * kept
        }
        // Squares are compared, as a square root would need the C library.
        let reach = Double(deviations) * Double(deviations) * (squares.sum() / count)
        logits.mask(fartherThanRootOf: reach, below: maximum)
    }
}
