// A request under the names that prompt files and flags use: what a picture's file keeps.

import WeftSampling

/// The JSON of a request, one object; settings that few people use stand in it only where they are on.
struct RequestRecord: Codable {
    var model: String
    var weights: WeightType?
    var cache: CacheType?
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
    var passes: Int?  // what it took; nothing depends on it
    var sampling: SamplingOverrides

    private enum CodingKeys: String, CodingKey {
        case model, weights, cache, prompt, seed, size, quality, tokens, fill, passes, features
        case promptTokens = "prompt_tokens"
        case label = "class"
        case negativePrompt = "negative_prompt"
        case negativePromptTokens = "negative_prompt_tokens"
    }

    init(_ request: GenerationRequest, model: String, weights: WeightType?, cache: CacheType?) {
        self.model = model
        self.weights = weights
        self.cache = cache
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
        sampling = SamplingOverrides(recording: request.sampling)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        model = try container.decode(String.self, forKey: .model)
        weights = try container.decodeIfPresent(WeightType.self, forKey: .weights)
        cache = try container.decodeIfPresent(CacheType.self, forKey: .cache)
        prompt = try container.decodeIfPresent(String.self, forKey: .prompt)
        promptTokens = try container.decodeIfPresent([Int].self, forKey: .promptTokens)
        label = try container.decodeIfPresent(Int.self, forKey: .label)
        features = try container.decodeIfPresent(Int.self, forKey: .features)
        negativePrompt = try container.decodeIfPresent(String.self, forKey: .negativePrompt)
        negativePromptTokens = try container.decodeIfPresent([Int].self, forKey: .negativePromptTokens)
        seed = try container.decode(UInt64.self, forKey: .seed)
        size = try container.decode(String.self, forKey: .size)
        quality = try container.decode(Quality.self, forKey: .quality)
        tokens = try container.decodeIfPresent(Int.self, forKey: .tokens)
        fill = try container.decodeIfPresent(GridFill.self, forKey: .fill)
        passes = try container.decodeIfPresent(Int.self, forKey: .passes)
        sampling = try SamplingOverrides(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        try sampling.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(model, forKey: .model)
        try container.encodeIfPresent(weights, forKey: .weights)
        try container.encodeIfPresent(cache, forKey: .cache)
        try container.encodeIfPresent(prompt, forKey: .prompt)
        try container.encodeIfPresent(promptTokens, forKey: .promptTokens)
        try container.encodeIfPresent(label, forKey: .label)
        try container.encodeIfPresent(features, forKey: .features)
        try container.encodeIfPresent(negativePrompt, forKey: .negativePrompt)
        try container.encodeIfPresent(negativePromptTokens, forKey: .negativePromptTokens)
        try container.encode(seed, forKey: .seed)
        try container.encode(size, forKey: .size)
        try container.encode(quality, forKey: .quality)
        try container.encodeIfPresent(tokens, forKey: .tokens)
        try container.encodeIfPresent(fill, forKey: .fill)
        try container.encodeIfPresent(passes, forKey: .passes)
    }
}

extension SamplingOverrides {
    /// Temperature, top-k, top-p, min-p and guidance scale, and of the other settings those that are on.
    fileprivate init(recording settings: SamplingSettings) {
        let off = SamplingSettings()
        func unlessOff<Value: Equatable>(_ key: KeyPath<SamplingSettings, Value>) -> Value? {
            settings[keyPath: key] == off[keyPath: key] ? nil : settings[keyPath: key]
        }
        self.init()
        temperature = settings.temperature
        topK = settings.topK
        topP = settings.topP
        minP = settings.minP
        guidanceScale = settings.guidanceScale
        temperatureByRow = unlessOff(\.temperatureByRow)
        alikeMinP = unlessOff(\.alikeMinP)
        typicalP = unlessOff(\.typicalP)
        epsilonCutoff = unlessOff(\.epsilonCutoff)
        etaCutoff = unlessOff(\.etaCutoff)
        topNSigma = unlessOff(\.topNSigma)
        repetitionPenalty = unlessOff(\.repetitionPenalty)
        repetitionWindow = settings.repetitionPenalty == 1 ? nil : settings.repetitionWindow
        guidanceSchedule = unlessOff(\.guidanceSchedule)
        guidanceStart = settings.guidanceSchedule == .constant ? nil : settings.guidanceStart
        guidanceInterval = settings.guidanceInterval
        decode = unlessOff(\.decode)
        window = settings.decode == .jacobi ? settings.window : nil
        bestOf = unlessOff(\.bestOf)
    }
}
