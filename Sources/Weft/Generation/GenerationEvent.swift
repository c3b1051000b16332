// What happens while pictures are drawn.

public import WeftPixels
public import WeftSampling

/// A picture that was drawn.
public struct GeneratedPicture: Sendable {
    /// Its place in the list of requests.
    public let index: Int
    /// What was asked for.
    public let request: GenerationRequest
    /// Its visual tokens.
    public let tokens: TokenGrid
    /// The picture.
    public let picture: Picture
    /// How each token that was drawn was chosen, in order; empty unless traces were asked for.
    public let trace: [SampledToken]
    /// In how many passes through the model its tokens were drawn, the one that reads the prompt included: one a token
    /// unless `SamplingSettings/decode` is jacobi.
    public let passes: Int
    /// How long it took, in seconds: from the moment that it had a place to its last token or pixel. Pictures that share
    /// forward passes share the time.
    public let seconds: Double
}

/// The visual tokens of a picture that is not painted: the model has no image tokenizer, or nobody asked for pixels.
public struct GeneratedTokens: Sendable {
    /// Its place in the list of requests.
    public let index: Int
    /// What was asked for.
    public let request: GenerationRequest
    /// Its visual tokens.
    public let tokens: TokenGrid
    /// How each token that was drawn was chosen, in order; empty unless traces were asked for.
    public let trace: [SampledToken]
    /// In how many passes through the model its tokens were drawn, the one that reads the prompt included: one a token
    /// unless `SamplingSettings/decode` is jacobi.
    public let passes: Int
    /// How long it took, in seconds: from the moment that it had a place to its last token or pixel. Pictures that share
    /// forward passes share the time.
    public let seconds: Double
}

/// A picture that is being drawn: its rows from the top; those of its first candidate, if it has several.
public struct PartialPicture: Sendable {
    /// Its place in the list of requests.
    public let index: Int
    /// Its visual tokens so far, whole rows.
    public let tokens: TokenGrid
    /// Rows of the finished grid.
    public let totalRows: Int
}

/// A picture that could not be drawn.
public struct FailedPicture: Sendable {
    /// Its place in the list of requests.
    public let index: Int
    /// What was asked for.
    public let request: GenerationRequest
    /// Why there is no picture.
    public let error: any Error
}

/// Something that happened while pictures were drawn, in order.
public enum GenerationEvent: Sendable {
    /// The prompts of the pictures that begin now have been read: so many tokens, unconditional rows included.
    case prefilled(promptTokens: Int)
    /// Each picture that is being drawn has one more token, or several: the tokens so far of all candidates of all pictures,
    /// and what they come to in the end.
    case step(tokens: Int, of: Int)
    /// A picture has one more whole row.
    case row(PartialPicture)
    /// A picture is finished.
    case picture(GeneratedPicture)
    /// A picture's tokens are finished, and no pixels were asked for.
    case tokens(GeneratedTokens)
    /// A picture could not be drawn, and the others go on; only where that was asked for.
    case failed(FailedPicture)
}
