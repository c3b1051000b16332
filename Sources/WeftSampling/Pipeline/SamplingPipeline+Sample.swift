// SamplingPipeline+Sample: the token, with or without the numbers of a trace.

extension SamplingPipeline {
    /// Runs all steps and chooses a token, with one draw from the generator, or none at temperature 0.
    ///
    /// - Returns: a token id in `0..<vocabularySize`.
    /// - Throws: ``SamplingError`` as ``process(_:unconditional:in:)``, and if no token can be chosen: all masked, NaN,
    ///   +infinity; `invalidToken` if a sampler of one's own chooses a token that is masked or does not exist.
    public func sample(
        _ logits: inout MutableSpan<Float>, unconditional: Span<Float>? = nil, in context: SamplingContext,
        using generator: inout some RandomNumberGenerator
    ) throws -> Int {
        try process(&logits, unconditional: unconditional, in: context)
        return try draw(&logits, using: &generator)
    }

    /// Runs all steps and chooses a token with the draws of `CounterRandom(seed:tokenIndex:)` at the context's index.
    ///
    /// - Parameters:
    ///   - logits: `[vocabulary]`, conditional on the prompt; changed in place.
    ///   - unconditional: `[vocabulary]`; without it guidance is left out.
    ///   - context: where in its picture the token stands.
    ///   - seed: the seed of the picture; picture `i` of a count has seed + i.
    ///   - candidate: which of the picture's candidates the token belongs to, from 0: the stream of its draws.
    /// - Throws: ``SamplingError`` as ``sample(_:unconditional:in:using:)``.
    public func sample(
        _ logits: inout MutableSpan<Float>, unconditional: Span<Float>? = nil, in context: SamplingContext,
        seed: UInt64, candidate: UInt32 = 0
    ) throws -> Int {
        var generator = CounterRandom(seed: seed, tokenIndex: UInt64(context.index), stream: candidate)
        return try sample(&logits, unconditional: unconditional, in: context, using: &generator)
    }

    /// Chooses the same token as ``sample(_:unconditional:in:using:)``, and says how likely it was.
    ///
    /// It sums the distribution of the model as well, which about doubles the time of a token without filters, and
    /// allocates nothing either.
    ///
    /// - Throws: ``SamplingError`` as ``sample(_:unconditional:in:using:)``.
    public func choose(
        _ logits: inout MutableSpan<Float>, unconditional: Span<Float>? = nil, in context: SamplingContext,
        using generator: inout some RandomNumberGenerator
    ) throws -> SampledToken {
        try guide(&logits, unconditional: unconditional, in: context)
        let model = try keepModel(logits.span)
        try filter(&logits, in: context)
        let drawn = try BlockSums(logits.span, withEntropy: true)
        scratch.keep(logits.span)
        return traced(try draw(&logits, weights: drawn, using: &generator), drawn, model: model)
    }

    /// Puts the logits `[vocabulary]` after guidance by for ``traced(_:_:model:)``, and sums them.
    func keepModel(_ logits: Span<Float>) throws -> BlockSums {
        scratch.keepModel(logits)
        return try BlockSums(logits, withEntropy: true)
    }

    /// How a token was chosen, from the logits that were kept in the scratch after all steps and after guidance.
    func traced(_ token: Int, _ drawn: BlockSums, model: BlockSums) -> SampledToken {
        SampledToken(
            token: token, logProbability: drawn.logProbability(of: scratch.kept[token]),
            entropy: drawn.entropy, rank: scratch.rank(of: token),
            modelLogProbability: model.logProbability(of: scratch.keptModel[token]),
            modelEntropy: model.entropy)
    }

    /// Chooses the same token as ``sample(_:unconditional:in:seed:candidate:)``, and says how likely it was.
    ///
    /// - Throws: ``SamplingError`` as ``sample(_:unconditional:in:using:)``.
    public func choose(
        _ logits: inout MutableSpan<Float>, unconditional: Span<Float>? = nil, in context: SamplingContext,
        seed: UInt64, candidate: UInt32 = 0
    ) throws -> SampledToken {
        var generator = CounterRandom(seed: seed, tokenIndex: UInt64(context.index), stream: candidate)
        return try choose(&logits, unconditional: unconditional, in: context, using: &generator)
    }

    /// The natural logarithm of a token's probability among logits `[vocabulary]` that were processed by this pipeline.
    ///
    /// At temperature 0 that is the softmax after guidance, processors and repetition penalty, at temperature 1.
    /// - Throws: ``SamplingError`` as ``CategoricalSampler/logProbability(of:in:)``.
    public func logProbability(of token: Int, in logits: Span<Float>) throws -> Double {
        try CategoricalSampler().logProbability(of: token, in: logits)
    }
}
