// A request under the names that prompt files and flags use: what a picture's file keeps.

import Foundation
import WeftSampling

/// The JSON of a request; settings that few people use stand in it only where they are on.
struct RequestRecord: Codable {
    var model: String
    var prompt: String?
    var promptTokens: [Int]?
    var label: Int?
    var features: Int?  // how many values; they are not kept
    var negativePrompt: String?
    var negativePromptTokens: [Int]?
    var seed: UInt64
    var size: String
    var quality: Quality
    var tokens: Int?
    var fill: GridFill?
    var temperature: Decimal
    var temperatureByRow: [Decimal]?
    var topK: Int
    var topP: Decimal
    var minP: Decimal
    var typicalP: Decimal?
    var epsilonCutoff: Decimal?
    var etaCutoff: Decimal?
    var topNSigma: Decimal?
    var repetitionPenalty: Decimal?
    var repetitionWindow: Int?
    var guidanceScale: Decimal
    var guidanceSchedule: GuidanceSchedule?
    var guidanceStart: Decimal?
    var guidanceInterval: [Int]?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case model, prompt, seed, size, quality, tokens, fill, temperature
        case promptTokens = "prompt_tokens"
        case label = "class"
        case features = "features"
        case negativePrompt = "negative_prompt"
        case negativePromptTokens = "negative_prompt_tokens"
        case temperatureByRow = "temperature_by_row"
        case topK = "top_k"
        case topP = "top_p"
        case minP = "min_p"
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
    }

    init(_ request: GenerationRequest, model: String) {
        // The shortest decimal form: 0.9 and not 0.899999976.
        func decimal(_ value: Float) -> Decimal { Decimal(string: "\(value)") ?? Decimal(Double(value)) }
        func unless(_ off: Float, _ value: Float) -> Decimal? { value == off ? nil : decimal(value) }
        self.model = model
        switch request.prompt {
        case .text(let text): prompt = text
        case .tokens(let ids): promptTokens = ids
        case .label(let label): self.label = label
        case .features(let values): features = values.count
        }
        switch request.negativePrompt {
        case .text(let text): negativePrompt = text
        case .tokens(let ids): negativePromptTokens = ids
        case .label, .features, nil: break
        }
        seed = request.seed
        size = request.size.description
        quality = request.size.quality
        tokens = request.isPartial ? request.drawnTokens : nil
        fill = request.isPartial ? request.fill : nil
        let sampling = request.sampling
        temperature = decimal(sampling.temperature)
        temperatureByRow = sampling.temperatureByRow.isEmpty ? nil : sampling.temperatureByRow.map(decimal)
        topK = sampling.topK
        topP = decimal(sampling.topP)
        minP = decimal(sampling.minP)
        typicalP = unless(1, sampling.typicalP)
        epsilonCutoff = unless(0, sampling.epsilonCutoff)
        etaCutoff = unless(0, sampling.etaCutoff)
        topNSigma = unless(0, sampling.topNSigma)
        repetitionPenalty = unless(1, sampling.repetitionPenalty)
        repetitionWindow = sampling.repetitionPenalty == 1 ? nil : sampling.repetitionWindow
        guidanceScale = decimal(sampling.guidanceScale)
        guidanceSchedule = sampling.guidanceSchedule == .constant ? nil : sampling.guidanceSchedule
        guidanceStart = sampling.guidanceSchedule == .constant ? nil : decimal(sampling.guidanceStart)
        guidanceInterval = sampling.guidanceInterval.map { [$0.lowerBound, $0.upperBound] }
    }
}
