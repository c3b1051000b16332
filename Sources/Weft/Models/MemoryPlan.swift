// What a generation takes in memory, known before anything is loaded.

import WeftModel
import WeftSampling
import WeftTensor

/// The memory that drawing pictures takes, in bytes.
public struct MemoryPlan: Sendable, Hashable {
    /// The weights of the transformer, in the type they have in memory; of a head and a table that are cut to the visual
    /// tokens, all that is stored.
    public let transformerWeights: Int
    /// The weights of the image tokenizer.
    public let imageTokenizerWeights: Int
    /// Keys and values of all rows.
    public let keyValueCache: Int
    /// The transformer's other buffers: activations, logits, scratch.
    public let decoderBuffers: Int
    /// The distributions that drafts are drawn from; 0 without drafts.
    public let draftBuffers: Int
    /// The buffers that turn tokens into a picture.
    public let detokenizerBuffers: Int

    /// All of it.
    public var total: Int {
        transformerWeights + imageTokenizerWeights + keyValueCache + decoderBuffers + draftBuffers + detokenizerBuffers
    }

    /// Plans without loading: reads the model's configuration and the headers of its files.
    ///
    /// - Parameters:
    ///   - folder: the model's folder
    ///   - weights: the type of the layers' matrices in memory; nil for how they are stored
    ///   - cache: the type that keys and values are stored in; nil for float32 beside float32 weights, else bfloat16
    ///   - size: what is drawn, one of the model's sizes
    ///   - batchSize: how many pictures are drawn at a time, at least 1
    ///   - guidance: whether each picture has an unconditional row
    ///   - promptTokens: the longest prompt, in tokens, at least 1; nil for ``usualPrompt``, or the longest that the model
    ///     reads if that is shorter
    ///   - window: how many tokens a pass brings a picture at most, `SamplingSettings/tokensPerPass`, in 1...64
    ///   - candidates: how many candidates each picture has, `SamplingSettings/candidates`, in 1...64
    /// - Throws: an error that names the file and what is wrong with it, or the argument that makes no sense
    public init(
        folder: String, weights: WeightType? = nil, cache: CacheType? = nil, size: PictureSize, batchSize: Int = 1,
        guidance: Bool = true, promptTokens: Int? = nil, window: Int = 1, candidates: Int = 1
    ) throws {
        try self.init(
            ModelDescription(folder: folder, weights: weights, cache: cache), size: size, batchSize: batchSize,
            guidance: guidance, promptTokens: promptTokens, window: window, candidates: candidates)
    }

    /// Plans for a model that has been described; otherwise as with its folder.
    public init(
        _ description: ModelDescription, size: PictureSize, batchSize: Int = 1, guidance: Bool = true,
        promptTokens: Int? = nil, window: Int = 1, candidates: Int = 1
    ) throws {
        for (name, value) in [("batch size", batchSize), ("count of prompt tokens", promptTokens ?? 1)] {
            guard (1...1 << 20).contains(value) else {
                throw WeftError(.invalidRequest, "the \(name) must be in 1...\(1 << 20), got \(value)")
            }
        }
        guard (1...JacobiWindow.sizes.upperBound).contains(window) else {
            throw WeftError(
                .invalidRequest, "the window must be in 1...\(JacobiWindow.sizes.upperBound), got \(window)")
        }
        guard SamplingSettings.candidateCounts.contains(candidates) else {
            throw WeftError(
                .invalidRequest,
                "the count of candidates must be in 1...\(SamplingSettings.candidateCounts.upperBound), got \(candidates)"
            )
        }
        let checkpoint = description.checkpoint
        guard let transformer = checkpoint.transformer, let prompts = checkpoint.prompts else {
            throw WeftError(.invalidModel, "\(description.name) is an image tokenizer alone: there is nothing to plan")
        }
        guard description.sizes.contains(size) else {
            throw WeftError(
                .invalidRequest,
                "size \(size) of \(size.rows) x \(size.columns) tokens is not one of \(description.folder)")
        }
        transformerWeights = transformer.byteCount(as: description.weights?.format)
        imageTokenizerWeights = checkpoint.imageTokenizer?.byteCount ?? 0
        let capacity = GenerationBatch.Capacity(
            places: batchSize * candidates, isGuided: guidance,
            prefix: promptTokens ?? min(prompts.maximumPrefix, Self.usualPrompt),
            fed: checkpoint.fedTokens(rows: size.rows, columns: size.columns), window: window, columns: size.columns,
            cache: description.cacheType.format)
        let plan = capacity.plan(
            transformer.configuration, hasRowEnds: checkpoint.rowEnd != nil,
            isQuantised: transformer.isQuantised(as: description.weights?.format))
        keyValueCache = plan.keyValueBytes
        decoderBuffers = plan.bufferBytes
        draftBuffers = capacity.draftBytes(transformer.configuration)
        detokenizerBuffers =
            try checkpoint.imageTokenizer.map {
                try ImageTokenizer.Workspace.byteCount(
                    $0.configuration, rows: size.rows, columns: size.columns, scales: [description.scale(of: size)])
            } ?? 0
    }

    /// The prompt that is planned for where nobody says how long it is, in tokens.
    public static let usualPrompt = 128
}
