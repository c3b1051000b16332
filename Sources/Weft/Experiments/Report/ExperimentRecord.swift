// One finished picture of an experiment, and what was measured of it.

/// One finished picture of an experiment.
public struct ExperimentRecord: Sendable {
    /// The picture's id; no other picture has it.
    public var id: String
    /// The id of the prompt's row.
    public var promptID: String
    /// The prompt, in any language; the same for all pictures with this ``promptID``.
    public var prompt: String
    /// The settings that it was drawn with, in the order of the axes, the slowest first.
    public var values: [AxisValue]
    /// The seed.
    public var seed: UInt64
    /// How many visual tokens were drawn, at least 1.
    public var tokens: Int
    /// Pixels from left to right.
    public var width: Int
    /// Pixels from top to bottom.
    public var height: Int
    /// How long it took, in seconds.
    public var seconds: Double
    /// Tokens drawn in a second.
    public var tokensPerSecond: Double
    /// The most memory that the process had while it drew, in bytes; nil where the system does not tell.
    public var peakBytes: Int?
    /// The share of the prompt's facts that the picture shows, 0 to 1; nil without facts.
    public var faithfulness: Double?
    /// How much of the picture survives the image tokenizer, in dB; infinite for equal pictures; nil without encoder.
    public var psnr: Double?
    /// The picture as the bytes of a PNG file.
    public var png: [UInt8]

    /// Makes a record; what is wrong with it, ``ExperimentSummary/init(records:)`` finds.
    public init(
        id: String, promptID: String, prompt: String, values: [AxisValue], seed: UInt64, tokens: Int, width: Int,
        height: Int, seconds: Double, tokensPerSecond: Double, peakBytes: Int? = nil, faithfulness: Double? = nil,
        psnr: Double? = nil, png: [UInt8]
    ) {
        self.id = id
        self.promptID = promptID
        self.prompt = prompt
        self.values = values
        self.seed = seed
        self.tokens = tokens
        self.width = width
        self.height = height
        self.seconds = seconds
        self.tokensPerSecond = tokensPerSecond
        self.peakBytes = peakBytes
        self.faithfulness = faithfulness
        self.psnr = psnr
        self.png = png
    }
}
