// Lumina-mGPT. Source: Alpha-VLLM/Lumina-mGPT, arXiv:2408.02657.

import Foundation
import WeftTensor
import WeftText

/// Lumina-mGPT: Chameleon with two tokens for the size before a picture, and one after every row.
///
/// The unconditional row begins where the picture does.
enum LuminaMGPT: CheckpointFamily {
    static let name = "lumina-mgpt"

    /// The special ids of the published vocabulary.
    private enum Token {
        static let endRow = 8803
        /// Of size 0; a side of n times 32 pixels is this plus n.
        static let size = 8804
    }

    static func recognises(_ folder: ModelFolder) -> Bool {
        folder.modelType == "chameleon" && folder.name.lowercased().contains("lumina")
    }

    static func open(_ folder: ModelFolder) throws -> Checkpoint {
        let parts = try ChameleonParts(folder)
        var checkpoint = try parts.checkpoint(family: name)
        let scale = checkpoint.imageTokenizer?.configuration.downsampling ?? 16
        checkpoint.rowEnd = folder.settings.rowEndToken ?? Token.endRow
        if let end = checkpoint.rowEnd, end >= parts.vocabulary {
            throw folder.configError("the row end token \(end) is not in 0..<\(parts.vocabulary)")
        }
        checkpoint.grids = grids(folder, scale: scale)
        checkpoint.sampling = SamplingDefaults(
            temperature: 1, topK: 2000, guidanceScale: folder.settings.guidanceScale ?? 4)
        let (begin, beginImage) = (parts.begin, parts.beginImage)
        let template: TextPrompts.Template = { text, tokenizer, rows, columns in
            let endTurn = tokenizer.id(of: "<reserved08706>") ?? Chameleon.Token.endTurn
            let size = "\(columns * scale)x\(rows * scale)"
            let words = "Generate an image of \(size) according to the following prompt:\n\(text)"
            // Sizes are told in squares of two by two tokens.
            return try [begin] + tokenizer.encode(words)
                + [endTurn, beginImage, Token.size + rows / 2, Token.size + columns / 2]
        }
        checkpoint.prompts = parts.prompts(
            template: template,
            unconditional: { prefix, _, _, _ in
                guard let start = prefix.lastIndex(of: beginImage) else {
                    throw PromptError(
                        "the unconditional prompt: the prompt lacks the token \(beginImage) that begins a picture")
                }
                return Array(prefix[start...])
            })
        return checkpoint
    }

    /// All sizes that the reference crops its training pictures to: squares of 32 pixels, as many as in the square
    /// picture at most, with sides of up to 1 to 4; the square first.
    private static func grids(_ folder: ModelFolder, scale: Int) -> [PictureGrid] {
        if let rows = folder.settings.rows, let columns = folder.settings.columns {
            return [PictureGrid(rows: rows, columns: columns, scale: scale)]
        }
        let side = [1024, 512, 768].first { folder.name.contains("\($0)") } ?? 768
        let patches = side / 32 * (side / 32)
        var sizes: [(width: Int, height: Int)] = [(side / 32, side / 32)]
        var (width, height) = (patches, 1)
        while width > 0 {
            let isSquare = width == side / 32 && height == width
            if max(width, height) <= 4 * min(width, height), !isSquare { sizes.append((width, height)) }
            if (height + 1) * width <= patches { height += 1 } else { width -= 1 }
        }
        return sizes.map { PictureGrid(rows: $0.height * 2, columns: $0.width * 2, scale: scale) }
    }
}
