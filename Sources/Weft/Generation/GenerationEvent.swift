// What happens while pictures are drawn.

public import WeftPixels

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
}

/// The visual tokens of a picture that is not painted: the model has no image tokenizer, or nobody asked for pixels.
public struct GeneratedTokens: Sendable {
    /// Its place in the list of requests.
    public let index: Int
    /// What was asked for.
    public let request: GenerationRequest
    /// Its visual tokens.
    public let tokens: TokenGrid
}

/// A picture that is being drawn: its rows from the top.
public struct PartialPicture: Sendable {
    /// Its place in the list of requests.
    public let index: Int
    /// Its visual tokens so far, whole rows.
    public let tokens: TokenGrid
    /// Rows of the finished grid.
    public let totalRows: Int
}

/// Something that happened while pictures were drawn, in order.
public enum GenerationEvent: Sendable {
    /// The prompts of the pictures that are drawn together have been read: so many tokens, unconditional rows included.
    case prefilled(promptTokens: Int)
    /// Each picture that is being drawn has one more token; the counts are of the pictures that are drawn together.
    case step(tokens: Int, of: Int)
    /// A picture has one more whole row.
    case row(PartialPicture)
    /// A picture is finished.
    case picture(GeneratedPicture)
    /// A picture's tokens are finished, and no pixels were asked for.
    case tokens(GeneratedTokens)
}
