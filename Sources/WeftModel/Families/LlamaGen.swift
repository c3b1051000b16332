// LlamaGen: pictures of a class or of a text. Source: FoundationVision/LlamaGen, arXiv:2406.06525.

import Foundation
import WeftTensor
import WeftText

/// LlamaGen's original checkpoints: `.pt` files of a transformer and of an image tokenizer.
///
/// A prefix is one class, or the features of a caption, whose positions are not rotated but zero; visual tokens stand on
/// a grid. The unconditional row is the last class, or the caption that the model learned for it.
enum LlamaGen: CheckpointFamily {
    static let name = "llamagen"

    /// A tensor that only a transformer has.
    private static let key = "tok_embeddings.weight"

    static func recognises(_ folder: ModelFolder) -> Bool {
        guard folder.config == nil || folder.file != nil else { return false }
        if let file = folder.file { return (try? TensorFiles.open(file).entry(key)) != nil }
        return (try? candidates(folder).contains { $0.entry(key) != nil }) ?? false
    }

    static func open(_ folder: ModelFolder) throws -> Checkpoint {
        var checkpoint = Checkpoint(family: name, name: folder.name, folder: folder.path)
        let transformer = try transformer(folder)
        let isText = transformer.entry("cls_embedding.uncond_embedding") != nil
        if let tokenizer = try imageTokenizer(folder, isText: isText) { checkpoint.take(tokenizer) }
        let scale = checkpoint.imageTokenizer?.configuration.downsampling ?? 16
        let (configuration, names) = try LanguageModelConfiguration.llamaGen(
            shape: { transformer.entry($0)?.shape }, heads: try heads(folder, transformer))
        checkpoint.transformer = CheckpointPart(
            configuration, files: [transformer], names: names,
            ignored: ["freqs_cis", "*.kv_cache."],
            others: isText ? ["cls_embedding."] : [])
        guard isText || configuration.textVocabulary > 1 else {
            throw WeightsError(
                file: transformer.path, tensor: "cls_embedding.embedding_table.weight", "is missing, or has no classes")
        }
        checkpoint.grids = grids(folder, file: transformer.path, isText: isText, scale: scale)
        checkpoint.sampling = SamplingDefaults(
            temperature: 1, topK: isText ? 1000 : 2000,
            guidanceScale: folder.settings.guidanceScale ?? (isText ? 7.5 : 4))
        checkpoint.prompts =
            isText
            ? try CaptionPrompts(folder, transformer: transformer, hiddenSize: configuration.hiddenSize)
            : ClassPrompts(classes: configuration.textVocabulary - 1)
        return checkpoint
    }

    /// The query heads: those of `weft.json`, or of the published model of that size.
    private static func heads(_ folder: ModelFolder, _ transformer: any TensorFile) throws -> Int {
        if let heads = folder.settings.heads { return heads }
        let width = transformer.entry("norm.weight")?.shape.first ?? 0
        let layers = transformer.entries.reduce(0) { $0 + ($1.name.hasSuffix(".attention_norm.weight") ? 1 : 0) }
        let published = [
            [12, 768]: 12, [24, 1024]: 16, [36, 1280]: 20, [48, 1536]: 24, [24, 3200]: 32, [22, 2048]: 32,
            [48, 2560]: 40, [32, 4096]: 32,
        ]
        guard let heads = published[[layers, width]] else {
            throw CheckpointError(
                transformer.path,
                "\(layers) layers of width \(width) are no published size of LlamaGen: say how many \"heads\" they have in "
                    + "a weft.json")
        }
        return heads
    }

    // MARK: - Files

    /// All weights files directly in the folder.
    private static func candidates(_ folder: ModelFolder) throws -> [any TensorFile] {
        try folder.weightsNames.map { try TensorFiles.open(folder.path($0)) }
    }

    /// The transformer's file: that of `weft.json`, the one that was asked for, or the only one in the folder.
    private static func transformer(_ folder: ModelFolder) throws -> any TensorFile {
        let named = try folder.settings.transformer.map { try TensorFiles.open(folder.path($0)) }
        if let file = try named ?? folder.file.map({ try TensorFiles.open($0) }) {
            guard file.entry(key) != nil else {
                throw CheckpointError(file.path, "is no transformer of LlamaGen: it has no tensor \"\(key)\"")
            }
            return file
        }
        let found = try candidates(folder).filter { $0.entry(key) != nil }
        guard let file = found.first else {
            throw CheckpointError(folder.path, "no weights file with the tensor \"\(key)\" of a LlamaGen transformer")
        }
        guard found.count == 1 else {
            let names = found.map { ($0.path as NSString).lastPathComponent }.joined(separator: ", ")
            throw CheckpointError(
                folder.path, "has several transformers: \(names); give the path of one of them as the model")
        }
        return file
    }

    private static func imageTokenizers(_ folder: ModelFolder) throws -> [any TensorFile] {
        try candidates(folder).filter { $0.entry("quantize.embedding.weight") != nil }
    }

    /// The image tokenizer: that of `weft.json`, or the one in the folder that goes with the transformer.
    private static func imageTokenizer(_ folder: ModelFolder, isText: Bool) throws -> ImageTokenizerSource? {
        if let path = folder.settings.imageTokenizer {
            return try ImageTokenizerSource.open(path, in: folder)
        }
        let found = try imageTokenizers(folder)
        func named(_ part: String) -> [any TensorFile] {
            found.filter { ($0.path as NSString).lastPathComponent.contains(part) }
        }
        let fitting = named(isText ? "ds16_t2i" : "ds16_c2i")
        guard let file = fitting.first ?? found.first else { return nil }
        guard fitting.count == 1 || found.count == 1 else {
            let names = found.map { ($0.path as NSString).lastPathComponent }.joined(separator: ", ")
            throw CheckpointError(
                folder.path, "has several image tokenizers: \(names); name one as \"image_tokenizer\" in a weft.json")
        }
        return try ImageTokenizerSource.detect([file])
    }

    /// The grids: that of `weft.json`; of the pixels in the file's name; or all that were published.
    private static func grids(_ folder: ModelFolder, file: String, isText: Bool, scale: Int) -> [PictureGrid] {
        if let rows = folder.settings.rows, let columns = folder.settings.columns {
            return [PictureGrid(rows: rows, columns: columns, scale: scale)]
        }
        let published = isText ? [256, 512] : [256, 384]
        let stem = ((file as NSString).lastPathComponent as NSString).deletingPathExtension
        let named = published.filter { stem.hasSuffix("_\($0)") }
        return (named.isEmpty ? published : named).map {
            PictureGrid(rows: $0 / scale, columns: $0 / scale, scale: scale)
        }
    }
}

/// The prompts of a class-conditional model: the number of a class.
struct ClassPrompts: PromptScheme {
    /// How many classes there are; the one after them is the unconditional one.
    let classes: Int

    var maximumPrefix: Int { 1 }

    func prefixes(for request: PromptRequest, pool: ThreadPool) throws -> GuidedPrefix {
        let prompt = try label(request.prompt, "prompt")
        let other = try request.negative.map { try label($0, "negative prompt") } ?? classes
        return GuidedPrefix(
            conditional: .tokens([prompt]), unconditional: request.isGuided ? .tokens([other]) : nil)
    }

    private func label(_ content: PromptContent, _ name: String) throws -> Int {
        guard case .label(let label) = content else {
            throw PromptError("the \(name): this model draws classes 0 to \(classes - 1), given by --class")
        }
        guard (0..<classes).contains(label) else {
            throw PromptError("the \(name): class \(label) is not in 0..<\(classes)")
        }
        return label
    }
}
