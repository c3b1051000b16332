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

    @Option(help: ArgumentHelp("Also writes the visual tokens.", valueName: "file.json"))
    var tokensOut: String?

    @Option(help: "How progress is shown, on stderr.")
    var progress = ProgressStyle.auto

    @Option(help: ArgumentHelp("Writes the growing picture every N rows of tokens.", valueName: "rows=N"))
    var preview: PreviewInterval?

    @Flag(help: "Writes no text chunks into the PNG files.")
    var noMetadata = false

    @Flag(help: "Prints every setting and where its value came from, and stops.")
    var printConfig = false

    func validate() throws {
        if prompt != nil, promptTokens != nil {
            throw ValidationError("a prompt and --prompt-tokens say the same thing: give one of them")
        }
        if prompt == nil, promptTokens == nil, !printConfig {
            throw ValidationError("nothing to draw: give a prompt in quotation marks, or --prompt-tokens")
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
        _ = try OutputTemplate(output, count: pictureCount)
    }

    func run() throws {
        let description = try ModelDescription(folder: ModelStore.path(of: model.model))
        let size = try size.pick(from: description)
        let seed = seed ?? UInt64.random(in: 0...0xFFFF_FFFF)
        if printConfig { return printSettings(description, size, seed) }
        let requests = (0..<pictureCount).map { request(size, description, seed: seed &+ UInt64($0)) }
        let template = try OutputTemplate(output, count: requests.count)
        let paths = requests.enumerated().map { template.path(index: $0, request: $1) }
        try check(paths)
        let loaded = try Model(at: description.folder)
        try draw(requests, with: loaded, to: paths)
    }

    private var pictureCount: Int { count ?? 1 }
    private var pictureBatch: Int { batchSize ?? 16 }

    private func request(_ size: PictureSize, _ model: ModelDescription, seed: UInt64) -> GenerationRequest {
        GenerationRequest(
            prompt: promptTokens.map { .tokens($0.ids) } ?? .text(prompt ?? ""),
            negativePrompt: negativePromptTokens.map { .tokens($0.ids) } ?? negativePrompt.map { .text($0) },
            seed: seed, size: size, sampling: sampling.settings(over: model.sampling))
    }

    /// Checks all files before anything is generated.
    private func check(_ paths: [String]) throws {
        for path in paths { try OutputPath.check(path, flag: "--output") }
        guard let tokensOut else { return }
        try OutputPath.check(tokensOut, flag: "--tokens-out")
        guard !paths.contains(tokensOut) else {
            throw ValidationError("--tokens-out \(tokensOut) is a picture of --output too")
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
        try model.draw(
            requests, threads: threads.threads, batchSize: pictureBatch, rows: preview != nil
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
            }
            return true
        }
        if let signal = signals.signal, reporter.donePictures < requests.count {
            reporter.stopped()
            throw ExitCode(128 + signal)
        }
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
            ("size", size.description, origin(asked, "config.json")),
            (
                "quality", "\(size.quality.rawValue) (\(size.tokenCount) tokens)",
                origin(self.size.quality, "config.json")
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
