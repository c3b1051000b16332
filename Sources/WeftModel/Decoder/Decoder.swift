// The transformer that predicts visual tokens: its weights, which never change.

package import WeftTensor

/// A decoder-only transformer over text and visual tokens; immutable, so that any number of generations share it.
package struct Decoder: Sendable {
    /// What it is made of.
    package let configuration: DecoderConfiguration
    let textEmbedding: TokenEmbedding
    let visualEmbedding: TokenEmbedding
    let layers: [DecoderLayer]
    let norm: RMSNorm
    let head: VisualHead

    /// Takes the tensors of a decoder; the caller checks that none is left over.
    ///
    /// Throws ``WeightsError`` for a tensor that is missing or has the wrong shape.
    package init(_ configuration: DecoderConfiguration, tensors: TensorReader) throws {
        self.configuration = configuration
        let width = configuration.hiddenSize
        let visual = try tensors.take("visual_embedding.weight", shape: [configuration.visualVocabulary, width])
        textEmbedding = TokenEmbedding(
            try tensors.take("text_embedding.weight", shape: [configuration.textVocabulary, width]),
            scale: configuration.embeddingScale)
        visualEmbedding = TokenEmbedding(visual, scale: configuration.embeddingScale)
        layers = try (0..<configuration.layers).map { index in
            try DecoderLayer(configuration, index: index, tensors: tensors)
        }
        norm = try RMSNorm("norm", width, configuration, tensors)
        head = VisualHead(
            configuration.tieVisualEmbeddings
                ? visual : try tensors.take("head.weight", shape: [configuration.visualVocabulary, width]))
    }

    /// Makes everything that changes during one generation.
    ///
    /// - Parameters:
    ///   - rows: how many sequences run side by side.
    ///   - prefixCapacity: the longest prefix.
    ///   - visualCapacity: how many visual tokens can be fed to a row.
    ///   - pool: the threads that share the work.
    package func makeState(rows: Int, prefixCapacity: Int, visualCapacity: Int, pool: ThreadPool) -> DecoderState {
        let plan = DecoderPlan(
            configuration, rows: rows, prefixCapacity: prefixCapacity, visualCapacity: visualCapacity)
        return DecoderState(self, plan: plan, pool: pool)
    }
}
