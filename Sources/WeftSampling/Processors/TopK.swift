// TopK: keeps the most likely tokens by number.

/// Masks every token whose logit is below the k-th greatest one; tokens that tie with it are all kept.
///
/// Linear in the vocabulary. Source: Fan, Lewis, Dauphin, "Hierarchical Neural Story Generation", ACL 2018; reference:
/// `top_k_top_p_filtering` of LlamaGen (`logits < topk(logits, k)[-1]`).
public struct TopK: LogitsProcessor, Equatable {
    /// How many tokens are kept, more where logits tie; 0 is off.
    public let count: Int

    /// Creates the step.
    ///
    /// - Parameter count: 0 or more; 0, or the size of the vocabulary and above, changes nothing.
    /// - Throws: ``SamplingError`` with `invalidSetting`.
    public init(_ count: Int) throws {
        guard count >= 0 else { throw SamplingError(.invalidSetting, "top-k must be 0 (off) or more, got \(count)") }
        self.count = count
    }

    /// Masks the logits `[vocabulary]` below the k-th; allocates scratch of its own.
    ///
    /// - Throws: ``SamplingError`` if the logits are empty, all masked, or if one is NaN or +infinity.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        if count == 0 || count >= logits.count { return }
        try process(&logits, in: context, scratch: SamplingScratch(vocabularySize: logits.count))
    }

    /// Masks the logits `[vocabulary]` below the k-th; allocates nothing.
    ///
    /// - Throws: ``SamplingError`` as ``process(_:in:)``, and `sizeMismatch` if the scratch is too small.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext, scratch: SamplingScratch)
        throws
    {
        if count == 0 || count >= logits.count { return }
        try scratch.check(logits.count)
        _ = try LogitsMaximum(of: logits.span)
        let threshold = scratch.greatest(count, of: logits.span)
        logits.mask(below: threshold)
    }
}
