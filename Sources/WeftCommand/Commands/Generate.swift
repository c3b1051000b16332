// weft generate: prompts to pictures.

import ArgumentParser
import Foundation
import Weft
import WeftPixels
import WeftSampling

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Draws pictures of a prompt, or of a file of prompts.")

    @Argument(help: "What to draw. Text in double quotation marks is spelled letter by letter.")
    var prompt: String?

    @Option(
        help: ArgumentHelp(
            "A prompt file (.txt, .jsonl, .csv) that is drawn into the folder --output; the same command continues.",
            valueName: "file"))
    var prompts: String?

    @Option(help: ArgumentHelp("Repeats a picture that weft drew; other flags change it.", valueName: "file.png"))
    var fromImage: String?

    @OptionGroup var model: DrawingModelOptions
    @OptionGroup var size: SizeOptions
    @OptionGroup var budget: BudgetOptions
    @OptionGroup var sampling: SamplingOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var job: JobFlags

    @Option(
        name: .shortAndLong,
        help: "A picture (.png); with several, a folder or a template with {id} {index} {seed} {size}.")
    var output: String?

    @Option(
        name: .shortAndLong, parsing: .unconditional,
        help:
            "The picture's seed. (default: random, and printed; with --prompts 0, from which seeds of rows are derived)"
    )
    var seed: UInt64?

    @Option(parsing: .unconditional, help: "How many pictures; picture i has the seed plus i. (default: 1)")
    var count: Int?

    @Option(
        parsing: .unconditional,
        help: "How many pictures are drawn at a time; the pictures do not depend on it. (default: as memory allows)")
    var batchSize: Int?

    @Option(help: "What to steer away from.")
    var negativePrompt: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Raw ids of the text vocabulary instead of a prompt.", valueName: "ids"))
    var promptTokens: TokenList?

    @Option(parsing: .unconditional, help: ArgumentHelp("Raw ids instead of a negative prompt.", valueName: "ids"))
    var negativePromptTokens: TokenList?

    @Option(
        name: .customLong("class"), parsing: .unconditional,
        help: "The number of a class instead of a prompt, for class-conditional models.")
    var label: Int?

    @Option(
        help: ArgumentHelp(
            "Features of a caption instead of a prompt: little-endian float32, n x caption width, valid rows only.",
            valueName: "file"))
    var promptFeatures: String?

    @Option(
        help: ArgumentHelp(
            "Also writes the visual tokens; with --prompts, a file for each picture into a folder.",
            valueName: "file.json"))
    var tokensOut: String?

    @Option(
        help: ArgumentHelp(
            "Also writes each token's probability, entropy and rank; with --prompts, a file for each picture into a folder.",
            valueName: "file.jsonl"))
    var trace: String?

    @Option(
        help: ArgumentHelp(
            "Also writes the logits before guidance of a single picture: float32 [step, row, code].",
            valueName: "file"))
    var logitsOut: String?

    @Option(help: "How progress is shown, on stderr.")
    var progress = ProgressStyle.auto

    @Option(help: ArgumentHelp("Writes the growing picture every N rows of tokens.", valueName: "rows=N"))
    var preview: PreviewInterval?

    @Flag(help: "Writes no text chunks into the PNG files.")
    var noMetadata = false

    @Flag(help: "Prints every setting and where its value came from, and stops.")
    var printConfig = false

    var pictureCount: Int { count ?? 1 }

    func validate() throws {
        let given = [
            prompt.map { _ in "a prompt" }, prompts.map { _ in "--prompts" }, fromImage.map { _ in "--from-image" },
            promptTokens.map { _ in "--prompt-tokens" }, label.map { _ in "--class" },
            promptFeatures.map { _ in "--prompt-features" },
        ].compactMap { $0 }
        if given.count > 1 {
            throw ValidationError("\(given[0]) and \(given[1]) say the same thing: give one of them")
        }
        if given.isEmpty, !printConfig {
            throw ValidationError(
                "nothing to draw: give a prompt in quotation marks, --prompts, --from-image, --prompt-tokens, --class or "
                    + "--prompt-features")
        }
        if let prompt, prompt.allSatisfy(\.isWhitespace) { throw ValidationError("the prompt is empty") }
        if negativePrompt != nil, negativePromptTokens != nil {
            throw ValidationError("--negative-prompt and --negative-prompt-tokens say the same thing: give one of them")
        }
        guard (1...1_000_000).contains(pictureCount) else {
            throw ValidationError("--count must be in 1...1000000, got \(pictureCount)")
        }
        if let batchSize, !(1...1024).contains(batchSize) {
            throw ValidationError("--batch-size must be in 1...1024, got \(batchSize)")
        }
        if logitsOut != nil, pictureCount != 1 {
            throw ValidationError("--logits-out holds a single picture, but --count is \(pictureCount)")
        }
        if prompts != nil { return try validateJob() }
        if let flag = job.given { throw ValidationError("\(flag) needs --prompts") }
        _ = try OutputTemplate(output, count: pictureCount)
    }

    func run() throws {
        if prompts != nil { return try runJob() }
        let record = try fromImage.map { try PictureRecord(path: $0) }
        let description = try model.description(repeating: record)
        let requests = try requests(description, record)
        if printConfig { return printSettings(description, requests[0], isRepeated: record != nil) }
        if let window = sampling.window, requests[0].sampling.decode == .sequential {
            throw ValidationError("--window \(window) is a window of drafts: it needs --decode jacobi")
        }
        if let logitsOut, requests[0].sampling.decode != .sequential {
            throw ValidationError(
                "--logits-out \(logitsOut) holds the logits of one token a pass: it needs --decode sequential")
        }
        if let logitsOut, requests[0].sampling.candidates > 1 {
            throw ValidationError(
                "--logits-out \(logitsOut) holds a single picture, but \(requests[0].sampling.bestOf) candidates of it are "
                    + "drawn: it needs --best-of 1")
        }
        guard description.canDecode || output == nil else {
            throw WeftError(
                .invalidModel,
                "--output \(output ?? ""): \(description.name) has no image tokenizer; name one as \"image_tokenizer\" in a "
                    + "weft.json, or leave out --output and give --tokens-out")
        }
        guard description.canDecode || tokensOut != nil else {
            throw ValidationError("\(description.name) has no image tokenizer: give --tokens-out for its tokens")
        }
        let template = try OutputTemplate(output, count: requests.count)
        let paths = description.canDecode ? requests.enumerated().map { template.path(index: $0, request: $1) } : []
        try check(paths)
        try draw(requests, with: Model(description), to: paths)
    }
}
