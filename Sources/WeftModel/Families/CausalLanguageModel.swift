// Any causal language model with visual tokens in its vocabulary, as weft.json describes it.

import Foundation
import WeftTensor
import WeftText

/// Llama, Mistral, Qwen2, Qwen3, Qwen3-MoE, Mixtral and Gemma in Hugging Face's layout, with visual tokens.
///
/// `weft.json` must say where the visual tokens stand and what grid is drawn. A text prompt is taken as it is, after the
/// token that begins a text; the unconditional row is the prompt's last token alone, as in transformers.
enum CausalLanguageModel: CheckpointFamily {
    static let name = "causal-lm"

    static func recognises(_ folder: ModelFolder) -> Bool {
        folder.settings.imageTokenOffset != nil && folder.config != nil
    }

    static func open(_ folder: ModelFolder) throws -> Checkpoint {
        let place = "\(folder.path)/weft.json"
        let settings = folder.settings
        guard let first = settings.imageTokenOffset, let rows = settings.rows, let columns = settings.columns else {
            throw CheckpointError(place, "must have \"image_token_offset\", \"rows\" and \"columns\" for causal-lm")
        }
        let files = try folder.weights(settings.transformer)
        let language = try LanguageModelConfiguration.read(folder)
        var checkpoint = Checkpoint(family: name, name: folder.name, folder: folder.path)
        if let source = try ImageTokenizerSource.open(settings.imageTokenizer, in: folder) { checkpoint.take(source) }
        let codes = checkpoint.imageTokenizer?.configuration.codebookSize
        let visual = try language.visualTokens(folder, first: first, count: codes ?? language.vocabularySize - first)
        checkpoint.transformer = try language.part(files, visual: visual, ignored: [])
        let scale = checkpoint.imageTokenizer?.configuration.downsampling ?? 16
        checkpoint.grids = [PictureGrid(rows: rows, columns: columns, scale: scale)]
        checkpoint.rowEnd = settings.rowEndToken ?? nil
        checkpoint.sampling = SamplingDefaults(guidanceScale: settings.guidanceScale)
        checkpoint.maximumPositions = language.usablePositions
        let begin = language.bosToken.map { [$0] } ?? []
        let template: TextPrompts.Template = { text, tokenizer, _, _ in try begin + tokenizer.encode(text) }
        checkpoint.prompts = TextPrompts(
            vocabulary: language.vocabularySize, maximumPrefix: language.usablePositions,
            tokenizer: try TextTokenizers.open(folder: folder.path), folder: folder.path, template: template,
            negative: template, unconditional: { prefix, _, _, _ in prefix.suffix(1) })
        return checkpoint
    }
}
