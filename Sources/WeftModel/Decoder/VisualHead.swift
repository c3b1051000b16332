// Makes the logits of the visual tokens.

import WeftTensor

/// How a normalised hidden state becomes one logit per visual token; another way is another case.
enum VisualHead: Sendable {
    /// One product.
    case linear(Linear)
    /// `head(gelu(projector(x)))`, both with biases (Janus).
    case projected(projector: Linear, head: Linear)

    /// Takes `head.weight`, or the visual embeddings if they are tied, and what a projector needs.
    init(_ configuration: DecoderConfiguration, tensors: TensorReader) throws {
        let (width, count) = (configuration.hiddenSize, configuration.visualVocabulary)
        if configuration.headProjector {
            self = .projected(
                projector: try tensors.takeLinear("head.projector", outputs: width, inputs: width, hasBias: true),
                head: try tensors.takeLinear("head", outputs: count, inputs: width, hasBias: true))
        } else {
            let name = configuration.tieVisualEmbeddings ? "visual_embedding" : "head"
            self = .linear(try tensors.takeLinear(name, outputs: count, inputs: width))
        }
    }
}
