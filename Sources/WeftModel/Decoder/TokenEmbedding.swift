// Looks up the embeddings of tokens.

import WeftTensor

/// A table with one row per token, read where it is stored.
struct TokenEmbedding: Sendable {
    /// `[vocabulary, size]`
    private let table: Tensor
    private let scale: Float

    /// Elements of a row.
    var size: Int { table.shape[1] }

    /// - Parameter scale: what every embedding is multiplied by.
    init(_ table: Tensor, scale: Float) {
        self.table = table
        self.scale = scale
    }

    /// Writes the row `[size]` of a token of the vocabulary.
    func write(_ token: Int, to y: UnsafeMutablePointer<Float>) {
        table.copyRow(token, to: y)
        guard scale != 1 else { return }
        for index in 0..<size { y[index] *= scale }
    }
}
