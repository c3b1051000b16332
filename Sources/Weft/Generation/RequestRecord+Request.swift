// A picture's record as a request that draws it again.

import Foundation
import WeftSampling

extension RequestRecord {
    /// The request, for a model that draws its size.
    ///
    /// - Parameter path: the picture's file, for errors
    /// - Throws: ``WeftError`` that names the file and what cannot be repeated
    func request(for model: ModelDescription, path: String) throws -> GenerationRequest {
        func wrong(_ text: String) -> WeftError { WeftError(.invalidFile, "\(path): \(text)") }
        let asked: GenerationRequest.Prompt
        switch (prompt, promptTokens, label) {
        case (let text?, nil, nil): asked = .text(text)
        case (nil, let ids?, nil): asked = .tokens(ids)
        case (nil, nil, let label?): asked = .label(label)
        case (nil, nil, nil) where features != nil:
            throw wrong("was drawn from features, which a picture does not keep: give --prompt-features")
        default: throw wrong("its record must have one of prompt, prompt_tokens and class")
        }
        let sides = size.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard sides.count == 2, let width = sides[0], let height = sides[1] else {
            throw wrong("its record has the size \"\(size)\"")
        }
        let possible = try model.size(width: width, height: height, quality: quality)
        let request = GenerationRequest(
            prompt: asked, negativePrompt: negativePrompt.map { .text($0) } ?? negativePromptTokens.map { .tokens($0) },
            seed: seed, size: possible, sampling: try sampling(wrong), tokenLimit: tokens, fill: fill ?? .likely)
        return request
    }

    private func sampling(_ wrong: (String) -> WeftError) throws -> SamplingSettings {
        func float(_ value: Decimal) -> Float { Float("\(value)") ?? .nan }
        var settings = SamplingSettings()
        settings.temperature = float(temperature)
        settings.temperatureByRow = temperatureByRow?.map(float) ?? []
        settings.topK = topK
        settings.topP = float(topP)
        settings.minP = float(minP)
        settings.typicalP = typicalP.map(float) ?? settings.typicalP
        settings.epsilonCutoff = epsilonCutoff.map(float) ?? settings.epsilonCutoff
        settings.etaCutoff = etaCutoff.map(float) ?? settings.etaCutoff
        settings.topNSigma = topNSigma.map(float) ?? settings.topNSigma
        settings.repetitionPenalty = repetitionPenalty.map(float) ?? settings.repetitionPenalty
        settings.repetitionWindow = repetitionWindow ?? settings.repetitionWindow
        settings.guidanceScale = float(guidanceScale)
        settings.guidanceSchedule = guidanceSchedule ?? settings.guidanceSchedule
        settings.guidanceStart = guidanceStart.map(float) ?? settings.guidanceStart
        if let interval = guidanceInterval {
            guard interval.count == 2, interval[0] <= interval[1] else {
                throw wrong("its record has the guidance interval \(interval)")
            }
            settings.guidanceInterval = interval[0]...interval[1]
        }
        do {
            try settings.validate()
        } catch {
            throw wrong("its record cannot be repeated: \(error)")
        }
        return settings
    }
}
