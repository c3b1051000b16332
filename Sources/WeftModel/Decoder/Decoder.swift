// The transformer that predicts visual tokens: its weights, which never change.

package import WeftTensor

/// A decoder-only transformer over text and visual tokens; immutable, so that any number of generations share it.
package struct Decoder: Sendable {
    /// What it is made of.
    package let configuration: DecoderConfiguration
    /// Nil if all prefixes are ready embeddings.
    let textEmbedding: TokenEmbedding?
    let visualEmbedding: VisualEmbedding
    let layers: [DecoderLayer]
    let norm: RMSNorm
    let head: VisualHead
    /// Whether weights of layers or of the head are quantised.
    package let isQuantised: Bool

    /// Takes the tensors of a decoder; the caller checks that none is left over.
    ///
    /// Throws ``WeightsError`` for a tensor that is missing or has the wrong shape.
    ///
    /// - Parameter headFormat: how the head lies in memory; nil for how it is stored
    package init(
        _ configuration: DecoderConfiguration, tensors: TensorReader, headFormat: WeightFormat? = nil
    ) throws {
        self.configuration = configuration
        let (width, textVocabulary) = (configuration.hiddenSize, configuration.textVocabulary)
        visualEmbedding = try VisualEmbedding(configuration, tensors: tensors)
        textEmbedding =
            textVocabulary == 0
            ? nil
            : TokenEmbedding(
                try tensors.take("text_embedding.weight", shape: [textVocabulary, width]),
                scale: configuration.embeddingScale)
        layers = try (0..<configuration.layers).map { index in
            try DecoderLayer(configuration, index: index, tensors: tensors)
        }
        norm = try RMSNorm("norm", width, configuration, tensors)
        head = try VisualHead(configuration, tensors: tensors, format: headFormat)
        isQuantised = layers.contains(where: \.isQuantised) || head.logits.isQuantised
    }

    /// Makes everything that changes during one generation.
    ///
    /// - Parameters:
    ///   - rows: how many sequences run side by side.
    ///   - prefixCapacity: the longest prefix.
    ///   - fedCapacity: how many tokens can be fed to a row after its prefix.
    ///   - tokensPerStep: how many tokens of a row go through the layers together in a step.
    ///   - cache: how keys and values are stored.
    ///   - pool: the threads that share the work.
    package func makeState(
        rows: Int, prefixCapacity: Int, fedCapacity: Int, tokensPerStep: Int = 1, cache: KeyValueFormat = .float32,
        pool: ThreadPool
    ) -> DecoderState {
        let plan = DecoderPlan(
            configuration, rows: rows, prefixCapacity: prefixCapacity, fedCapacity: fedCapacity,
            tokensPerStep: tokensPerStep, isQuantised: isQuantised, cache: cache)
        return makeState(plan, pool: pool)
    }

    /// Makes everything that changes during one generation, of the sizes of a plan for this decoder's configuration.
    package func makeState(_ plan: DecoderPlan, pool: ThreadPool) -> DecoderState {
        precondition(plan.configuration == configuration && plan.isQuantised == isQuantised)
        return DecoderState(self, plan: plan, pool: pool)
    }
}
