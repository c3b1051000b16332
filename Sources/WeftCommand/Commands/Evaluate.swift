// weft evaluate: the suite drawn at every size, and how much of it is right.

import ArgumentParser
import Foundation
import Weft
import WeftPixels

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draws a suite of prompts at every size, and counts the pictures that show what they should.",
        discussion: """
            The folder holds a job for each size: the same command continues. The suite of the embedded model and its \
            checker are the project's Python programs, which install what they need. At the end the folder has table.md, \
            table.csv and table.jsonl, and each size's verdicts.jsonl says what was wrong with a picture.
            """)

    @Option(name: .shortAndLong, help: "The folder of the evaluation.")
    var output: String

    @Option(help: "Prompts of each category.")
    var count = 40

    @Option(
        help: ArgumentHelp(
            "Prompts of your own with facts; an id up to its last hyphen is the category.", valueName: "file"))
    var suite: String?

    @Option(
        help: ArgumentHelp(
            "A checker of your own: gets results.jsonl, prints a line {\"id\", \"faithful\"} for each picture.",
            valueName: "program"))
    var checker: String?

    @OptionGroup var model: DrawingModelOptions
    @OptionGroup var size: SizeOptions
    @OptionGroup var sampling: SamplingOptions
    @OptionGroup var threads: ThreadOptions

    @Option(parsing: .unconditional, help: "How many pictures are drawn at a time.")
    var batchSize: Int?

    @Option(name: .shortAndLong, help: "How the table is printed.")
    var format = TableFormat.md

    @Option(help: "How progress is shown, on stderr.")
    var progress = ProgressStyle.auto

    mutating func validate() throws {
        output = OutputPath.folder(output)
        if count < 1 { throw ValidationError("--count must be 1 or more, got \(count)") }
        if let batchSize, !(1...1024).contains(batchSize) {
            throw ValidationError("--batch-size must be in 1...1024, got \(batchSize)")
        }
    }

    func run() throws {
        let description = try model.description()
        let sizes = try sizes(of: description)
        let checker = try checker.map { FactsChecker(command: [$0]) } ?? FactsChecker()
        try OutputPath.makeFolder(of: "\(output)/x")
        let prompts = try suite ?? written()
        try EvaluationSuite.writeDiversity(to: "\(output)/diversity.jsonl")
        let loaded = try Model(description)
        var (ids, columns, failed): ([String], [EvaluationTable.Column], Int) = ([], [], 0)
        for size in sizes {
            let folder = "\(output)/\(size)-\(size.quality.rawValue)"
            let drawn = try draw(prompts, size, loaded, to: folder)
            let varied = try draw("\(output)/diversity.jsonl", size, loaded, to: "\(folder)/diversity")
            failed += drawn.failed + varied.failed
            ids = drawn.ids
            let verdicts = try checker.verdicts(results: "\(folder)/results.jsonl")
            let lines = try verdicts.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) + "\n" }
            try AtomicFile.write([UInt8](lines.joined().utf8), to: "\(folder)/verdicts.jsonl")
            let pictures = try PictureFolder.read("\(folder)/diversity", flag: "--output")
            columns.append(.init(size: size, verdicts: verdicts, diversity: PictureDiversity(pictures)))
        }
        let table = EvaluationTable(ids: ids, columns: columns)
        try format.show(markdown: table.markdown, csv: table.csv, jsonLines: table.jsonLines, in: output)
        if failed > 0 { throw ExitCode(3) }
    }

    /// The sizes that the flags ask for, or all.
    private func sizes(of model: ModelDescription) throws -> [PictureSize] {
        _ = try size.pick(from: model)  // the error of an impossible one
        let (width, height) = try size.pixels()
        return model.sizes.filter {
            (width ?? $0.width) == $0.width && (height ?? $0.height) == $0.height
                && (size.quality ?? $0.quality) == $0.quality
        }
    }

    /// The suite in the folder; one that is there stays, so that the same command continues.
    private func written() throws -> String {
        let path = "\(output)/suite-\(count).jsonl"
        if !FileManager.default.fileExists(atPath: path) { try EvaluationSuite.write(to: path, count: count) }
        return path
    }

    /// Draws what a folder lacks; returns the ids of the pictures, and how many failed for good.
    private func draw(
        _ prompts: String, _ size: PictureSize, _ model: Model, to path: String
    ) throws -> (ids: [String], failed: Int) {
        var overrides = PromptOverrides()
        (overrides.width, overrides.height, overrides.quality) = (size.width, size.height, size.quality)
        overrides.sampling = sampling.overrides
        let job = try PromptJob(path: prompts, model: model.description, overrides: overrides)
        let folder = try JobFolder(path, description: job.description, pictures: job.plan.pictures)
        for note in folder.notes { Diagnostics.note(note) }
        var options = JobOptions()
        options.threads = threads.threads
        options.batchSize = batchSize
        let runner = JobRunner(model, job.plan, in: folder, options: options)
        try JobProgress(style: progress, folder: folder, plan: job.plan).run { try runner.run(report: $0) }
        return (job.plan.pictures.map(\.id), folder.failedCount)
    }
}
