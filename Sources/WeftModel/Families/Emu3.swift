// Emu3-Gen and Emu3-Stage1. Source: baaivision/Emu3, arXiv:2409.18869; transformers' Emu3 port.

import Foundation
import WeftTensor
import WeftText

/// Emu3 in its original layout and in that of transformers.
///
/// Text and pictures share one vocabulary; a prompt says the size of the grid in words, and every row of visual tokens is
/// followed by the token that ends a line. What the reference masks at each step comes out of cutting the head to the
/// visual tokens and feeding the ends of lines as they are due.
enum Emu3: CheckpointFamily {
    static let name = "emu3"

    /// The special ids of the published vocabulary.
    enum Token {
        static let begin = 151849
        static let image = 151851
        static let beginImage = 151852
        static let endLine = 151846
        static let firstVisual = 151854
    }

    /// What the reference's scripts add to a prompt, and what they steer away from.
    private static let praise = " masterpiece, film grained, best quality."
    private static let flaws =
        "lowres, bad anatomy, bad hands, text, error, missing fingers, extra digit, fewer digits, cropped, worst "
        + "quality, low quality, normal quality, jpeg artifacts, signature, watermark, username, blurry."

    static func recognises(_ folder: ModelFolder) -> Bool { ["emu3", "Emu3"].contains(folder.modelType) }

    static func open(_ folder: ModelFolder) throws -> Checkpoint {
        let parts = try Emu3Parts(folder)
        var checkpoint = try parts.checkpoint(family: name, tokenizer: "Emu3-VisionTokenizer")
        let scale = checkpoint.imageTokenizer?.configuration.downsampling ?? 8
        checkpoint.grids = grids(folder, scale: scale)
        checkpoint.sampling = SamplingDefaults(
            temperature: 1, topK: 2048, guidanceScale: folder.settings.guidanceScale ?? 3)
        let ids = parts.ids
        func template(after text: String) -> TextPrompts.Template {
            { words, tokenizer, rows, columns in
                try [ids.begin] + tokenizer.encode(words + text) + ids.size(rows, columns, tokenizer)
            }
        }
        checkpoint.prompts = parts.prompts(
            template: template(after: praise), negative: template(after: ""),
            unconditional: { prefix, tokenizer, rows, columns in
                guard let tokenizer, let start = prefix.lastIndex(of: ids.beginImage) else {
                    throw PromptError("the unconditional prompt: without a tokenizer it must be given as tokens")
                }
                return try [ids.begin] + tokenizer.encode(flaws) + prefix[start...]
            })
        return checkpoint
    }

    /// Grids of the area that the model was trained for, the square first.
    private static func grids(_ folder: ModelFolder, scale: Int) -> [PictureGrid] {
        if let rows = folder.settings.rows, let columns = folder.settings.columns {
            return [PictureGrid(rows: rows, columns: columns, scale: scale)]
        }
        let isFirstStage = folder.name.lowercased().contains("stage1")
        let area = Double(folder.config?["image_area"]?.int ?? (isFirstStage ? 512 * 512 : 720 * 720))
        let ratios = [(1, 1), (4, 3), (3, 4), (3, 2), (2, 3), (16, 9), (9, 16), (2, 1), (1, 2), (21, 9), (9, 21)]
        return ratios.map { width, height in
            let factor = (area / Double(width * height)).squareRoot() / Double(scale)
            return PictureGrid(
                rows: Int((Double(height) * factor).rounded(.toNearestOrEven)),
                columns: Int((Double(width) * factor).rounded(.toNearestOrEven)), scale: scale)
        }.filter { (1...ImageTokenizer.largestGrid).contains(max($0.rows, $0.columns)) && min($0.rows, $0.columns) > 0 }
    }
}

// MARK: - What Emu3 and Emu3.5 have in common

/// The ids that the sequences of Emu3's models are made of.
struct Emu3Tokens: Sendable {
    var begin: Int
    var beginImage: Int
    var image: Int
    var endLine: Int?
    var visual: Range<Int>

