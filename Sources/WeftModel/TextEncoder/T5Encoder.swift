// The encoder of T5 v1.1 and of flan-T5, which turns a text's tokens into features.

package import WeftTensor

/// The encoder half of a T5 model: https://arxiv.org/abs/1910.10683, https://arxiv.org/abs/2210.11416
///
/// Weights of any dtype; activations in float32. The same numbers as transformers' `T5EncoderModel` gives for the
/// tokens that its attention mask leaves visible.
package struct T5Encoder: Sendable {
    /// The largest count of tokens of a text.
    package static let maximumTokens = 512

    /// The sizes of the network.
    package let configuration: T5Configuration

    private let embedding: Tensor  // [vocabularySize, modelSize]
    private let attention: RelativeAttention
    private let layers: [T5Layer]
    private let norm: RMSNorm

    /// Takes the encoder's tensors out of the files of a checkpoint, by the names that T5 gives them.
    ///
    /// Tensors of the decoder are not read. Throws `WeightsError` if a tensor of the encoder is missing, left over, in
    /// several files, or of another shape or a dtype that models cannot use.
    package init(configuration: T5Configuration, files: [any TensorFile]) throws {
        let tensors = TensorReader(files)
        // Both names stand for one tensor, which files hold under one of them or twice.
        let names = ["shared.weight", "encoder.embed_tokens.weight"]
        let name = names.first { tensors.contains($0) } ?? names[0]
        self.configuration = configuration
        let size = configuration.modelSize
        embedding = try tensors.take(name, shape: [configuration.vocabularySize, size])
        let (heads, buckets) = (configuration.heads, configuration.buckets)
        let table = try tensors.take(
            "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", shape: [buckets.count, heads])
        let biases = table.floats()
        attention = RelativeAttention(heads: heads, headDim: configuration.headDim, capacity: Self.maximumTokens) {
            biases[buckets.bucket(of: $1) * heads + $0]
        }
        layers = try (0..<configuration.layers).map { try T5Layer(configuration, index: $0, tensors: tensors) }
        norm = RMSNorm(
            weight: try tensors.take("encoder.final_layer_norm.weight", shape: [size]), epsilon: configuration.epsilon)
        try tensors.finish(ignoring: ["decoder.", "lm_head."] + names)
    }

    /// The features of a text, without any padding.
    ///
    /// - Parameters:
    ///   - tokens: ids of the vocabulary, 1 to ``maximumTokens`` of them, the end of the text included.
    ///   - pool: the threads that share the work.
    /// - Returns: `[tokens.count, configuration.modelSize]`
    ///
    /// Throws ``TextEncoderError`` for a token that does not exist, no tokens, or too many.
    package func encode(_ tokens: [Int], pool: ThreadPool) throws -> [Float] {
        guard (1...Self.maximumTokens).contains(tokens.count) else {
            throw TextEncoderError("the text has \(tokens.count) tokens; it must have 1 to \(Self.maximumTokens)")
        }
        if let index = tokens.firstIndex(where: { !(0..<configuration.vocabularySize).contains($0) }) {
            throw TextEncoderError(
                "token \(tokens[index]) at place \(index + 1) of the text is not in the vocabulary of "
                    + "\(configuration.vocabularySize)")
        }
        let size = configuration.modelSize
        let hidden = Buffer(count: tokens.count * size)
        for (index, token) in tokens.enumerated() { embedding.copyRow(token, to: hidden.pointer + index * size) }
        let space = T5Workspace(configuration, attention: attention, tokens: tokens.count)
        return withExtendedLifetime((hidden, space)) {
            for layer in layers { layer.apply(hidden.pointer, attention: attention, space, pool: pool) }
            norm.apply(hidden.pointer, rows: tokens.count, to: hidden.pointer)
            return [Float](UnsafeBufferPointer(start: hidden.pointer, count: hidden.count))
        }
    }
}
