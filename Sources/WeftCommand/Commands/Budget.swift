// weft budget: experiments with sizes, token budgets and settings.

import ArgumentParser
import Foundation
import Weft
import WeftPixels

struct Budget: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draws prompts with every combination of settings, and reports what a token buys.",
        discussion: """
            The folder is a job: the same command continues, and --shard shares the work. When all pictures are there, it \
            holds table.md, table.csv, table.jsonl, report.html and sheet.png. Values of axes are written as 1,2,8, \
            first-last, first-last+step or first-last*factor.
            """)

    @Option(help: ArgumentHelp("The prompts: .txt, .jsonl or .csv.", valueName: "file"))
    var prompts: String

    @Option(
        name: .customLong("axis"),
        help: ArgumentHelp(
            "A setting and its values; the first one varies slowest: size, quality, tokens, fill, or a sampling setting.",
            valueName: "key=values"))
    var axes: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("The seeds of every prompt, as in 1-4.", valueName: "values"))
    var seeds = "1"

    @Option(name: .shortAndLong, help: "The folder of the experiment.")
    var output: String

    @OptionGroup var model: DrawingModelOptions
    @OptionGroup var size: SizeOptions
    @OptionGroup var budget: BudgetOptions
    @OptionGroup var sampling: SamplingOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var job: JobFlags

    @Option(
        parsing: .unconditional,
        help: "How many pictures are drawn at a time; seconds are then those of all of them. (default: 1)")
    var batchSize: Int?

    @Flag(help: "Checks whether pictures show what their prompts say, with the project's checker (Python).")
    var faithfulness = false

    @Option(
        help: ArgumentHelp(
            "A checker of your own: gets results.jsonl, prints a line {\"id\", \"faithful\"} for each picture.",
            valueName: "program"))
    var checker: String?

    @Option(
        help: ArgumentHelp(
            "PNG files that the image tokenizer is measured with. (default: the experiment's own pictures)",
            valueName: "folder"))
    var references: String?

    @Option(name: .shortAndLong, help: "How the table is printed.")
    var format = TableFormat.md

    @Option(help: "How progress is shown, on stderr.")
    var progress = ProgressStyle.auto

    mutating func validate() throws {
        output = OutputPath.folder(output)
        if let batchSize, !(1...1024).contains(batchSize) {
            throw ValidationError("--batch-size must be in 1...1024, got \(batchSize)")
        }
        if faithfulness, checker != nil {
            throw ValidationError("--faithfulness and --checker say the same thing: give one of them")
        }
        for axis in axes {
            do { _ = try Axis(parsing: axis, keys: Experiment.keys) } catch let error as WeftError {
                throw ValidationError("--axis: \(error.message)")
            }
        }
        do { _ = try Axis.seeds(parsing: seeds) } catch let error as WeftError {
            throw ValidationError("--seeds: \(error.message)")
        }
    }

    func run() throws {
        let description = try model.description()
        let experiment = try Experiment(
            path: prompts, axes: axes, seeds: seeds, model: description,
            overrides: PromptOverrides(size, budget, sampling))
        let checker = try faithfulness ? FactsChecker() : checker.map { FactsChecker(command: [$0]) }
        let references = try references.map { try PictureFolder.read($0, flag: "--references") }
        let loaded = try Model(description)
        let failed = try draw(experiment, loaded)
        let status = try JobStatus.read(output, verify: false)
        guard status.isFinished else {
            Diagnostics.note("\(status.missing.count) pictures are missing: the report comes with the last of them")
            return
        }
        if status.shards.count > 1 { _ = try JobMerge.run(output) }
        try report(experiment, loaded, checker, references)
        if failed > 0 || !status.failed.isEmpty { throw ExitCode(3) }
    }

    /// Draws what the folder lacks; returns how many pictures failed for good. The folder is free afterwards.
    private func draw(_ experiment: Experiment, _ model: Model) throws -> Int {
        let shard = try job.parsedShard
        let folder = try JobFolder(
            output, description: experiment.description, pictures: experiment.job.pictures, shard: shard,
            retryFailed: !job.keepFailed, verify: job.verify)
        for note in folder.notes { Diagnostics.note(note) }
        var options = JobOptions()
        options.threads = threads.threads
        options.batchSize = batchSize
        let runner = ExperimentRunner(model, experiment, in: folder, options: options)
        try JobProgress(style: progress, folder: folder, plan: experiment.job).run { try runner.run(report: $0) }
        return folder.failedCount
    }

    private func report(
        _ experiment: Experiment, _ model: Model, _ checker: FactsChecker?, _ references: [Picture]?
    ) throws {
        let verdicts = try checker?.check(results: "\(output)/results.jsonl") ?? [:]
        let records = try ExperimentResults(folder: output).records(
            of: experiment, faithfulness: verdicts, model: model, references: references)
        let table = ExperimentTable(try ExperimentSummary(records: records))
        let page = ExperimentReport(
            title: "\(model.name): what a token buys", command: Self.command, model: model.name, records: records)
        try AtomicFile.write([UInt8](try page.html().utf8), to: "\(output)/report.html")
        do {
            let sheet = try ExperimentSheet(experiment.plan, records: records).drawn()
            try PNG.write(sheet, to: "\(output)/sheet.png")
        } catch let error as PictureError {
            Diagnostics.warn("sheet.png is left out: \(error)")
        }
        try format.show(markdown: table.markdown, csv: table.csv, jsonLines: table.jsonLines, in: output)
        Diagnostics.note("\(output)/report.html")
    }

    /// The command as it was typed, without the program's folder.
    private static var command: String {
        let words = ["weft"] + CommandLine.arguments.dropFirst()
        return words.map { word in
            let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_=./,:+*".contains($0) }
            return isPlain && !word.isEmpty ? word : "'\(word.replacingOccurrences(of: "'", with: "'\\''"))'"
        }.joined(separator: " ")
    }
}
