// weft bench: how fast a model runs here.

import ArgumentParser
import Foundation
import Weft
import WeftPixels

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures a model, or a shape with random weights, on this machine.",
        discussion: """
            Phases: prefill reads prompts, decode draws one token a row and step without sampling, detokenize makes \
            pixels, picture is all of it. With --guidance-scale other than 1 a picture has two rows. Seconds are those of \
            one prefill, one step, or one picture. Lines come as they are measured; what is done when a signal comes is \
            kept.
            """)

    @OptionGroup var model: ModelChoice

    @Option(
        help: ArgumentHelp(
            "Random weights in place of a model's: \(BenchmarkSubject.shapeNames.joined(separator: ", ")), or a folder "
                + "with a config.json.", valueName: "name"))
    var shape: String?

    @Option(
        help: ArgumentHelp(
            "Types of the weights: \(WeightType.allCases.map(\.rawValue).joined(separator: ", ")). (default: as stored; "
                + "bf16 for a shape)", valueName: "types"))
    var weights: CommaList<WeightType>?

    @OptionGroup var keys: CacheOptions

    @Option(
        help: ArgumentHelp(
            "What is measured: \(BenchmarkPhase.allCases.map(\.rawValue).joined(separator: ", ")). (default: all)",
            valueName: "phases"))
    var phase: CommaList<BenchmarkPhase>?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Rows of prefill and decode, pictures of the other phases, as in 1,2,8. (default: 1)", valueName: "counts"))
    var batch: CommaList<Int>?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Tokens in the cache when decode begins, as in 0,256. (default: 0)", valueName: "counts"))
    var context: CommaList<Int>?

    @Option(parsing: .unconditional, help: "Tokens of a prompt.")
    var promptTokens = 64

    @Option(parsing: .unconditional, help: "Steps of one repetition of decode.")
    var steps = 16

    @Option(name: .shortAndLong, parsing: .unconditional, help: "How often each is measured, after one warm-up.")
    var repetitions = 5

    @Flag(help: "Leaves the warm-ups out.")
    var noWarmup = false

    @OptionGroup var size: SizeOptions

    @Option(parsing: .unconditional, help: "Classifier-free guidance of pictures; 1 is off. (default: the model's)")
    var guidanceScale: Float?

    @OptionGroup var threads: ThreadOptions

    @Option(name: .shortAndLong, help: "How the table is written.")
    var format = TableFormat.md

    @Option(name: .shortAndLong, help: ArgumentHelp("Where it is written. (default: stdout)", valueName: "file"))
    var output: String?

    func validate() throws {
        if shape != nil, model.model != nil {
            throw ValidationError("--shape and --model say the same thing: give one of them")
        }
        func check(_ flag: String, _ values: [Int], in range: ClosedRange<Int>) throws {
            for value in values where !range.contains(value) {
                throw ValidationError("\(flag) must be in \(range), got \(value)")
            }
        }
        try check("--batch", batch?.values ?? [], in: 1...1024)
        try check("--context", context?.values ?? [], in: 0...65536)
        try check("--prompt-tokens", [promptTokens], in: 1...65536)
        try check("--steps", [steps], in: 1...65536)
        try check("--repetitions", [repetitions], in: 1...10000)
        if let guidanceScale, !guidanceScale.isFinite {
            throw ValidationError("--guidance-scale must be finite, got \(guidanceScale)")
        }
    }

    private func options() throws -> BenchmarkOptions {
        var options = BenchmarkOptions()
        if let phase { options.phases = Set(phase.values) }
        if let weights { options.weights = weights.values }
        options.cache = keys.cache
        if let batch { options.batches = batch.values }
        if let context { options.contexts = context.values }
        options.promptTokens = promptTokens
        options.steps = steps
        options.repetitions = repetitions
        options.warmsUp = !noWarmup
        (options.width, options.height) = try size.pixels()
        options.quality = size.quality
        options.guidanceScale = guidanceScale
        options.threads = threads.threads
        return options
    }

    func run() throws {
        if let output { try OutputPath.check(output, flag: "--output") }
        let subject = try shape.map { try BenchmarkSubject(shape: $0) } ?? BenchmarkSubject(model: model.model)
        let signals = SignalWatch()
        let runner = BenchmarkRunner(
            subject, try options(), note: Diagnostics.note, isStopped: { signals.signal != nil })
        var text = ""
        func write(_ line: String) {
            if output == nil { FileHandle.standardOutput.write(Data(line.utf8)) }
            text += line
        }
        let isWhole = try runner.run { result in
            if text.isEmpty { write(format.benchmarkHeader) }
            write(format.line(of: result))
        }
        if let output {
            try OutputPath.makeFolder(of: output)
            try AtomicFile.write([UInt8](text.utf8), to: output)
        }
        if !isWhole, let signal = signals.signal {
            Diagnostics.note("stopped: what was measured is written")
            throw ExitCode(128 + signal)
        }
    }
}

extension TableFormat {
    /// What stands before the lines of a benchmark.
    fileprivate var benchmarkHeader: String {
        switch self {
        case .md: BenchmarkTable.markdownHeader
        case .csv: BenchmarkTable.csvHeader
        case .jsonl: ""
        }
    }

    fileprivate func line(of result: BenchmarkResult) -> String {
        switch self {
        case .md: BenchmarkTable.markdown(result)
        case .csv: BenchmarkTable.csv(result)
        case .jsonl: BenchmarkTable.json(result)
        }
    }
}

extension BenchmarkPhase: ExpressibleByArgument {}
