// Sampling settings of which only some are given.

public import WeftSampling

/// Sampling settings that stand over others: those of a row over a model's; nil leaves the other one as it is.
///
/// In JSON the keys are those of `SamplingSettings`, with an interval as `[first, last]`. Decoding checks the types;
/// ranges are checked by `SamplingSettings/validate()` of what ``applied(to:)`` gives.
public struct SamplingOverrides: Sendable, Hashable, Codable {
    /// See `SamplingSettings/temperature`.
    public var temperature: Float?
    /// See `SamplingSettings/temperatureByRow`.
    public var temperatureByRow: [Float]?
    /// See `SamplingSettings/topK`.
    public var topK: Int?
    /// See `SamplingSettings/topP`.
    public var topP: Float?
    /// See `SamplingSettings/minP`.
    public var minP: Float?
    /// See `SamplingSettings/alikeMinP`.
    public var alikeMinP: Float?
    /// See `SamplingSettings/typicalP`.
    public var typicalP: Float?
    /// See `SamplingSettings/epsilonCutoff`.
    public var epsilonCutoff: Float?
    /// See `SamplingSettings/etaCutoff`.
    public var etaCutoff: Float?
    /// See `SamplingSettings/topNSigma`.
    public var topNSigma: Float?
    /// See `SamplingSettings/repetitionPenalty`.
    public var repetitionPenalty: Float?
    /// See `SamplingSettings/repetitionWindow`.
    public var repetitionWindow: Int?
    /// See `SamplingSettings/guidanceScale`.
    public var guidanceScale: Float?
    /// See `SamplingSettings/guidanceSchedule`.
    public var guidanceSchedule: GuidanceSchedule?
    /// See `SamplingSettings/guidanceStart`.
    public var guidanceStart: Float?
    /// See `SamplingSettings/guidanceInterval`.
    public var guidanceInterval: ClosedRange<Int>?
    /// See `SamplingSettings/decode`.
    public var decode: DecodingMethod?
    /// See `SamplingSettings/window`.
    public var window: Int?
    /// See `SamplingSettings/bestOf`.
    public var bestOf: Int?

    private enum CodingKeys: String, CodingKey {
        case temperature
        case temperatureByRow = "temperature_by_row"
        case topK = "top_k"
        case topP = "top_p"
        case minP = "min_p"
        case alikeMinP = "alike_min_p"
        case typicalP = "typical_p"
        case epsilonCutoff = "epsilon_cutoff"
        case etaCutoff = "eta_cutoff"
        case topNSigma = "top_n_sigma"
        case repetitionPenalty = "repetition_penalty"
        case repetitionWindow = "repetition_window"
        case guidanceScale = "guidance_scale"
        case guidanceSchedule = "guidance_schedule"
        case guidanceStart = "guidance_start"
        case guidanceInterval = "guidance_interval"
        case decode
        case window
        case bestOf = "best_of"
    }

    /// No setting is given.
    public init() {}

    /// The settings with those that are given in their places.
    public func applied(to settings: SamplingSettings) -> SamplingSettings {
        var result = settings
        func put<Value>(_ value: Value?, _ place: WritableKeyPath<SamplingSettings, Value>) {
            if let value { result[keyPath: place] = value }
        }
        put(temperature, \.temperature)
        put(temperatureByRow, \.temperatureByRow)
        put(topK, \.topK)
        put(topP, \.topP)
        put(minP, \.minP)
        put(alikeMinP, \.alikeMinP)
        put(typicalP, \.typicalP)
        put(epsilonCutoff, \.epsilonCutoff)
        put(etaCutoff, \.etaCutoff)
        put(topNSigma, \.topNSigma)
        put(repetitionPenalty, \.repetitionPenalty)
        put(repetitionWindow, \.repetitionWindow)
        put(guidanceScale, \.guidanceScale)
        put(guidanceSchedule, \.guidanceSchedule)
        put(guidanceStart, \.guidanceStart)
        put(decode, \.decode)
        put(window, \.window)
        put(bestOf, \.bestOf)
        if let guidanceInterval { result.guidanceInterval = guidanceInterval }
        return result
    }
}
