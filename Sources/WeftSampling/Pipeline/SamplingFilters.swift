// SamplingFilters: the steps that shape the distribution that a token is drawn from.

/// Steps 4 to 11 of a ``SamplingPipeline``, which greedy sampling leaves out.
struct SamplingFilters {
    private let topNSigma: TopNSigma
    private let temperature: Temperature
    private let temperatureByRow: TemperatureByRow?
    private let topK: TopK
    private let topP: TopP
    private let minP: MinP
    private let alikeMinP: AlikeMinP
    private let typicalP: TypicalP
    private let epsilonCutoff: EpsilonCutoff
    private let etaCutoff: EtaCutoff

    /// Builds the steps; `alike` says which tokens look like one.
    ///
    /// - Throws: ``SamplingError`` with `invalidSetting`.
    init(_ settings: SamplingSettings, alike: @escaping @Sendable (Int) -> [Int]) throws {
        topNSigma = try TopNSigma(settings.topNSigma)
        temperature = try Temperature(settings.temperature)
        temperatureByRow = settings.temperatureByRow.isEmpty ? nil : try TemperatureByRow(settings.temperatureByRow)
        topK = try TopK(settings.topK)
        topP = try TopP(settings.topP)
        minP = try MinP(settings.minP)
        alikeMinP = try AlikeMinP(settings.alikeMinP, alike: alike)
        typicalP = try TypicalP(settings.typicalP)
        epsilonCutoff = try EpsilonCutoff(settings.epsilonCutoff)
        etaCutoff = try EtaCutoff(settings.etaCutoff)
    }

    /// Runs the steps in their order on logits `[vocabulary]`.
    func process(
        _ logits: inout MutableSpan<Float>, in context: SamplingContext, scratch: SamplingScratch
    ) throws {
        try topNSigma.process(&logits, in: context)
        if let temperatureByRow {
            temperatureByRow.process(&logits, in: context)
        } else {
            temperature.process(&logits, in: context)
        }
        try topK.process(&logits, in: context, scratch: scratch)
        try topP.process(&logits, in: context, scratch: scratch)
        try minP.process(&logits, in: context)
        try alikeMinP.process(&logits, in: context, scratch: scratch)
        try typicalP.process(&logits, in: context, scratch: scratch)
        try epsilonCutoff.process(&logits, in: context)
        try etaCutoff.process(&logits, in: context)
    }
}
