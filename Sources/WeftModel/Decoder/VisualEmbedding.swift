// What stands for a visual token at the bottom of a decoder.

import WeftTensor

/// How visual tokens become embeddings; another way is another case.
enum VisualEmbedding: Sendable {
    /// A row of a table.
    case table(TokenEmbedding)
    /// A short code that goes through two layers.
    case projected(CodeProjector)

    /// Takes `visual_embedding.weight` and, for codes, `visual_projector.*`.
    init(_ configuration: DecoderConfiguration, tensors: TensorReader) throws {
        let size = configuration.visualCodeSize ?? configuration.hiddenSize
        let table = try tensors.take("visual_embedding.weight", shape: [configuration.visualVocabulary, size])
        if configuration.visualCodeSize == nil {
            self = .table(TokenEmbedding(table, scale: configuration.embeddingScale))
        } else {
            self = .projected(try CodeProjector(table, width: configuration.hiddenSize, tensors: tensors))
        }
    }
}

/// `second(gelu(first(code)))`, the codes read where they are stored (Janus).
struct CodeProjector: Sendable {
    /// `[visualVocabulary, codeSize]`
    let codes: TokenEmbedding
    let first: Linear
    let second: Linear

    init(_ codes: Tensor, width: Int, tensors: TensorReader) throws {
        self.codes = TokenEmbedding(codes, scale: 1)
        first = try tensors.takeLinear("visual_projector.0", outputs: width, inputs: codes.shape[1], hasBias: true)
        second = try tensors.takeLinear("visual_projector.1", outputs: width, inputs: width, hasBias: true)
    }
}

extension TensorReader {
    /// Takes `<name>.weight [outputs, inputs]` and, if there is one, `<name>.bias [outputs]`.
    func takeLinear(_ name: String, outputs: Int, inputs: Int, hasBias: Bool = false) throws -> Linear {
        let weight = try take(name + ".weight", shape: [outputs, inputs])
        return Linear(weight, bias: hasBias ? try take(name + ".bias", shape: [outputs]) : nil)
    }

    /// Takes the same tensors for a layer's matrix, in the reader's format.
    func takeMatrix(_ name: String, outputs: Int, inputs: Int, hasBias: Bool = false) throws -> Linear {
        try takeMatrix(name, outputs: outputs, inputs: inputs, hasBias: hasBias, format: format)
    }

    /// Takes the same tensors in a format; nil for how they are stored.
    func takeMatrix(
        _ name: String, outputs: Int, inputs: Int, hasBias: Bool = false, format: WeightFormat?
    ) throws -> Linear {
        let bias = hasBias ? try take(name + ".bias", shape: [outputs]) : nil
        return try takeMatrix(
            name + ".weight", shape: [outputs, inputs], parts: [outputs], bias: bias, format: format)[0]
    }
}
