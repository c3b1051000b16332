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
    ///   - tokenIndex: the place of the token in the sequence, from 0; the steps of this library do not look at it.
    /// - Throws: what the step cannot work with; ``SamplingError`` from the steps of this library. The logits are then
    ///   unspecified.
    func process(_ logits: inout MutableSpan<Float>, at tokenIndex: Int) throws

    /// Does the same as ``process(_:at:)`` with storage that was made before; this is what a pipeline calls.
    ///
    /// Only a step that needs storage implements it; the default ignores the scratch.
    func process(_ logits: inout MutableSpan<Float>, at tokenIndex: Int, scratch: SamplingScratch) throws
}

extension LogitsProcessor {
    /// Ignores the scratch and calls ``process(_:at:)``.
    public func process(_ logits: inout MutableSpan<Float>, at tokenIndex: Int, scratch: SamplingScratch) throws {
        try process(&logits, at: tokenIndex)
    }
}
