// Emu3.5 and Emu3.5-Image. Source: baaivision/Emu3.5, arXiv:2510.26583.

import Foundation
import WeftTensor
import WeftText

/// Emu3.5: Emu3's sequences with norms on queries and keys, a task in the prompt, and no end after the last line.
enum Emu35: CheckpointFamily {
    static let name = "emu3.5"

    static func recognises(_ folder: ModelFolder) -> Bool {
        guard Emu3.recognises(folder), let files = try? folder.weights(folder.settings.transformer) else {
            return false
        }
        return files.contains { $0.entry("model.layers.0.self_attn.q_norm.weight") != nil }
    }

    static func open(_ folder: ModelFolder) throws -> Checkpoint {
        let parts = try Emu3Parts(folder)
        var checkpoint = try parts.checkpoint(family: name, tokenizer: "Emu3.5-VisionTokenizer")
        let scale = checkpoint.imageTokenizer?.configuration.downsampling ?? 16
        if let rows = folder.settings.rows, let columns = folder.settings.columns {
            checkpoint.grids = [PictureGrid(rows: rows, columns: columns, scale: scale)]
        } else {
            let grids = [(55, 73), (64, 64), (73, 55), (52, 78), (78, 52), (47, 85), (85, 47), (41, 97)]
            checkpoint.grids = grids.map { PictureGrid(rows: $0.0, columns: $0.1, scale: scale) }
        }
        let isImage = folder.name.lowercased().contains("image")
        checkpoint.sampling = SamplingDefaults(
            temperature: 1, topK: 5120, guidanceScale: folder.settings.guidanceScale ?? (isImage ? 5 : 2))
        let ids = parts.ids
        let begin = "You are a helpful assistant"
        let template: TextPrompts.Template = { words, tokenizer, rows, columns in
            let text = "\(begin) for t2i task. USER: \(words) ASSISTANT: <|extra_100|>"
            return try [ids.begin] + tokenizer.encode(text) + ids.size(rows, columns, tokenizer)
        }
        checkpoint.prompts = parts.prompts(
            template: template, negative: template,
            unconditional: { prefix, tokenizer, _, _ in
                guard let tokenizer, let start = prefix.lastIndex(of: ids.beginImage) else {
                    throw PromptError("the unconditional prompt: without a tokenizer it must be given as tokens")
                }
                return try [ids.begin] + tokenizer.encode("\(begin). USER:  ASSISTANT: <|extra_100|>")
                    + prefix[start...]
            })
        return checkpoint
    }
}
