// SamplingSettings: how tokens are chosen, as plain values.

/// How tokens are chosen: the numbers that a user sets, from which a ``SamplingPipeline`` is built.
///
/// Order of the steps: guidance, token mask and other processors, temperature, top-k, top-p, min-p, sample.
/// In JSON every key may be left out, and stands then for its default.
public struct SamplingSettings: Sendable, Hashable, Codable {
    /// Divisor of the logits, 0 or at least 0.00001; 0 chooses the most likely token (greedy). Default 1.
    public var temperature: Float
    /// How many tokens are kept, 0 or more; 0 is off. Default 0.
    public var topK: Int
    /// The probability mass that is kept, in (0, 1]; 1 is off. Default 1.
    public var topP: Float
    /// The share of the greatest probability that a token needs, in [0, 1]; 0 is off. Default 0.
    public var minP: Float
    /// The scale of classifier-free guidance, finite and 0 or more; 1 is off. Default 1.
    public var guidanceScale: Float

    /// Creates settings; they are checked by ``validate()`` and when a pipeline is built.
    public init(
        temperature: Float = 1, topK: Int = 0, topP: Float = 1, minP: Float = 0, guidanceScale: Float = 1
    ) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
        self.guidanceScale = guidanceScale
    }

    /// Decodes settings; keys that are absent keep their defaults.
    ///
    /// - Throws: `DecodingError` for a value of the wrong type, ``SamplingError`` for one outside of its range.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        temperature = try container.decodeIfPresent(Float.self, forKey: .temperature) ?? temperature
        topK = try container.decodeIfPresent(Int.self, forKey: .topK) ?? topK
        topP = try container.decodeIfPresent(Float.self, forKey: .topP) ?? topP
        minP = try container.decodeIfPresent(Float.self, forKey: .minP) ?? minP
        guidanceScale = try container.decodeIfPresent(Float.self, forKey: .guidanceScale) ?? guidanceScale
        try validate()
    }

    private enum CodingKeys: String, CodingKey {
        case temperature
        case topK = "top_k"
        case topP = "top_p"
        case minP = "min_p"
        case guidanceScale = "guidance_scale"
    }

    /// Whether the most likely token is always chosen, without random numbers.
    public var isGreedy: Bool { temperature == 0 }

    /// Whether unconditional logits are needed: guidance is on.
    public var usesGuidance: Bool { guidanceScale != 1 }

    /// Checks every setting against its range.
    ///
    /// - Throws: ``SamplingError`` with `invalidSetting` for the first that is NaN, infinite, negative or beyond it.
    public func validate() throws {
        if !isGreedy { _ = try Temperature(temperature) }
        _ = try TopK(topK)
        _ = try TopP(topP)
        _ = try MinP(minP)
        _ = try ClassifierFreeGuidance(scale: guidanceScale)
    }

    /// Builds the pipeline of one generation, with its storage; see ``SamplingPipeline/init(_:vocabularySize:processors:)``.
    public func makePipeline(
        vocabularySize: Int, processors: [any LogitsProcessor] = []
    ) throws -> SamplingPipeline {
        try SamplingPipeline(self, vocabularySize: vocabularySize, processors: processors)
    }
}
