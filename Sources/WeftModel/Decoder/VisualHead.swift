// Makes the logits of the visual tokens.

import WeftTensor

/// How a normalised hidden state becomes one logit per visual token; another way is another case.
enum VisualHead: Sendable {
    /// One product.
    case linear(Linear)
    /// `head(gelu(projector(x)))`, both with biases (Janus).
    case projected(projector: Linear, head: Linear)

    /// Takes `head.weight`, or the visual embeddings if they are tied, and what a projector needs.
    ///
    /// - Parameter format: how the last product's weights lie in memory; nil for how they are stored
    init(_ configuration: DecoderConfiguration, tensors: TensorReader, format: WeightFormat?) throws {
        let (width, count) = (configuration.hiddenSize, configuration.visualVocabulary)
        if configuration.headProjector {
            self = .projected(
                projector: try tensors.takeLinear("head.projector", outputs: width, inputs: width, hasBias: true),
                head: try tensors.takeMatrix("head", outputs: count, inputs: width, hasBias: true, format: format))
        } else if configuration.tieVisualEmbeddings {
            self = .linear(try tensors.takeLinear("visual_embedding", outputs: count, inputs: width))
        } else {
            self = .linear(try tensors.takeMatrix("head", outputs: count, inputs: width, format: format))
        }
    }

    /// The last product.
    var logits: Linear {
        switch self {
        case .linear(let head), .projected(_, let head): head
        }
    }
}
