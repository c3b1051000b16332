// What a generation takes in memory, known before anything is loaded.

import WeftModel
import WeftTensor

/// The memory that drawing pictures takes, in bytes.
public struct MemoryPlan: Sendable, Hashable {
    /// The weights of the transformer, in the type they are stored in.
    public let transformerWeights: Int
    /// The weights of the image tokenizer.
    public let imageTokenizerWeights: Int
    /// Keys and values of all rows.
    public let keyValueCache: Int
    /// The transformer's other buffers: activations, logits, scratch.
    public let decoderBuffers: Int
    /// The buffers that turn tokens into a picture.
    public let detokenizerBuffers: Int

    /// All of it.
    public var total: Int {
        transformerWeights + imageTokenizerWeights + keyValueCache + decoderBuffers + detokenizerBuffers
    }

    /// Plans without loading: reads the model's configuration and the headers of its files.
    ///
    /// - Parameters:
    ///   - folder: the model's folder
    ///   - size: what is drawn, one of the model's sizes
    ///   - batchSize: how many pictures are drawn at a time, at least 1
    ///   - guidance: whether each picture has an unconditional row
    ///   - promptTokens: the longest prompt, in tokens, at least 1; nil for the longest that the model reads
    /// - Throws: an error that names the file and what is wrong with it, or the argument that makes no sense
    public init(
        folder: String, size: PictureSize, batchSize: Int = 1, guidance: Bool = true, promptTokens: Int? = nil
    ) throws {
        for (name, value) in [("batch size", batchSize), ("count of prompt tokens", promptTokens ?? 1)] {
            guard (1...1 << 20).contains(value) else {
                throw WeftError(.invalidRequest, "the \(name) must be in 1...\(1 << 20), got \(value)")
            }
        }
        let sizes = try ModelDescription(folder: folder).sizes
        guard sizes.contains(size) else {
            throw WeftError(
                .invalidRequest, "size \(size) of \(size.rows) x \(size.columns) tokens is not one of \(folder)")
        }
        let checkpoint = try WeftCheckpoint(folder: folder)
        func bytes(_ file: SafeTensors) -> Int { file.entries.reduce(0) { $0 + $1.byteCount } }
        transformerWeights = bytes(checkpoint.transformer)
        imageTokenizerWeights = bytes(checkpoint.imageTokenizer)
        let configuration = checkpoint.configuration
        let plan = DecoderPlan(
            configuration.transformer, rows: batchSize * (guidance ? 2 : 1),
            prefixCapacity: promptTokens ?? configuration.text.maximumTokens + 1, visualCapacity: size.tokenCount - 1)
        keyValueCache = plan.keyValueBytes
        decoderBuffers = plan.bufferBytes
        detokenizerBuffers = try ImageTokenizer.Workspace.byteCount(
            configuration.imageTokenizer, rows: size.rows, columns: size.columns)
    }
}
