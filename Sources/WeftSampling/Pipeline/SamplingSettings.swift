// SamplingSettings: how tokens are chosen, as plain values.

/// How tokens are chosen: the numbers that a user sets, from which a ``SamplingPipeline`` is built.
///
/// The order of the steps is fixed; ``SamplingPipeline`` lists it. Every setting is off by default: a token is drawn
/// from the softmax of the model's own logits. In JSON every key may be left out, and stands then for its default; an
/// unknown key is an error.
public struct SamplingSettings: Sendable, Hashable {
    /// Divisor of the logits, 0 or at least 0.00001; 0 chooses the most likely token (greedy). Default 1.
    public var temperature: Float
    /// Divisors for the rows from the top to the bottom of the picture, in place of ``temperature``; each at least
    /// 0.00001. They are spread evenly and interpolated linearly; empty is off. Default empty.
    public var temperatureByRow: [Float]
    /// How many tokens are kept, 0 or more; 0 is off. Default 0.
    public var topK: Int
    /// The probability mass that is kept, in (0, 1]; 1 is off. Default 1.
    public var topP: Float
    /// The share of the greatest probability that a token needs, in [0, 1]; 0 is off. Default 0.
    public var minP: Float
    /// The share of the greatest sum that a token needs together with those that look like it, in [0, 1]; 0 is off. Default
    /// 0. Without a pipeline that knows which tokens look alike, each stands for itself.
    public var alikeMinP: Float
    /// The probability mass of the most typical tokens that is kept, in (0, 1]; 1 is off. Default 1.
    public var typicalP: Float
    /// The probability that a token needs, in [0, 1); 0 is off. Default 0.
    public var epsilonCutoff: Float
    /// The probability that a token needs, less where the entropy is high, in [0, 1); 0 is off. Default 0.
    public var etaCutoff: Float
    /// How many standard deviations a logit may lie below the greatest one, finite and 0 or more; 0 is off. Default 0.
    public var topNSigma: Float
    /// By what the logits of tokens nearby are divided, or multiplied where negative; finite and above 0, 1 is off.
    /// Default 1.
    public var repetitionPenalty: Float
    /// How many rows and columns away a token may be to count for the repetition penalty, 1 or more. Default 1: the
    /// cells above, above left, above right and left.
    public var repetitionWindow: Int
    /// The scale of classifier-free guidance, finite and 0 or more; 1 is off. Default 1.
    public var guidanceScale: Float
    /// How guidance moves from ``guidanceStart`` at the first token to ``guidanceScale`` at the last. Default constant:
    /// ``guidanceScale`` everywhere.
    public var guidanceSchedule: GuidanceSchedule
    /// The guidance scale of the first token under a schedule that is not constant, finite and 0 or more. Default 1.
    public var guidanceStart: Float
    /// The indices of the first and the last token that are guided, 0 or more; nil guides all of them. Default nil.
    public var guidanceInterval: ClosedRange<Int>?
    /// In which passes through the model tokens are drawn. Default sequential: one a pass.
    public var decode: DecodingMethod
    /// How many tokens a pass brings at most where ``decode`` is jacobi, in 2...64. Default 8.
    public var window: Int
    /// How many candidates of a picture are drawn, of which the one with the best ``CandidateScore`` is kept, in 1...64; 1
    /// is off. Default 1. Greedy sampling has one candidate.
    public var bestOf: Int

    /// Creates settings; they are checked by ``validate()`` and when a pipeline is built.
    public init(
        temperature: Float = 1, temperatureByRow: [Float] = [], topK: Int = 0, topP: Float = 1, minP: Float = 0,
        alikeMinP: Float = 0, typicalP: Float = 1, epsilonCutoff: Float = 0, etaCutoff: Float = 0,
        topNSigma: Float = 0, repetitionPenalty: Float = 1, repetitionWindow: Int = 1, guidanceScale: Float = 1,
        guidanceSchedule: GuidanceSchedule = .constant, guidanceStart: Float = 1,
        guidanceInterval: ClosedRange<Int>? = nil, decode: DecodingMethod = .sequential, window: Int = 8,
        bestOf: Int = 1
    ) {
        self.temperature = temperature
        self.temperatureByRow = temperatureByRow
        self.topK = topK
        self.topP = topP
        self.minP = minP
        self.alikeMinP = alikeMinP
        self.typicalP = typicalP
        self.epsilonCutoff = epsilonCutoff
        self.etaCutoff = etaCutoff
        self.topNSigma = topNSigma
        self.repetitionPenalty = repetitionPenalty
        self.repetitionWindow = repetitionWindow
        self.guidanceScale = guidanceScale
        self.guidanceSchedule = guidanceSchedule
        self.guidanceStart = guidanceStart
        self.guidanceInterval = guidanceInterval
        self.decode = decode
        self.window = window
        self.bestOf = bestOf
    }

    /// Whether the most likely token is always chosen, without random numbers.
    public var isGreedy: Bool { temperature == 0 && temperatureByRow.isEmpty }

    /// How many tokens a pass through the model brings at most: ``window``, or 1.
    public var tokensPerPass: Int { decode == .jacobi ? window : 1 }

    /// How many candidates of a picture are drawn: ``bestOf``, or 1 where all would be the same.
    public var candidates: Int { isGreedy ? 1 : bestOf }

    /// Whether it matters which tokens look alike.
    public var comparesTokens: Bool { candidates > 1 || alikeMinP > 0 && !isGreedy }

    /// The numbers of candidates that a picture can have.
    public static let candidateCounts = 1...64

    /// Builds the pipeline of one generation, with its storage; see
    /// ``SamplingPipeline/init(_:vocabularySize:processors:sampler:alike:)``.
    public func makePipeline(
        vocabularySize: Int, processors: [any LogitsProcessor] = [], sampler: (any Sampler)? = nil,
        alike: @escaping @Sendable (Int) -> [Int] = { _ in [] }
    ) throws -> SamplingPipeline {
        try SamplingPipeline(
            self, vocabularySize: vocabularySize, processors: processors, sampler: sampler, alike: alike)
    }
}
