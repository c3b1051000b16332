// DecodingMethod: how many tokens of a picture a pass through the model may bring.

/// In which passes the tokens of a picture are drawn.
public enum DecodingMethod: String, Sendable, Codable, CaseIterable {
    /// One token a pass.
    case sequential
    /// Drafts of several tokens, judged in one pass; see ``JacobiWindow``.
    case jacobi
}
