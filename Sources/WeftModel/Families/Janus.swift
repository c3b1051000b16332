// Janus and Janus-Pro. Source: deepseek-ai/Janus, arXiv:2410.13848 and 2501.17811; transformers' Janus port.

import Foundation
import WeftTensor
import WeftText

/// Janus in its original layout and in that of transformers.
///
/// Visual tokens have an embedding, a projector and a head of their own. The unconditional row is as long as the prompt:
/// padding, which is attended to, between the begin of the text and the begin of the picture.
enum Janus: CheckpointFamily {
    static let name = "janus"

    static func recognises(_ folder: ModelFolder) -> Bool {
        ["janus", "multi_modality"].contains(folder.modelType)
    }

    static func open(_ folder: ModelFolder) throws -> Checkpoint {
        let language = try LanguageModelConfiguration.read(folder)
        let files = try folder.weights(folder.settings.transformer)
        let isOriginal = files.contains { $0.entry("gen_embed.weight") != nil }
        var checkpoint = Checkpoint(family: name, name: folder.name, folder: folder.path)
        let tokenizer = try ImageTokenizerSource.open(folder.settings.imageTokenizer, in: folder) {
            try .detect(files)
        }
        if let tokenizer { checkpoint.take(tokenizer) }
        let names = LanguageModelConfiguration.janusNames(isOriginal ? .original : .transformers)
        guard let shape = TensorReader(files, names: names).shape(of: "visual_embedding.weight"), shape.count == 2
        else {
            let name = names("visual_embedding.weight").name
            throw WeightsError(file: files.map(\.path).joined(separator: ", "), tensor: name, "is missing, or no table")
        }
        checkpoint.transformer = CheckpointPart(
            try language.projectedDecoder(codes: shape[0], codeSize: shape[1]), files: files, names: names,
            ignored: [
                "vision_model.", "aligner.", "language_model.lm_head.", "gen_vision_model.", "model.vision_model.",
                "model.aligner.", "model.vqmodel.", "lm_head.", "*.rotary_emb.inv_freq",
            ])
        checkpoint.grids = try grids(folder, scale: tokenizer?.scale ?? 16)
        checkpoint.sampling = SamplingDefaults(
            temperature: 1, topK: 0, guidanceScale: folder.settings.guidanceScale ?? 5)
        checkpoint.maximumPositions = language.usablePositions
        checkpoint.prompts = try prompts(folder, language)
        return checkpoint
    }

    private static func grids(_ folder: ModelFolder, scale: Int) throws -> [PictureGrid] {
        if let rows = folder.settings.rows, let columns = folder.settings.columns {
            return [PictureGrid(rows: rows, columns: columns, scale: scale)]
        }
        guard let vision = folder.config?["vision_config"], let size = vision["image_size"]?.int else {
            return [PictureGrid(rows: 24, columns: 24, scale: scale)]
        }
        let side = size / max(1, vision["patch_size"]?.int ?? 16)
        guard (1...ImageTokenizer.largestGrid).contains(side) else {
            throw folder.configError("\"vision_config.image_size\" is \(size), which makes no grid of tokens")
        }
        return [PictureGrid(rows: side, columns: side, scale: scale)]
    }

    // MARK: - Prompts

    private static func prompts(
        _ folder: ModelFolder, _ language: LanguageModelConfiguration
    ) throws -> TextPrompts {
        let tokenizer = try TextTokenizers.open(folder: folder.path)
        let generation =
            folder.has("generation_config.json")
            ? try JSONFile.read(JSONValue.self, from: folder.path("generation_config.json")) : .null
        let begin = generation["bos_token_id"]?.int ?? tokenizer?.id(of: "<｜begin▁of▁sentence｜>") ?? language.bosToken
        let padding = generation["pad_token_id"]?.int ?? tokenizer?.id(of: "<｜▁pad▁｜>") ?? language.padToken
        let beginImage =
            generation["generation_kwargs"]?["boi_token_id"]?.int ?? tokenizer?.id(of: "<begin_of_image>")
        // Janus-1.3B names the roles without the marks that Janus-Pro has.
        let isFirst = folder.name.lowercased().contains("janus-1.3b")
        let (user, assistant) = isFirst ? ("User", "Assistant") : ("<|User|>", "<|Assistant|>")
        let template: TextPrompts.Template = { text, tokenizer, _, _ in
            guard let begin, let beginImage else {
                throw TextError("the tokenizer lacks <｜begin▁of▁sentence｜> or <begin_of_image>")
            }
            let words = text.trimmingCharacters(in: .whitespacesAndNewlines)
            return try [begin] + tokenizer.encode("\(user): \(words)\n\n\(assistant):") + [beginImage]
        }
        return TextPrompts(
            vocabulary: language.vocabularySize, maximumPrefix: language.usablePositions,
            tokenizer: tokenizer, folder: folder.path, template: template, negative: template,
            unconditional: { prefix, _, _, _ in
                guard let padding else { throw PromptError("the unconditional prompt: no padding token is known") }
                let last = prefix.count - 1
                return prefix.enumerated().map { index, id in
                    id == begin || id == beginImage || (beginImage == nil && index == last) ? id : padding
                }
            })
    }
}
