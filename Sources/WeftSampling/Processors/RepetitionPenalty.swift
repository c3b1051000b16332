// RepetitionPenalty: makes the tokens of the cells nearby less likely.

/// Divides the logits of the tokens nearby by a penalty if they are positive, and multiplies them by it if negative.
///
/// Nearby are the cells at most ``window`` rows and columns away whose tokens are chosen already: cells above, and cells
/// to the left in the same row. A token that stands there more than once is penalised once. A window of at least the
/// rows and the columns of the grid takes all tokens of the picture so far. A masked logit stays masked. Source: Keskar
/// et al., "CTRL: A Conditional Transformer Language Model for Controllable Generation", 2019, section 4.1; reference:
/// `RepetitionPenaltyLogitsProcessor` of Hugging Face Transformers, which penalises all tokens of the sequence.
public struct RepetitionPenalty: LogitsProcessor, Equatable {
    /// The divisor; above 1 makes repetition less likely, below 1 more likely, 1 is off.
    public let penalty: Float
    /// How many rows and columns away a token may be to count.
    public let window: Int

    /// Creates the step.
    ///
    /// - Parameters:
    ///   - penalty: finite and above 0; 1 changes nothing.
    ///   - window: 1 or more.
    /// - Throws: ``SamplingError`` with `invalidSetting`.
    public init(_ penalty: Float, window: Int = 1) throws {
        guard penalty.isFinite, penalty > 0 else {
            throw SamplingError(
                .invalidSetting, "repetition penalty must be finite and above 0 (1 is off), got \(penalty)")
        }
        guard window >= 1 else {
            throw SamplingError(.invalidSetting, "repetition window must be 1 or more cells, got \(window)")
        }
        self.penalty = penalty
        self.window = window
    }

    /// Changes the logits `[vocabulary]` of the tokens nearby; allocates scratch of its own.
    ///
    /// - Throws: ``SamplingError`` with `invalidToken` if a token nearby is not in the vocabulary, with `overflow` if a
    ///   result is not finite.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        if penalty == 1 { return }
        try process(&logits, in: context, scratch: SamplingScratch(vocabularySize: max(1, logits.count)))
    }

    /// Changes the logits `[vocabulary]` of the tokens nearby; allocates nothing.
    ///
    /// - Throws: ``SamplingError`` as ``process(_:in:)``, and `sizeMismatch` if the scratch is too small.
    public func process(
        _ logits: inout MutableSpan<Float>, in context: SamplingContext, scratch: SamplingScratch
    ) throws {
        if penalty == 1 { return }
        try scratch.check(logits.count)
        // The logits before any change are put by first, so that a token found twice is changed once.
        try forEachNearby(context) { token in
            guard token >= 0, token < logits.count else {
                throw SamplingError(
                    .invalidToken,
                    "repetition penalty found token id \(token) in the picture, outside of the vocabulary "
                        + "0..<\(logits.count)")
            }
            scratch.kept[token] = logits[token]
        }
        try forEachNearby(context) { token in
            let logit = scratch.kept[token]
            if logit == -.infinity { return }
            let penalised = logit < 0 ? logit * penalty : logit / penalty
            guard penalised.isFinite || !logit.isFinite else {
                throw SamplingError(
                    .overflow, "repetition penalty \(penalty) of token \(token): result is not finite for \(logit)")
            }
            logits[token] = penalised
        }
    }

    private func forEachNearby(_ context: SamplingContext, _ body: (Int) throws -> Void) rethrows {
        let (row, column) = (context.row, context.column)
        let left = column - min(column, window)
        let right = column + min(context.columns - 1 - column, window)
        for other in row - min(row, window)...row {
            for cell in other * context.columns + left...other * context.columns + right where cell < context.index {
                try body(context.tokens[cell])
            }
        }
    }
}