    /// The tokens that ask for a grid: the begin of the picture, `rows*columns` in digits, the begin of the tokens.
    func size(_ rows: Int, _ columns: Int, _ tokenizer: any TextTokenizer) throws -> [Int] {
        try [beginImage] + tokenizer.encode("\(rows)*\(columns)") + [image]
    }
}

/// The parts of a folder of Emu3's kind.
struct Emu3Parts {
    let folder: ModelFolder
    let files: [any TensorFile]
    let language: LanguageModelConfiguration
    let ids: Emu3Tokens
    private let tokenizer: (any TextTokenizer)?

    /// Opens the transformer's files and finds out the ids: `weft.json`, the config, the tokenizer, what was published.
    init(_ folder: ModelFolder) throws {
        let config = folder.config ?? .null
        self.folder = folder
        files = try folder.weights(folder.settings.transformer)
        language = try LanguageModelConfiguration.read(folder)
        let tokenizer = try TextTokenizers.open(folder: folder.path)
        self.tokenizer = tokenizer
        let vocabulary = config["vocabulary_map"]?.object ?? [:]
        func id(_ piece: String, _ key: String, _ published: Int) -> Int {
            vocabulary[piece]?.int ?? config[key]?.int ?? tokenizer?.id(of: piece) ?? published
        }
        let settings = folder.settings
        let named = vocabulary.keys.reduce(0) { $0 + ($1.hasPrefix("<|visual token ") ? 1 : 0) }
        let first =
            settings.imageTokenOffset ?? vocabulary["<|visual token 000000|>"]?.int
            ?? tokenizer?.id(of: "<|visual token 000000|>") ?? Emu3.Token.firstVisual
        let rest = max(0, language.vocabularySize - first)
        let published = min(rest, language.vocabularySize > 200_000 ? 131_072 : 32768)
        let count = settings.codebookSize ?? (named > 0 ? named : published)
        ids = Emu3Tokens(
            begin: language.bosToken ?? id("<|extra_203|>", "bos_token_id", Emu3.Token.begin),
            beginImage: id("<|image start|>", "boi_token_id", Emu3.Token.beginImage),
            image: id("<|image token|>", "img_token_id", Emu3.Token.image),
            endLine: settings.rowEndToken ?? id("<|extra_200|>", "eol_token_id", Emu3.Token.endLine),
            visual: first..<first + count)
        guard count > 0, count <= rest else {
            throw folder.configError(
                "\(count) visual tokens from \(first) on do not fit into a vocabulary of \(language.vocabularySize)")
        }
        if let end = ids.endLine, end >= language.vocabularySize {
            throw folder.configError("the row end token \(end) is not in 0..<\(language.vocabularySize)")
        }
    }

    /// The checkpoint but for its prompts, grids and sampling.
    ///
    /// - Parameter neighbour: the name of the folder that the image tokenizer is published in
    func checkpoint(family: String, tokenizer neighbour: String) throws -> Checkpoint {
        var checkpoint = Checkpoint(family: family, name: folder.name, folder: folder.path)
        let source = try ImageTokenizerSource.open(folder.settings.imageTokenizer, in: folder) {
            if files.contains(where: { $0.entries.contains { $0.name.contains("vqmodel.") } }) {
                return try .detect(files)
            }
            return try .neighbour(neighbour, of: folder)
        }
        if let source { checkpoint.take(source) }
        checkpoint.transformer = try language.part(files, visual: ids.visual, ignored: ["vqmodel.", "model.vqmodel."])
        checkpoint.rowEnd = ids.endLine
        checkpoint.maximumPositions = language.usablePositions
        return checkpoint
    }

    /// Prompts of these templates.
    func prompts(
        template: @escaping TextPrompts.Template, negative: @escaping TextPrompts.Template,
        unconditional: @escaping @Sendable ([Int], (any TextTokenizer)?, Int, Int) throws -> [Int]
    ) -> TextPrompts {
        TextPrompts(
            vocabulary: language.vocabularySize, maximumPrefix: language.usablePositions, tokenizer: tokenizer,
            folder: folder.path, template: template, negative: negative, unconditional: unconditional)
    }
}
