// What rows start from.

/// What a row starts from: a class, a text, or embeddings that were made elsewhere.
package struct Prefix: Sendable, Equatable {
    /// The tokens of a prefix, or what stands for them.
    package enum Content: Sendable, Hashable {
        /// Indices in the text vocabulary.
        case tokens([Int])
        /// Ready embeddings `[count, hiddenSize]`, which enter the layers as they are.
        case embeddings([Float])

        /// How many positions it takes in a decoder of that width.
        package func count(hiddenSize: Int) -> Int {
            switch self {
            case .tokens(let tokens): tokens.count
            case .embeddings(let embeddings): embeddings.count / hiddenSize
            }
        }
    }

    /// The row whose cache is reset to it.
    package let row: Int
    /// At least one token or embedding.
    package let content: Content
    /// Columns of the picture's grid, at least 1; not used in one dimension.
    package let columns: Int

    /// Describes the prefix of one row.
    package init(row: Int, content: Content, columns: Int) {
        self.row = row
        self.content = content
        self.columns = columns
    }

    /// Describes the prefix of one row by text tokens.
    package init(row: Int, tokens: [Int], columns: Int) {
        self.init(row: row, content: .tokens(tokens), columns: columns)
    }

    /// Describes the prefix of one row by finite embeddings `[count, hiddenSize]`.
    package init(row: Int, embeddings: [Float], columns: Int) {
        self.init(row: row, content: .embeddings(embeddings), columns: columns)
    }

    /// How many positions it takes in a decoder of that width.
    package func count(hiddenSize: Int) -> Int { content.count(hiddenSize: hiddenSize) }
}
