// What is measured of a model, and how often.

/// A part of the work that pictures take.
package enum BenchmarkPhase: String, Sendable, CaseIterable {
    /// Reading prompts: all rows in one call.
    case prefill
    /// One token for every row: a forward pass without sampling.
    case decode
    /// Visual tokens to pixels.
    case detokenize
    /// Whole pictures: prompt, guidance, sampling, pixels.
    case picture

    /// The networks that it takes.
    var parts: BenchmarkSubject.Parts {
        switch self {
        case .prefill, .decode: .transformer
        case .detokenize: .imageTokenizer
        case .picture: [.transformer, .imageTokenizer]
        }
    }
}

/// What is measured, and how often.
package struct BenchmarkOptions: Sendable {
    /// What is measured; the order of the results is that of the cases, whatever stands here.
    package var phases: Set<BenchmarkPhase> = Set(BenchmarkPhase.allCases)
    /// Types of the weights, in order; nil for what is stored, or bfloat16 for a shape.
    package var weights: [WeightType?] = [nil]
    /// The type of keys and values; nil for the one that goes with the weights.
    package var cache: CacheType?
    /// Rows that go through the transformer together, or pictures that are drawn or painted together; each at least 1.
    package var batches = [1]
    /// Tokens that every row has in its cache when decoding begins, each at least 0; 0 counts as the one token that a
    /// prefix has at least.
    package var contexts = [0]
    /// Tokens of a prompt, at least 1.
    package var promptTokens = 64
    /// Steps of one repetition of decoding, at least 1.
    package var steps = 16
    /// How often each is measured, at least 1.
    package var repetitions = 5
    /// Whether each is done once before it is measured.
    package var warmsUp = true
    /// Pixels from left to right; nil for those of the model's first size that fits.
    package var width: Int?
    /// Pixels from top to bottom; nil for those of the model's first size that fits.
    package var height: Int?
    /// The token budget; nil for that of the model's first size that fits.
    package var quality: Quality?
    /// The guidance scale of whole pictures; nil for the model's.
    package var guidanceScale: Float?
    /// How many threads share the work; nil for all cores.
    package var threads: Int?

    /// The defaults.
    package init() {}
}
