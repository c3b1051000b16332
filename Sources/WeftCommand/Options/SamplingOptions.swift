// Flags for how tokens are chosen, and where each value comes from.

import ArgumentParser
import Weft
import WeftSampling

// Numbers are parsed `.unconditional`: the error of a negative one is its range, not a missing value.
struct SamplingOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "Divisor of the logits; 0 always takes the most likely token.")
    var temperature: Float?

    @Option(parsing: .unconditional, help: "Keeps the K most likely tokens; 0 is off.")
    var topK: Int?

    @Option(parsing: .unconditional, help: "Keeps the most likely tokens that make up this probability; 1 is off.")
    var topP: Float?

    @Option(
        parsing: .unconditional, help: "Keeps tokens with at least this share of the greatest probability; 0 is off.")
    var minP: Float?

    @Option(
        name: [.customLong("guidance-scale"), .customLong("cfg-scale")], parsing: .unconditional,
        help: "Classifier-free guidance; 1 is off.")
    var guidanceScale: Float?

    func validate() throws {
        do {
            try settings(over: SamplingSettings()).validate()
        } catch let error as SamplingError {
            throw ValidationError(error.message)
        }
    }

    /// The model's settings, with the flags over them.
    func settings(over model: SamplingSettings) -> SamplingSettings {
        var settings = model
        if let temperature { settings.temperature = temperature }
        if let topK { settings.topK = topK }
        if let topP { settings.topP = topP }
        if let minP { settings.minP = minP }
        if let guidanceScale { settings.guidanceScale = guidanceScale }
        return settings
    }

    /// Each setting's name, value, and where the value came from.
    func origins(_ model: ModelDescription) -> [(name: String, value: String, origin: String)] {
        let settings = settings(over: model.sampling)
        func origin(_ flag: Any?, _ key: String) -> String {
            if flag != nil { return "flag" }
            return model.configuredSettings[key] ?? "library"
        }
        return [
            ("temperature", "\(settings.temperature)", origin(temperature, "temperature")),
            ("top_k", "\(settings.topK)", origin(topK, "top_k")),
            ("top_p", "\(settings.topP)", origin(topP, "top_p")),
            ("min_p", "\(settings.minP)", origin(minP, "min_p")),
            ("guidance_scale", "\(settings.guidanceScale)", origin(guidanceScale, "guidance_scale")),
        ]
    }
}
