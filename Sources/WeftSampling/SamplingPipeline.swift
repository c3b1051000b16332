// SamplingPipeline: all steps from the logits of the model to a token, with the storage that they need.

/// The sampling steps of one generation in their fixed order, and their storage.
///
/// 1. ``ClassifierFreeGuidance``, if unconditional logits are given
/// 2. the processors that it was built with, in their order: a ``TokenMask``, then other rules
/// 3. ``Temperature``
/// 4. ``TopK``
/// 5. ``TopP``
/// 6. ``MinP``
/// 7. ``CategoricalSampler``; or, at temperature 0, ``GreedySampler`` instead of steps 3 to 7
///
/// It allocates nothing after its creation. Make one for each generation: it is not `Sendable`, and its storage may
/// never be shared. It keeps nothing between tokens: a token depends on its logits, settings and random draw alone.
public final class SamplingPipeline {
    /// The settings that it was built from.
    public let settings: SamplingSettings
    /// The number of logits that every call must bring.
    public let vocabularySize: Int

    private let guidance: ClassifierFreeGuidance
    private let processors: [any LogitsProcessor]
    private let temperature: Temperature?  // nil: greedy
    private let topK: TopK
    private let topP: TopP
    private let minP: MinP
    private let scratch: SamplingScratch

    /// Builds the steps and allocates their storage, about 24 bytes for each token of the vocabulary.
    ///
    /// - Parameters:
    ///   - settings: checked here.
    ///   - vocabularySize: the number of logits, in 1...2147483647.
    ///   - processors: run after guidance and before temperature, in this order.
    /// - Throws: ``SamplingError`` with `invalidSetting`.
    public init(
        _ settings: SamplingSettings, vocabularySize: Int, processors: [any LogitsProcessor] = []
    ) throws {
        try settings.validate()
        self.settings = settings
        self.vocabularySize = vocabularySize
        self.processors = processors
        guidance = try ClassifierFreeGuidance(scale: settings.guidanceScale)
        temperature = settings.isGreedy ? nil : try Temperature(settings.temperature)
        topK = try TopK(settings.topK)
        topP = try TopP(settings.topP)
        minP = try MinP(settings.minP)
        scratch = try SamplingScratch(vocabularySize: vocabularySize)
    }

    /// Runs the steps up to the choice: afterwards `logits` are those that the token is drawn from.
    ///
    /// - Parameters:
    ///   - logits: `[vocabulary]`, conditional on the prompt; changed in place.
    ///   - unconditional: `[vocabulary]`; without it guidance is left out, as it is at a guidance scale of 1.
    ///   - tokenIndex: the place of the token in the sequence, from 0; handed to the processors.
    /// - Throws: ``SamplingError`` with `sizeMismatch`, and what the steps throw.
    public func process(
        _ logits: inout MutableSpan<Float>, unconditional: Span<Float>? = nil, at tokenIndex: Int
    ) throws {
        guard logits.count == vocabularySize else {
            throw SamplingError(
                .sizeMismatch, "sampling pipeline is made for \(vocabularySize) logits, got \(logits.count)")
        }
        if let unconditional { try guidance.combine(&logits, unconditional: unconditional) }
        for processor in processors { try processor.process(&logits, at: tokenIndex, scratch: scratch) }
        guard let temperature else { return }
        temperature.process(&logits, at: tokenIndex)
        try topK.process(&logits, at: tokenIndex, scratch: scratch)
        try topP.process(&logits, at: tokenIndex, scratch: scratch)
        try minP.process(&logits, at: tokenIndex)
    }

    /// Runs all steps and chooses a token, with one draw from the generator, or none at temperature 0.
    ///
    /// - Returns: a token id in `0..<vocabularySize`.
    /// - Throws: ``SamplingError`` as ``process(_:unconditional:at:)``, and if no token can be chosen: all masked, NaN,
    ///   +infinity.
    public func sample(
        _ logits: inout MutableSpan<Float>, unconditional: Span<Float>? = nil, at tokenIndex: Int,
        using generator: inout some RandomNumberGenerator
    ) throws -> Int {
        try process(&logits, unconditional: unconditional, at: tokenIndex)
        if temperature == nil { return try GreedySampler().sample(&logits, using: &generator) }
        return try CategoricalSampler().sample(&logits, using: &generator)
    }

    /// Runs all steps and chooses a token with the first draw of `CounterRandom(seed:tokenIndex:)`.
    ///
    /// - Throws: ``SamplingError`` with `invalidSetting` for a negative token index, and as
    ///   ``sample(_:unconditional:at:using:)``.
    public func sample(
        _ logits: inout MutableSpan<Float>, unconditional: Span<Float>? = nil, at tokenIndex: Int, seed: UInt64
    ) throws -> Int {
        guard tokenIndex >= 0 else {
            throw SamplingError(.invalidSetting, "token index must be 0 or more, got \(tokenIndex)")
        }
        var generator = CounterRandom(seed: seed, tokenIndex: UInt64(tokenIndex))
        return try sample(&logits, unconditional: unconditional, at: tokenIndex, using: &generator)
    }

    /// The natural logarithm of a token's probability among logits `[vocabulary]` that were processed by this pipeline.
    ///
    /// At temperature 0 that is the softmax after guidance and processors, at temperature 1.
    /// - Throws: ``SamplingError`` as ``CategoricalSampler/logProbability(of:in:)``.
    public func logProbability(of token: Int, in logits: Span<Float>) throws -> Double {
        try CategoricalSampler().logProbability(of: token, in: logits)
    }
}
