// What is asked for: one picture.

public import WeftSampling

/// One picture to draw. Equal requests to equal models give equal visual tokens, whatever is drawn beside them.
public struct GenerationRequest: Sendable, Hashable, Codable {
    /// What to draw or avoid: text, or what a model of another kind takes.
    public enum Prompt: Sendable, Hashable, Codable {
        /// Text; the embedded model spells what stands in double quotation marks.
        case text(String)
        /// The whole prefix as ids of the text vocabulary, the token that begins the picture included (for experiments
        /// and parity).
        case tokens([Int])
        /// The number of a class, for class-conditional models.
        case label(Int)
        /// Features of a caption `[count, caption width]`, valid rows only, for models that read those of a text encoder.
        case features([Float])
    }

    /// What to draw.
    public var prompt: Prompt
    /// What to steer away from; nil for the unconditional row that the model was trained with.
    public var negativePrompt: Prompt?
    /// The key of all random draws.
    public var seed: UInt64
    /// Size and token budget, one of ``Model/sizes``.
    public var size: PictureSize
    /// How tokens are chosen.
    public var sampling: SamplingSettings
    /// After how many tokens to stop, in 1...``PictureSize/tokenCount``; nil for the whole grid.
    public var tokenLimit: Int?
    /// What stands in the rest of the grid if ``tokenLimit`` leaves one.
    public var fill: GridFill

    /// Asks for one picture.
    public init(
        prompt: Prompt, negativePrompt: Prompt? = nil, seed: UInt64, size: PictureSize, sampling: SamplingSettings,
        tokenLimit: Int? = nil, fill: GridFill = .likely
    ) {
        self.prompt = prompt
        self.negativePrompt = negativePrompt
        self.seed = seed
        self.size = size
        self.sampling = sampling
        self.tokenLimit = tokenLimit
        self.fill = fill
    }

    /// Tokens that are drawn one by one: all of the grid, or ``tokenLimit``.
    public var drawnTokens: Int { min(tokenLimit ?? size.tokenCount, size.tokenCount) }

    /// Tokens that are drawn one by one for all candidates of the picture together.
    package var allDrawnTokens: Int { drawnTokens * sampling.candidates }

    /// The passes that a picture took, and how many less than one a token that is; nil where tokens are drawn one a pass.
    package func saved(passes: Int) -> (taken: Int, saved: Int)? {
        sampling.decode == .sequential ? nil : (passes, drawnTokens - passes)
    }

    /// Whether a rest of the grid is filled.
    public var isPartial: Bool { drawnTokens < size.tokenCount }
}
