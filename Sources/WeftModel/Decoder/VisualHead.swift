// Makes the logits of the visual tokens.

import WeftTensor

/// The last product: a normalised hidden state to one logit per visual token.
struct VisualHead: Sendable {
    private let weight: Linear

    /// - Parameter weight: `[visualVocabulary, hiddenSize]`
    init(_ weight: Tensor) { self.weight = Linear(weight) }

    /// Writes logits `[rows, visualVocabulary]` of normalised hidden states `[rows, hiddenSize]`.
    func apply(
        _ hidden: UnsafePointer<Float>, rows: Int, to logits: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) {
        weight.apply(hidden, rows: rows, to: logits, pool: pool)
    }
}
