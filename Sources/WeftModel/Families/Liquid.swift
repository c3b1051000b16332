// Liquid. Source: FoundationVision/Liquid, arXiv:2412.04332.

import Foundation
import WeftTensor
import WeftText

/// Liquid: Gemma with Chameleon's visual tokens behind its own vocabulary.
enum Liquid: CheckpointFamily {
    static let name = "liquid"

    /// How many ids the text of the published models has.
    private static let textVocabulary = 256_000

    static func recognises(_ folder: ModelFolder) -> Bool {
        folder.modelType == "gemma" && folder.settings.family == nil
            && (folder.config?["vocab_size"]?.int ?? 0) > textVocabulary && folder.settings.imageTokenOffset == nil
    }

    static func open(_ folder: ModelFolder) throws -> Checkpoint {
        let files = try folder.weights(folder.settings.transformer)
        let language = try LanguageModelConfiguration.read(folder)
        var checkpoint = Checkpoint(family: name, name: folder.name, folder: folder.path)
        if let source = try ImageTokenizerSource.chameleon(folder) { checkpoint.take(source) }
        let visual = try language.visualTokens(folder, first: textVocabulary, count: 8192)
        checkpoint.transformer = try language.part(files, visual: visual, ignored: [])
        checkpoint.grids = [
            PictureGrid(
                rows: folder.settings.rows ?? 32, columns: folder.settings.columns ?? 32,
                scale: checkpoint.imageTokenizer?.configuration.downsampling ?? 16)
        ]
        checkpoint.rowEnd = folder.settings.rowEndToken ?? nil
        checkpoint.sampling = SamplingDefaults(
            temperature: 0.99, topK: 4096, topP: 0.96, guidanceScale: folder.settings.guidanceScale ?? 7)
        checkpoint.maximumPositions = language.usablePositions
        let tokenizer = try TextTokenizers.open(folder: folder.path)
        let begin = language.bosToken ?? 2
        let template: TextPrompts.Template = { text, tokenizer, _, _ in
            try [begin] + tokenizer.encode("\(text) Generate an image based on this description.<boi>")
        }
        checkpoint.prompts = TextPrompts(
            vocabulary: language.vocabularySize, maximumPrefix: language.usablePositions,
            tokenizer: tokenizer, folder: folder.path, template: template, negative: template,
            unconditional: { prefix, tokenizer, _, _ in
                guard let null = tokenizer?.id(of: "<unconditional>") else {
                    throw PromptError("the unconditional prompt: without a tokenizer it must be given as tokens")
                }
                return [begin, null] + prefix.suffix(1)
            })
        return checkpoint
    }
}
