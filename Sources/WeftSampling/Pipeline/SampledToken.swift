// SampledToken: a chosen token, and how likely it was.

/// A chosen token with the numbers that a trace of a generation records.
///
/// Two distributions are described. The one that the token was drawn from is the softmax of the logits after all steps:
/// what temperature and filters left. That of the model is the softmax of the logits after guidance and before
/// everything else: how surprised the model was. At temperature 0 nothing is drawn, and the first one is the softmax of
/// the logits after guidance, processors and repetition penalty.
public struct SampledToken: Sendable, Hashable, Codable {
    /// The token's id, in `0..<vocabularySize`.
    public let token: Int
    /// The natural logarithm of the token's probability in the distribution that it was drawn from, 0 or less.
    public let logProbability: Double
    /// The entropy in nats of the distribution that it was drawn from, 0 or more.
    public let entropy: Double
    /// The token's place among the logits that it was drawn from, from 0 for the greatest; of equal logits, the lowest
    /// id comes first.
    public let rank: Int
    /// The natural logarithm of the token's probability after guidance alone, 0 or less.
    public let modelLogProbability: Double
    /// The entropy in nats of the distribution after guidance alone, 0 or more.
    public let modelEntropy: Double

    /// Creates a record; the pipeline does so in ``SamplingPipeline/choose(_:unconditional:in:seed:candidate:)``.
    public init(
        token: Int, logProbability: Double, entropy: Double, rank: Int, modelLogProbability: Double,
        modelEntropy: Double
    ) {
        self.token = token
        self.logProbability = logProbability
        self.entropy = entropy
        self.rank = rank
        self.modelLogProbability = modelLogProbability
        self.modelEntropy = modelEntropy
    }

    private enum CodingKeys: String, CodingKey {
        case token
        case logProbability = "log_probability"
        case entropy
        case rank
        case modelLogProbability = "model_log_probability"
        case modelEntropy = "model_entropy"
    }
}
