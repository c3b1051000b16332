// The prompts of a text-conditional LlamaGen: features of a caption out of T5, made as wide as the transformer.

import Foundation
import Synchronization
import WeftTensor
import WeftText

/// Captions and features of captions, for LlamaGen's text-conditional models.
///
/// The reference pads features to 120 rows on the left and hides the padding from every query. Prefixes are not rotated, so
/// that a hidden row has no effect on any other: Weft leaves it out. The unconditional row has the same rows hidden: what
/// is left of the caption that the model learned for it are its last rows.
final class CaptionPrompts: PromptScheme {
    /// Features that a caption may have; the reference reads no more.
    private static let limit = 120

    let maximumPrefix = CaptionPrompts.limit
    let isQuick = false
    private let captionWidth: Int
    private let hiddenSize: Int
    private let first: Linear
    private let second: Linear
    private let unconditional: Tensor
    private let textEncoder: String?
    private let folder: String
    private let loaded = Mutex<T5TextEncoder?>(nil)

    /// Takes the caption's layers of a transformer; the text encoder is loaded for the first prompt in words.
    init(_ folder: ModelFolder, transformer: any TensorFile, hiddenSize: Int) throws {
        let name = "cls_embedding.uncond_embedding"
        let reader = TensorReader([transformer])
        guard let shape = reader.shape(of: name), shape.count == 2, shape[1] > 0 else {
            throw WeightsError(file: transformer.path, tensor: name, "is missing, or no table")
        }
        captionWidth = shape[1]
        self.hiddenSize = hiddenSize
        self.folder = folder.path
        unconditional = try reader.take(name, shape: [Self.limit, captionWidth])
        let layers = "cls_embedding.cap_proj."
        first = Linear(try reader.take(layers + "fc1.weight", shape: [hiddenSize, captionWidth]))
        second = Linear(try reader.take(layers + "fc2.weight", shape: [hiddenSize, hiddenSize]))
        textEncoder = try Self.textEncoder(folder)
    }

    /// The folder of the text encoder: `weft.json`'s, where LlamaGen's scripts keep it, or in the hub's cache.
    private static func textEncoder(_ folder: ModelFolder) throws -> String? {
        if let named = folder.settings.textEncoder {
            guard folder.exists(named) else { throw CheckpointError(folder.path(named), "no such folder") }
            return folder.path(named)
        }
        let places = ["flan-t5-xl", "t5-ckpt/flan-t5-xl", "../flan-t5-xl", "../t5-ckpt/flan-t5-xl"]
        if let place = places.first(where: { folder.exists("\($0)/config.json") }) { return folder.path(place) }
        return try? HubCache().path(of: "google/flan-t5-xl")
    }

    func prefixes(for request: PromptRequest, pool: ThreadPool) throws -> GuidedPrefix {
        let prompt = try features(request.prompt, "prompt", pool)
        guard request.isGuided else {
            return GuidedPrefix(conditional: .embeddings(project(prompt, pool)), unconditional: nil)
        }
        let count = prompt.count / captionWidth
        let other =
            try request.negative.map { try features($0, "negative prompt", pool) }
            ?? unconditional.rows(Self.limit - count..<Self.limit).floats()
        return GuidedPrefix(
            conditional: .embeddings(project(prompt, pool)), unconditional: .embeddings(project(other, pool)))
    }

    /// The valid features `[count, captionWidth]` of a prompt.
    private func features(_ content: PromptContent, _ name: String, _ pool: ThreadPool) throws -> [Float] {
        switch content {
        case .features(let values):
            guard !values.isEmpty, values.count % captionWidth == 0 else {
                throw PromptError("the \(name): \(values.count) values are no rows of \(captionWidth) features")
            }
            guard values.count / captionWidth <= Self.limit else {
                throw PromptError(
                    "the \(name) has \(values.count / captionWidth) rows of features; the model reads \(Self.limit)")
            }
            return values
        case .text(let text): return try encode(text, name, pool)
        case .tokens, .label: throw PromptError("the \(name): this model draws from text or --prompt-features")
        }
    }

    private func encode(_ text: String, _ name: String, _ pool: ThreadPool) throws -> [Float] {
        guard let textEncoder else {
            throw PromptError(
                "the \(name): \(folder) has no text encoder; put google/flan-t5-xl beside it as flan-t5-xl, name its folder "
                    + "as \"text_encoder\" in a weft.json, or give --prompt-features")
        }
        let encoder = try loaded.withLock { loaded in
            if let loaded { return loaded }
            let encoder = try T5TextEncoder(folder: textEncoder, files: TensorFiles.open(folder: textEncoder))
            loaded = encoder
            return encoder
        }
        let width = encoder.encoder.configuration.modelSize
        guard width == captionWidth else {
            throw CheckpointError(textEncoder, "makes \(width) features; the transformer reads \(captionWidth)")
        }
        do {
            let cleaned = try CaptionCleaner().clean(text)
            return try encoder.encode(cleaned, limit: Self.limit, pool: pool).features
        } catch let error as TextError {
            throw PromptError("the \(name): \(error)")
        } catch let error as TextEncoderError {
            throw PromptError("the \(name): \(error)")
        }
    }

    /// `second(gelu(first(x)))`, `[count, hiddenSize]`.
    private func project(_ features: [Float], _ pool: ThreadPool) -> [Float] {
        let count = features.count / captionWidth
        let (middle, out) = (Buffer(count: count * hiddenSize), Buffer(count: count * hiddenSize))
        features.withUnsafeBufferPointer { first.apply($0.baseAddress!, rows: count, to: middle.pointer, pool: pool) }
        GatedActivation.geluTanh.apply(middle.pointer, count: count * hiddenSize)
        second.apply(middle.pointer, rows: count, to: out.pointer, pool: pool)
        return Array(UnsafeBufferPointer(start: out.pointer, count: count * hiddenSize))
    }
}
