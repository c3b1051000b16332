// Flags for how tokens are chosen, and where each value comes from.

public import ArgumentParser
import Weft
public import WeftSampling

// Numbers are parsed `.unconditional`: the error of a negative one is its range, not a missing value.
struct SamplingOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "Divisor of the logits; 0 always takes the most likely token.")
    var temperature: Float?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Temperatures from the top row to the bottom row, spread evenly, instead of one.", valueName: "t,t,...")
    )
    var temperatureByRow: NumberList?

    @Option(parsing: .unconditional, help: "Keeps the K most likely tokens; 0 is off.")
    var topK: Int?

    @Option(parsing: .unconditional, help: "Keeps the most likely tokens that make up this probability; 1 is off.")
    var topP: Float?

    @Option(
        parsing: .unconditional, help: "Keeps tokens with at least this share of the greatest probability; 0 is off.")
    var minP: Float?

    @Option(
        parsing: .unconditional,
        help: "The same for the sums of tokens that look alike, as the tones of a background do; 0 is off.")
    var alikeMinP: Float?

    @Option(
        parsing: .unconditional, help: "Keeps the most typical tokens that make up this probability; 1 is off.")
    var typicalP: Float?

    @Option(parsing: .unconditional, help: "Keeps tokens with at least this probability; 0 is off.")
    var epsilonCutoff: Float?

    @Option(
        parsing: .unconditional, help: "Keeps tokens above a probability that falls with the entropy; 0 is off.")
    var etaCutoff: Float?

    @Option(
        parsing: .unconditional,
        help: "Keeps logits within this many standard deviations of the greatest; 0 is off.")
    var topNSigma: Float?

    @Option(parsing: .unconditional, help: "Divides the logits of tokens that stand nearby; 1 is off.")
    var repetitionPenalty: Float?

    @Option(parsing: .unconditional, help: "How many rows and columns away a token counts as nearby.")
    var repetitionWindow: Int?

    @Option(
        name: [.customLong("guidance-scale"), .customLong("cfg-scale")], parsing: .unconditional,
        help: "Classifier-free guidance; 1 is off.")
    var guidanceScale: Float?

    @Option(help: "How guidance moves over the picture, from --guidance-start to --guidance-scale.")
    var guidanceSchedule: GuidanceSchedule?

    @Option(parsing: .unconditional, help: "The guidance scale of the first token, under a schedule.")
    var guidanceStart: Float?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The tokens that are guided, counted from 0.", valueName: "first-last"))
    var guidanceInterval: TokenRange?

    @Option(help: "Whether a pass through the model brings one token, or as many of its drafts as stay (jacobi).")
    var decode: DecodingMethod?

    @Option(parsing: .unconditional, help: "How many tokens a pass brings at most, with --decode jacobi: 2 to 64.")
    var window: Int?

    @Option(
        parsing: .unconditional,
        help:
            "How many candidates of a picture are drawn, to keep the one that fits the prompt best: 1 to 64; 1 is off.")
    var bestOf: Int?

    func validate() throws {
        do {
            try overrides.applied(to: SamplingSettings()).validate()
        } catch let error as SamplingError {
            throw ValidationError(error.message)
        }
    }

    /// What the flags say.
    var overrides: SamplingOverrides {
        var result = SamplingOverrides()
        result.temperature = temperature
        result.temperatureByRow = temperatureByRow?.values
        result.topK = topK
        result.topP = topP
        result.minP = minP
        result.alikeMinP = alikeMinP
        result.typicalP = typicalP
        result.epsilonCutoff = epsilonCutoff
        result.etaCutoff = etaCutoff
        result.topNSigma = topNSigma
        result.repetitionPenalty = repetitionPenalty
        result.repetitionWindow = repetitionWindow
        result.guidanceScale = guidanceScale
        result.guidanceSchedule = guidanceSchedule
        result.guidanceStart = guidanceStart
        result.guidanceInterval = guidanceInterval?.range
        result.decode = decode
        result.window = window
        result.bestOf = bestOf
        return result
    }

    /// The model's settings, with the flags over them.
    func settings(over model: SamplingSettings) -> SamplingSettings { overrides.applied(to: model) }

    /// Each setting's name, value, and where the value came from; of those that few people use, the ones that are on.
    ///
    /// - Parameters:
    ///   - settings: what is drawn with
    ///   - model: whose settings they are where no flag says another
    ///   - isRepeated: whether a picture's record stands between the two
    func origins(
        _ settings: SamplingSettings, over model: ModelDescription, isRepeated: Bool
    ) -> [(String, String, String)] {
        let off = SamplingSettings()
        var rows: [(String, String, String)] = []
        func row(_ name: String, _ value: String, _ flag: Any?, always: Bool = false, isOff: Bool = false) {
            guard always || flag != nil || !isOff else { return }
            let origin = isRepeated ? "picture" : model.configuredSettings[name] ?? "library"
            rows.append((name, value, flag != nil ? "flag" : origin))
        }
        func list(_ values: [Float]) -> String { values.map { "\($0)" }.joined(separator: ",") }
        row("temperature", "\(settings.temperature)", temperature, always: true)
        row(
            "temperature_by_row", list(settings.temperatureByRow), temperatureByRow,
            isOff: settings.temperatureByRow.isEmpty)
        row("top_k", "\(settings.topK)", topK, always: true)
        row("top_p", "\(settings.topP)", topP, always: true)
        row("min_p", "\(settings.minP)", minP, always: true)
        row("alike_min_p", "\(settings.alikeMinP)", alikeMinP, isOff: settings.alikeMinP == 0)
        row("typical_p", "\(settings.typicalP)", typicalP, isOff: settings.typicalP == off.typicalP)
        row("epsilon_cutoff", "\(settings.epsilonCutoff)", epsilonCutoff, isOff: settings.epsilonCutoff == 0)
        row("eta_cutoff", "\(settings.etaCutoff)", etaCutoff, isOff: settings.etaCutoff == 0)
        row("top_n_sigma", "\(settings.topNSigma)", topNSigma, isOff: settings.topNSigma == 0)
        row(
            "repetition_penalty", "\(settings.repetitionPenalty)", repetitionPenalty,
            isOff: settings.repetitionPenalty == 1)
        row(
            "repetition_window", "\(settings.repetitionWindow)", repetitionWindow,
            isOff: settings.repetitionPenalty == 1)
        row("guidance_scale", "\(settings.guidanceScale)", guidanceScale, always: true)
        let isConstant = settings.guidanceSchedule == .constant
        row("guidance_schedule", settings.guidanceSchedule.rawValue, guidanceSchedule, isOff: isConstant)
        row("guidance_start", "\(settings.guidanceStart)", guidanceStart, isOff: isConstant)
        let interval = settings.guidanceInterval
        row(
            "guidance_interval", interval.map { "\($0.lowerBound)-\($0.upperBound)" } ?? "", guidanceInterval,
            isOff: interval == nil)
        row("decode", settings.decode.rawValue, decode, isOff: settings.decode == .sequential)
        row("window", "\(settings.window)", window, isOff: settings.decode == .sequential)
        row("best_of", "\(settings.bestOf)", bestOf, isOff: settings.bestOf == 1)
        return rows
    }
}

extension GuidanceSchedule: ExpressibleByArgument {}
extension DecodingMethod: ExpressibleByArgument {}
