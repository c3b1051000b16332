// weft plan: what drawing takes.

import ArgumentParser
import Foundation
import Weft
import WeftSampling

struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the memory that drawing takes, before anything is loaded.")

    @OptionGroup var model: DrawingModelOptions
    @OptionGroup var size: SizeOptions

    @Option(parsing: .unconditional, help: "How many pictures are drawn at a time.")
    var batchSize = 1

    @Option(parsing: .unconditional, help: "Classifier-free guidance; 1 is off and takes half the rows.")
    var guidanceScale: Float?

    @Option(
        parsing: .unconditional,
        help: "How many tokens a pass brings a picture at most: 1 without drafts, 2 to 64 with --decode jacobi.")
    var window: Int?

    @Option(parsing: .unconditional, help: "How many candidates of a picture are drawn: 1 to 64.")
    var bestOf: Int?

    func validate() throws {
        if let window, !(1...JacobiWindow.sizes.upperBound).contains(window) {
            throw ValidationError("--window must be in 1...\(JacobiWindow.sizes.upperBound), got \(window)")
        }
        guard (1...1024).contains(batchSize) else {
            throw ValidationError("--batch-size must be in 1...1024, got \(batchSize)")
        }
        do {
            try SamplingSettings(guidanceScale: guidanceScale ?? 1, bestOf: bestOf ?? 1).validate()
        } catch let error as SamplingError {
            throw ValidationError(error.message)
        }
    }

    func run() throws {
        let description = try model.description()
        let size = try size.pick(from: description)
        let guidance = (guidanceScale ?? description.sampling.guidanceScale) != 1
        let window = window ?? description.sampling.tokensPerPass
        let candidates = bestOf ?? description.sampling.candidates
        let plan = try MemoryPlan(
            description, size: size, batchSize: batchSize, guidance: guidance, window: window, candidates: candidates)
        let pictures = batchSize == 1 ? "1 picture" : "\(batchSize) pictures at a time"
        print(
            "\(description.name): \(pictures) of \(size), \(size.tokenCount) tokens, guidance \(guidance ? "on" : "off")"
                + (window > 1 ? ", window \(window)" : "") + (candidates > 1 ? ", best of \(candidates)" : "")
        )
        for (name, bytes) in [
            ("transformer weights", plan.transformerWeights), ("image tokenizer weights", plan.imageTokenizerWeights),
            ("KV cache", plan.keyValueCache), ("decoder buffers", plan.decoderBuffers),
            ("draft buffers", plan.draftBuffers), ("detokenizer buffers", plan.detokenizerBuffers),
            ("total", plan.total),
        ] where bytes > 0 || name != "draft buffers" {
            let size = String(format: "%9.1f MiB", Double(bytes) / 1_048_576)
            print(name.padding(toLength: 24, withPad: " ", startingAt: 0), size)
        }
    }
}
