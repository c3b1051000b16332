// What stands in the rest of a grid that the token budget leaves empty.

/// How the tokens that a picture's budget leaves out are replaced.
public enum GridFill: String, Sendable, Codable, CaseIterable {
    /// The most likely tokens, all from one pass: each is predicted after the tokens that were drawn, with the token above
    /// it, or the last one that was drawn, in place of those that were not.
    case likely
    /// No tokens: the mean of the codebook is painted.
    case mean
    /// The same request drawn at the model's smallest token budget of that shape, enlarged, and encoded into tokens where
    /// the model can; what that takes comes on top of the budget.
    case draft
}
