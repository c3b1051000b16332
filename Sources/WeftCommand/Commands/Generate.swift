// weft generate: prompts to pictures.

import ArgumentParser
import Foundation
import Weft
import WeftPixels
import WeftSampling

struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Draws pictures of a prompt.")

    @Argument(help: "What to draw. Text in double quotation marks is spelled letter by letter.")
    var prompt: String?

    @OptionGroup var model: ModelOptions
    @OptionGroup var size: SizeOptions
    @OptionGroup var sampling: SamplingOptions
    @OptionGroup var threads: ThreadOptions

    @Option(
        name: .shortAndLong,
        help: "A picture (.png); with several, a folder or a template with {id} {index} {seed} {size}.")
    var output: String?

    @Option(name: .shortAndLong, parsing: .unconditional, help: "The picture's seed. (default: random, and printed)")
    var seed: UInt64?

    @Option(parsing: .unconditional, help: "How many pictures; picture i has the seed plus i. (default: 1)")
    var count: Int?

    @Option(
        parsing: .unconditional,
        help: "How many pictures are drawn at a time; the pictures do not depend on it. (default: 16)")
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

    @Option(help: ArgumentHelp("Also writes the visual tokens.", valueName: "file.json"))
    var tokensOut: String?

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

    func validate() throws {
        let given = [
            prompt.map { _ in "a prompt" }, promptTokens.map { _ in "--prompt-tokens" }, label.map { _ in "--class" },
            promptFeatures.map { _ in "--prompt-features" },
        ].compactMap { $0 }
        if given.count > 1 {
            throw ValidationError("\(given[0]) and \(given[1]) say the same thing: give one of them")
        }
        if given.isEmpty, !printConfig {
            throw ValidationError(
                "nothing to draw: give a prompt in quotation marks, --prompt-tokens, --class or --prompt-features")
        }
        if let prompt, prompt.allSatisfy(\.isWhitespace) { throw ValidationError("the prompt is empty") }
        if negativePrompt != nil, negativePromptTokens != nil {
            throw ValidationError("--negative-prompt and --negative-prompt-tokens say the same thing: give one of them")
        }
        guard (1...1_000_000).contains(pictureCount) else {
            throw ValidationError("--count must be in 1...1000000, got \(pictureCount)")
        }
        guard (1...1024).contains(pictureBatch) else {
            throw ValidationError("--batch-size must be in 1...1024, got \(pictureBatch)")
        }
        if logitsOut != nil, pictureCount != 1 {
            throw ValidationError("--logits-out holds a single picture, but --count is \(pictureCount)")
        }
        _ = try OutputTemplate(output, count: pictureCount)
    }

    func run() throws {
        let description = try ModelDescription(folder: ModelStore.path(of: model.model))
        let size = try size.pick(from: description)
        let seed = seed ?? UInt64.random(in: 0...0xFFFF_FFFF)
        if printConfig { return printSettings(description, size, seed) }
        let asked = try content()
        let requests = (0..<pictureCount).map { request(asked, size, description, seed: seed &+ UInt64($0)) }
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

    /// What is to be drawn, from whichever flag says it.
    private func content() throws -> GenerationRequest.Prompt {
        if let promptTokens { return .tokens(promptTokens.ids) }
        if let label { return .label(label) }
        if let promptFeatures { return .features(try FeatureFile.read(promptFeatures)) }
        return .text(prompt ?? "")
    }

    private var pictureCount: Int { count ?? 1 }
    private var pictureBatch: Int { batchSize ?? 16 }

    private func request(
        _ prompt: GenerationRequest.Prompt, _ size: PictureSize, _ model: ModelDescription, seed: UInt64
    ) -> GenerationRequest {
        GenerationRequest(
            prompt: prompt,
            negativePrompt: negativePromptTokens.map { .tokens($0.ids) } ?? negativePrompt.map { .text($0) },
            seed: seed, size: size, sampling: sampling.settings(over: model.sampling))
    }

    /// Checks all files before anything is generated.
    private func check(_ paths: [String]) throws {
        for path in paths { try OutputPath.check(path, flag: "--output") }
        var taken = paths
        for (flag, path) in [("--tokens-out", tokensOut), ("--logits-out", logitsOut)] {
            guard let path else { continue }
            try OutputPath.check(path, flag: flag)
            guard !taken.contains(path) else {
                throw ValidationError("\(flag) \(path) is written by another flag too")
            }
            taken.append(path)
        }
    }

    private func draw(_ requests: [GenerationRequest], with model: Model, to paths: [String]) throws {
        var reporter = ProgressReporter(
            style: progress, pictures: requests.count, totalTokens: requests.reduce(0) { $0 + $1.size.tokenCount })
        var preview = preview.map { PreviewWriter($0, model: model, threads: threads.threads) }
        defer { preview?.removeUnfinished() }
        var grids: [TokenGrid] = []
        var before: Int?
        let signals = SignalWatch()
        let logits = try logitsOut.map { try LogitsFile($0) }
        try model.draw(
            requests, threads: threads.threads, batchSize: pictureBatch, rows: preview != nil && !paths.isEmpty,
            paints: !paths.isEmpty, logits: logits.map { file in { try file.append($2) } }
        ) { event in
            if signals.signal != nil { return false }
            switch event {
            case .prefilled:
                if before == nil { warnOfUnknownWords(model) }
                before = reporter.doneTokens
            case .step(let tokens, _): reporter.tokens((before ?? 0) + tokens)
            case .row(let partial): try preview?.write(partial, to: paths[partial.index])
            case .picture(let drawn):
                let path = paths[drawn.index]
                let text = noMetadata ? [] : try drawn.request.metadata(model: model.name)
                try OutputPath.makeFolder(of: path)
                try PNG.write(drawn.picture, text: text, to: path)
                preview?.finish(path)
                if tokensOut != nil { grids.append(drawn.tokens) }
                reporter.picture(path: path, seed: drawn.request.seed)
            case .tokens(let made):
                grids.append(made.tokens)
                reporter.picture(path: tokensOut ?? "", seed: made.request.seed)
            }
            return true
        }
        if let signal = signals.signal, reporter.donePictures < requests.count {
            reporter.stopped()
            throw ExitCode(128 + signal)
        }
        try logits?.finish()
        if let tokensOut {
            try OutputPath.makeFolder(of: tokensOut)
            try TokenGrid.write(grids, to: tokensOut)
        }
        reporter.finish()
    }

    private func warnOfUnknownWords(_ model: Model) {
        let words = prompt.map { model.unknownWords(in: $0) } ?? []
        guard !words.isEmpty else { return }
        Diagnostics.warn("not in the vocabulary of \(model.name): \(words.joined(separator: ", "))")
    }

    private func printSettings(_ model: ModelDescription, _ size: PictureSize, _ seed: UInt64) {
        func origin(_ flag: Any?, _ other: String) -> String { flag == nil ? other : "flag" }
        let asked: Any? = self.size.size ?? self.size.width ?? self.size.height
        let negative = negativePrompt ?? negativePromptTokens?.ids.map(String.init).joined(separator: ",")
        let cores = ProcessInfo.processInfo.activeProcessorCount
        var rows = [
            ("model", model.folder, origin(self.model.model, "library")),
            ("family", model.family, "model"),
            ("size", size.description, origin(asked, "model")),
            (
                "quality", "\(size.quality.rawValue) (\(size.tokenCount) tokens)",
                origin(self.size.quality, "model")
            ),
            ("seed", "\(seed)", origin(self.seed, "random")),
            ("count", "\(pictureCount)", origin(count, "default")),
        ]
        rows += sampling.origins(model).map { ($0.name, $0.value, $0.origin) }
        rows.append(("negative_prompt", negative ?? "", origin(negative, "default")))
        rows.append(("batch_size", "\(pictureBatch)", origin(batchSize, "default")))
        rows.append(("threads", "\(threads.threads ?? cores)", origin(threads.threads, "cores")))
        for (name, value, origin) in rows {
            print(name.padding(toLength: 16, withPad: " ", startingAt: 0), value, "(\(origin))")
        }
    }
}
