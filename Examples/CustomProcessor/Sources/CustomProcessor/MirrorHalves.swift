// MirrorHalves: a picture whose right half mirrors its left half, token by token.

public import WeftSampling

/// Allows in the right half of a row only the token that stands at the mirrored place in its left half.
///
/// The left half, and the middle column of an odd number, stay as free as they were. With a table of partners a token is
/// answered by another one: most codebooks have no token that looks like another one mirrored, but one can be learned or
/// looked up by decoding.
public struct MirrorHalves: LogitsProcessor {
    /// The token that answers each token, `[vocabulary]`; nil answers each token by itself.
    public let partners: [Int]?

    /// Creates the rule.
    ///
    /// - Parameter partners: `[vocabulary]`, each a token id.
    /// - Throws: `SamplingError` with `invalidToken` for a partner outside of the vocabulary.
    public init(partners: [Int]? = nil) throws {
        for (token, partner) in (partners ?? []).enumerated() {
            guard partner >= 0, partner < partners?.count ?? 0 else {
                throw SamplingError(
                    .invalidToken, "partner \(partner) of token \(token) is outside of the vocabulary")
            }
        }
        self.partners = partners
    }

    /// Masks the logits `[vocabulary]` of all tokens but the mirrored one, in the right half of the picture.
    ///
    /// - Throws: `SamplingError` with `sizeMismatch` if the table of partners is made for another vocabulary, with
    ///   `invalidToken` if the mirrored token is not in the vocabulary.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        if let partners, partners.count != logits.count {
            throw SamplingError(
                .sizeMismatch, "partners are made for \(partners.count) logits, got \(logits.count)")
        }
        let mirrored = context.columns - 1 - context.column
        guard mirrored < context.column, let token = context.token(row: context.row, column: mirrored) else { return }
        guard token >= 0, token < logits.count else {
            throw SamplingError(
                .invalidToken, "token id \(token) at row \(context.row), column \(mirrored) is not in the vocabulary")
        }
        let partner = partners?[token] ?? token
        for other in logits.indices where other != partner { logits[other] = -.infinity }
    }
}
