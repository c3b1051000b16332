// weft compare: what other types of weights, keys and values change.

import ArgumentParser
import Weft

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures what other types of weights, keys and values change in a model's logits and tokens.",
        discussion: """
            Against float32 numbers: the error of logits that follow the same tokens, how often the greatest logit is the \
            same, and how many tokens of a picture that is drawn greedily are.
            """)

    @Option(help: ArgumentHelp("A prompt file (.txt, .jsonl, .csv).", valueName: "file"))
    var prompts: String

    @Option(name: .shortAndLong, help: "The model, as for generate. (default: weft-mini)")
    var model: String?

    @Option(parsing: .unconditional, help: "How many prompts are drawn: the first ones.")
    var count = 8

    @OptionGroup var size: SizeOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        if count < 1 { throw ValidationError("--count must be 1 or more, got \(count)") }
    }

    func run() throws {
        let description = try ModelDescription(folder: ModelStore.path(of: model))
        let size = try size.pick(from: description)
        let job = try PromptJob(path: prompts, model: description)
        let requests = job.plan.requests.prefix(count).map { request in
            var sized = request
            sized.size = size
            return sized
        }
        let comparison = try WeightComparison(
            of: description, types: [.f32, .bf16, .f16, .q8, .q4], caches: [.bf16, .q8], requests: requests,
            threads: threads.threads)
        print("\(description.name): \(comparison.pictures) pictures of \(size), \(comparison.tokens) tokens")
        print(comparison.markdown, terminator: "")
    }
}
