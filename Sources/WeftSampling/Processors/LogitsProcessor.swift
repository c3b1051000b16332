// LogitsProcessor: one step between the logits of the model and the choice of a token.

/// One sampling step that changes the logits of one token in place.
///
/// A masked token has the logit -infinity. A processor may mask tokens, and never raises a masked logit. It keeps no
/// state between tokens, so it can be shared by any number of generations.
public protocol LogitsProcessor: Sendable {
    /// Changes the logits of one token in place.
    ///
    /// - Parameters:
    ///   - logits: `[vocabulary]`, one unnormalised log-probability for each token id.
    ///   - context: where in its picture the token stands, and which tokens were chosen before it.
    /// - Throws: what the step cannot work with; ``SamplingError`` from the steps of this library. The logits are then
    ///   unspecified.
    func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws

    /// Does the same as ``process(_:in:)`` with storage that was made before; this is what a pipeline calls.
    ///
    /// Only a step that needs storage implements it; the default ignores the scratch.
    func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext, scratch: SamplingScratch) throws
}

extension LogitsProcessor {
    /// Ignores the scratch and calls ``process(_:in:)``.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext, scratch: SamplingScratch)
        throws
    {
        try process(&logits, in: context)
    }
}
