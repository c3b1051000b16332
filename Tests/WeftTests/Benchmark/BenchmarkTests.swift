// The numbers, texts and order of a benchmark.

import Foundation
import Testing
import WeftModel
import WeftTensor

@testable import Weft

@Suite struct BenchmarkTests {
    private let tiny: TinyModel

    init() throws { tiny = try TinyModel() }

    private var options: BenchmarkOptions {
        var options = BenchmarkOptions()
        (options.steps, options.repetitions, options.promptTokens) = (2, 2, 3)
        return options
    }

    @Test func repetitionsAreSummarized() {
        let times = RepetitionTimes([4, 1, 3, 8])
        #expect(times.mean == 4)
        #expect(times.median == 3.5)
        #expect(times.count == 4)
        #expect(abs((times.deviation ?? 0) - (26.0 / 3).squareRoot()) < 1e-12)
        #expect(RepetitionTimes([2]).deviation == nil)
        #expect(RepetitionTimes([3, 9, 1]).median == 3)
    }

    @Test func linesHaveTheSameValuesInEveryFormat() {
        var result = BenchmarkResult(
            shape: "a,b", weights: "bf16", cache: "q8", phase: .decode, rows: 8, context: 256, tokens: 80, steps: 10,
            threads: 2,
            seconds: RepetitionTimes([0.25, 0.75]), parts: 10, weightBytes: 3_000_000, cacheBytes: 1_000_000,
            readBandwidth: 2e7, plannedMemory: 4 << 20, peakMemory: 5 << 20)
        let json = """
            {"shape":"a,b","weights":"bf16","cache":"q8","phase":"decode","rows":8,"pictures":null,"context":256,"tokens":80,\
            "steps":10,"size":null,"guidance_scale":null,"threads":2,"repetitions":2,"tokens_per_second":16.0,\
            "steps_per_second":2.0,"seconds":0.5,"seconds_sd":0.3535533905932738,"seconds_median":0.5,\
            "weight_bytes":3000000,"cache_bytes":1000000,"bytes_per_step":4000000,"read_bandwidth":20000000.0,\
            "bandwidth_share":0.4,"planned_memory":4194304,"peak_rss":5242880}

            """
        #expect(BenchmarkTable.json(result) == json)
        let csv = """
            "a,b",bf16,q8,decode,8,,256,80,10,,,2,2,16.0,2.0,0.5,0.3535533905932738,0.5,3000000,1000000,4000000,\
            20000000.0,0.4,4194304,5242880\r\n
            """
        #expect(BenchmarkTable.csv(result) == csv)
        #expect(
            BenchmarkTable.markdown(result)
                == "| a,b | bf16 | q8 | decode | 8 | 256 | 16.0 | 2.00 | 0.500 ± 0.354 | 0.500 | 0.00400 | 40% | 5 |\n")
        (result.weightBytes, result.peakMemory) = (nil, nil)
        #expect(BenchmarkTable.markdown(result).hasSuffix(" | 0.500 |  |  |  |\n"))
        #expect(BenchmarkTable.csvHeader.split(separator: ",").count == BenchmarkTable.keys.count)
        let columns = BenchmarkTable.markdownHeader.split(separator: "\n").map { $0.split(separator: "|").count }
        #expect(columns[0] == columns[1])
    }

    @Test func phasesComeInTheirOrder() throws {
        var options = options
        options.batches = [2, 1]
        options.contexts = [0, 5]
        options.weights = [.f32, .bf16]
        var notes: [String] = []
        var results: [BenchmarkResult] = []
        let runner = BenchmarkRunner(try BenchmarkSubject(shape: tiny.folder), options, note: { notes.append($0) })
        #expect(try runner.run(bandwidthBytes: 8 << 20) { results.append($0) })
        let decode = [(2, 0), (2, 5), (1, 0), (1, 5)].map { "decode \($0.0) \($0.1)" }
        let once = ["prefill 2 0", "prefill 1 0"] + decode + ["detokenize 2 0", "detokenize 1 0"]
        // Guided pictures have two rows, and a prompt of 3 tokens.
        let expected = once + ["picture 4 3", "picture 2 3"]
        #expect(results.map { "\($0.phase.rawValue) \($0.rows) \($0.context)" } == expected + expected)
        #expect(results.map(\.weights) == Array(repeating: "f32", count: 10) + Array(repeating: "bf16", count: 10))
        #expect(results.allSatisfy { $0.seconds.mean > 0 && $0.seconds.count == 2 && $0.readBandwidth > 0 })
        #expect(notes.count == 1 + 2 * (1 + 10))
        for result in results {
            #expect((result.bytesPerStep != nil) == (result.phase == .decode))
            let tokens = [BenchmarkPhase.prefill: 3, .decode: 2, .detokenize: 16, .picture: 16]
            let count = result.pictures ?? result.rows
            #expect(result.tokens == count * (tokens[result.phase] ?? 0))
            let parts = result.phase == .prefill ? 1 : result.phase == .decode ? 2 : count
            #expect(result.parts == parts)
        }
        // Twice the rows have twice the keys and values; half the type takes half of the weights.
        let bytes = results.filter { $0.phase == .decode }.map { ($0.weightBytes ?? 0, $0.cacheBytes ?? 0) }
        #expect(bytes[0].1 == 2 * bytes[2].1)
        #expect(bytes[1].1 >= bytes[0].1)
        #expect(bytes[0].0 > bytes[4].0)
    }

    @Test func modelsAreMeasuredWithTheirOwnWeightsOrConverted() throws {
        var options = options
        options.phases = [.decode, .picture]
        options.weights = [nil, .f16]
        options.guidanceScale = 1
        options.warmsUp = false
        var results: [BenchmarkResult] = []
        let runner = BenchmarkRunner(try BenchmarkSubject(model: tiny.folder), options)
        #expect(try runner.run(bandwidthBytes: 8 << 20) { results.append($0) })
        #expect(results.map(\.weights) == ["stored", "stored", "f16", "f16"])
        #expect(results.map(\.rows) == [1, 1, 1, 1])
        #expect(results.map(\.cache) == ["f32", "f32", "bf16", "bf16"])
        #expect(results[1].guidanceScale == 1 && results[1].size == "16x16")
    }

    @Test func whatDoesNotFitIsRefusedWithItsSizes() throws {
        let subject = try BenchmarkSubject(shape: tiny.folder)
        let description = try subject.description(
            weights: .f32, parts: [.transformer, .imageTokenizer], pool: ThreadPool(threadCount: 1))
        var options = options
        let size = try description.size()
        let memory = try BenchmarkMemory(description, options, size: size)
        let checkpoint = description.checkpoint
        let stored = [checkpoint.transformer?.byteCount, checkpoint.imageTokenizer?.byteCount]
        #expect(stored.compactMap { $0 }.reduce(0, +) == memory.weights)
        try memory.check("tiny f32", free: memory.total)
        let error = try #require(throws: WeftError.self) { try memory.check("tiny f32", free: memory.total - 1) }
        #expect(error.message.hasPrefix("tiny f32 takes 0.00 GB of memory (weights 0.00 GB, decoder 0.00 GB, "))
        options.phases = [.detokenize]
        let painter = try BenchmarkMemory(description, options, size: size)
        #expect(painter.decoder == 0 && painter.weights < memory.weights && painter.detokenizer > 0)
        options.phases = [.decode]
        options.batches = [1 << 40]
        options.contexts = [1 << 40]
        #expect(try BenchmarkMemory(description, options, size: size).total == .max)
    }

    @Test func stoppedRunsKeepWhatIsDone() throws {
        var stop = false
        var results = 0
        let runner = BenchmarkRunner(
            try BenchmarkSubject(shape: tiny.folder), options, isStopped: { stop })
        let isWhole = try runner.run(bandwidthBytes: 8 << 20) { _ in
            results += 1
            stop = results == 2
        }
        #expect(!isWhole)
        #expect(results == 2)
    }

    @Test func shapesThatAreNoneAreNamed() throws {
        let error = try #require(throws: WeftError.self) { try BenchmarkSubject(shape: "no-such-shape") }
        #expect(
            error.message
                == "shape no-such-shape: is none of \(BenchmarkSubject.shapeNames.joined(separator: ", ")), and "
                + "no folder with a config.json")
    }
}
