// What is asked for: one picture.

public import WeftSampling

/// One picture to draw. Equal requests to equal models give equal visual tokens, whatever is drawn beside them.
public struct GenerationRequest: Sendable, Hashable, Codable {
    /// What to draw or avoid, as text or as raw ids of the text vocabulary (for experiments and parity).
    public enum Prompt: Sendable, Hashable, Codable {
        /// Text; what stands in double quotation marks is spelled.
        case text(String)
        /// Ids of the text vocabulary, taken as they are.
        case tokens([Int])
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

    /// Asks for one picture.
    public init(
        prompt: Prompt, negativePrompt: Prompt? = nil, seed: UInt64, size: PictureSize, sampling: SamplingSettings
    ) {
        self.prompt = prompt
        self.negativePrompt = negativePrompt
        self.seed = seed
        self.size = size
        self.sampling = sampling
    }
}
