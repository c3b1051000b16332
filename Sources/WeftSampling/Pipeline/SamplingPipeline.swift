// SamplingPipeline: all steps from the logits of the model to a token, with the storage that they need.

/// The sampling steps of one generation in their fixed order, and their storage.
///
/// 1. ``ClassifierFreeGuidance``, if unconditional logits are given
/// 2. the processors that it was built with, in their order: a ``TokenMask``, a ``GridGrammar``, rules of one's own
/// 3. ``RepetitionPenalty``
/// 4. ``TopNSigma``
/// 5. ``Temperature`` or ``TemperatureByRow``
/// 6. ``TopK``
/// 7. ``TopP``
/// 8. ``MinP``, then ``AlikeMinP``
/// 9. ``TypicalP``
/// 10. ``EpsilonCutoff``
/// 11. ``EtaCutoff``
/// 12. ``CategoricalSampler`` or a sampler of one's own; at temperature 0, ``GreedySampler`` instead of steps 4 to 12
///
/// It allocates nothing after its creation. Make one for each generation: it is not `Sendable`, and its storage may
/// never be shared. It keeps nothing between tokens: a token depends on its logits, context, settings and random draw
/// alone.
public final class SamplingPipeline {
    /// The settings that it was built from.
    public let settings: SamplingSettings
    /// The number of logits that every call must bring.
    public let vocabularySize: Int

    /// Whether a sampler of somebody else's chooses the tokens.
    var hasSampler: Bool { sampler != nil }

    private let processors: [any LogitsProcessor]
    private let repetition: RepetitionPenalty
    private let filters: SamplingFilters?  // nil: greedy
    private let sampler: (any Sampler)?  // nil: categorical, or greedy
    let scratch: SamplingScratch

    /// Builds the steps and allocates their storage, about 32 bytes for each token of the vocabulary.
    ///
    /// - Parameters:
    ///   - settings: checked here.
    ///   - vocabularySize: the number of logits, in 1...2147483647.
    ///   - processors: run after guidance and before the repetition penalty, in this order.
    ///   - sampler: chooses the token from the processed logits; nil is ``CategoricalSampler``.
    ///   - alike: the other tokens that look like one, for ``SamplingSettings/alikeMinP``; none by default.
    /// - Throws: ``SamplingError`` with `invalidSetting`, also for a sampler together with temperature 0, which would
    ///   not be asked.
    public init(
        _ settings: SamplingSettings, vocabularySize: Int, processors: [any LogitsProcessor] = [],
        sampler: (any Sampler)? = nil, alike: @escaping @Sendable (Int) -> [Int] = { _ in [] }
    ) throws {
        try settings.validate()
        if settings.isGreedy, sampler != nil {
            throw SamplingError(
                .invalidSetting, "temperature 0 chooses the most likely token, and has no use for another sampler")
        }
        self.settings = settings
        self.vocabularySize = vocabularySize
        self.processors = processors
        self.sampler = sampler
        repetition = try RepetitionPenalty(settings.repetitionPenalty, window: settings.repetitionWindow)
        filters = settings.isGreedy ? nil : try SamplingFilters(settings, alike: alike)
        scratch = try SamplingScratch(vocabularySize: vocabularySize)
    }

    /// Runs the steps up to the choice: afterwards `logits` are those that the token is drawn from.
    ///
    /// - Parameters:
    ///   - logits: `[vocabulary]`, conditional on the prompt; changed in place.
    ///   - unconditional: `[vocabulary]`; without it guidance is left out, as it is at a guidance scale of 1.
    ///   - context: where in its picture the token stands.
    /// - Throws: ``SamplingError`` with `sizeMismatch`, and what the steps throw.
    public func process(
        _ logits: inout MutableSpan<Float>, unconditional: Span<Float>? = nil, in context: SamplingContext
    ) throws {
        try guide(&logits, unconditional: unconditional, in: context)
        try filter(&logits, in: context)
    }

    /// Step 1.
    func guide(
        _ logits: inout MutableSpan<Float>, unconditional: Span<Float>?, in context: SamplingContext
    ) throws {
        guard logits.count == vocabularySize else {
            throw SamplingError(
                .sizeMismatch, "sampling pipeline is made for \(vocabularySize) logits, got \(logits.count)")
        }
        guard let unconditional else { return }
        try ClassifierFreeGuidance(valid: settings.guidanceScale(at: context))
            .combine(&logits, unconditional: unconditional)
    }

    /// Steps 2 to 11.
    func filter(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        for processor in processors { try processor.process(&logits, in: context, scratch: scratch) }
        try repetition.process(&logits, in: context, scratch: scratch)
        try filters?.process(&logits, in: context, scratch: scratch)
    }

    /// Step 12; `weights` are those of the logits, if somebody has them already.
    func draw(
        _ logits: inout MutableSpan<Float>, weights: BlockSums? = nil,
        using generator: inout some RandomNumberGenerator
    ) throws -> Int {
        if filters == nil { return try GreedySampler().sample(&logits, using: &generator) }
        if let sampler { return try draw(&logits, by: sampler, using: &generator) }
        let weights = try weights ?? BlockSums(logits.span)
        return try CategoricalSampler().token(of: logits.span, weights: weights, using: &generator)
    }

    /// Asks a sampler of somebody else's, and does not believe it: it may have overwritten the logits.
    private func draw(
        _ logits: inout MutableSpan<Float>, by sampler: any Sampler,
        using generator: inout some RandomNumberGenerator
    ) throws -> Int {
        scratch.keep(logits.span)
        let token = try sampler.sample(&logits, using: &generator)
        guard token >= 0, token < vocabularySize else {
            throw SamplingError(
                .invalidToken, "the sampler chose token id \(token), outside of the vocabulary 0..<\(vocabularySize)")
        }
        guard scratch.kept[token] != -.infinity else {
            throw SamplingError(.invalidToken, "the sampler chose token id \(token), which is masked")
        }
        return token
    }
}
