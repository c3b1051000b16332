// weft generate of a prompt file: a job in a folder.

import ArgumentParser
import Foundation
import Weft

extension Generate {
    /// Flags that make no sense for a prompt file, and those that it needs.
    func validateJob() throws {
        guard let output else { throw ValidationError("--prompts needs --output, the folder of the job") }
        guard !output.contains("{"), !output.lowercased().hasSuffix(".png") else {
            throw ValidationError("--output \(output): --prompts draws into a folder; pictures are named by their ids")
        }
        let given = [
            ("--count", count != nil), ("--preview", preview != nil), ("--logits-out", logitsOut != nil),
            ("--print-config", printConfig),
        ]
        if let flag = given.first(where: \.1)?.0 { throw ValidationError("\(flag) cannot be used with --prompts") }
    }

    /// What the flags say over the rows.
    private func overrides() throws -> PromptOverrides {
        var overrides = try PromptOverrides(size, budget, sampling)
        overrides.negativePrompt = negative
        return overrides
    }

    func runJob() throws {
        guard let prompts, let output = output.map(OutputPath.folder) else { return }
        let model = try model.description()
        let prompted = try PromptJob(
            path: prompts, model: model, overrides: overrides(), seed: seed ?? 0, metadata: !noMetadata)
        let folder = try JobFolder(
            output, description: prompted.description, pictures: prompted.plan.pictures, shard: job.parsedShard,
            retryFailed: !job.keepFailed, verify: job.verify)
        for note in folder.notes { Diagnostics.note(note) }
        var options = JobOptions()
        options.threads = threads.threads
        options.batchSize = batchSize
        options.metadata = !noMetadata
        options.tokensFolder = tokensOut
        options.traceFolder = trace
        for path in [tokensOut, trace].compactMap({ $0 }) { try OutputPath.makeFolder(of: "\(path)/x") }
        let loaded = try Model(model)
        warnOfUnknownWords(folder.pending.map { prompted.plan.requests[$0.index] }, loaded)
        let runner = JobRunner(loaded, prompted.plan, in: folder, options: options)
        try JobProgress(style: progress, folder: folder, plan: prompted.plan).run { try runner.run(report: $0) }
        if folder.failedCount > 0 { throw ExitCode(3) }
    }
}
