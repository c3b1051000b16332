// weft bench: flags, formats, errors, signals.

import Foundation
import Testing
import Weft

@Suite struct BenchTests {
    private let tiny: TinyModel

    init() throws { tiny = try TinyModel() }

    private func bench(_ arguments: [String], whileRunning: (ChildProcess) throws -> Void = { _ in }) throws -> Outcome
    {
        try Program.run(
            ["bench", "--shape", tiny.folder, "-r", "2", "--steps", "2", "--prompt-tokens", "4"] + arguments,
            in: tiny.output, whileRunning: whileRunning)
    }

    @Test func jsonLinesHaveTheirFields() throws {
        let outcome = try bench(["-f", "jsonl", "--batch", "1,3", "--context", "0,5", "--weights", "f32,bf16"])
        #expect(outcome.code == 0)
        let lines = try outcome.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(lines.count == 20)
        let keys: Set = [
            "shape", "weights", "rows", "phase", "context", "tokens_per_second", "steps_per_second", "seconds",
            "seconds_sd", "seconds_median", "bytes_per_step", "read_bandwidth", "bandwidth_share", "peak_rss",
        ]
        for line in lines {
            #expect(keys.isSubset(of: line.keys))
            #expect(line["shape"] as? String == "tiny")
            #expect((line["tokens_per_second"] as? Double ?? 0) > 0)
            let isDecode = line["phase"] as? String == "decode"
            #expect((line["bandwidth_share"] as? Double != nil) == isDecode)
        }
        #expect(outcome.errors.hasPrefix("read bandwidth "))
        #expect(outcome.errors.contains("\ntiny bf16 decode, batch 3, context 5\n"))
    }

    @Test func tablesGoToFiles() throws {
        let outcome = try bench([
            "--phase", "decode", "-o", "tables/bench.csv", "-f", "csv", "--no-warmup", "-t", "1", "--cache", "q8",
        ])
        #expect(outcome.code == 0)
        #expect(outcome.output == "")
        let lines = String(decoding: try tiny.bytes("tables/bench.csv"), as: UTF8.self).components(separatedBy: "\r\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("shape,weights,cache,phase,rows,"))
        #expect(lines[1].hasPrefix("tiny,bf16,q8,decode,1,,0,2,2,,,1,2,"))
    }

    @Test func modelsAreMeasuredToo() throws {
        let outcome = try Program.run(
            ["bench", "-m", tiny.folder, "-r", "1", "--phase", "picture", "--guidance-scale", "1", "--size", "24x16"],
            in: tiny.output)
        #expect(outcome.code == 0)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("| shape | weights | cache | phase | rows |"))
        #expect(lines[2].hasPrefix("| tiny | stored | f32 | picture | 1 | "))
    }

    @Test(arguments: [
        (["--batch", "0"], "--batch must be in 1...1024, got 0"),
        (["--batch", "1,2000"], "--batch must be in 1...1024, got 2000"),
        (["--context", "-1"], "--context must be in 0...65536, got -1"),
        (["--steps", "0"], "--steps must be in 1...65536, got 0"),
        (["--prompt-tokens", "0"], "--prompt-tokens must be in 1...65536, got 0"),
        (["-r", "0"], "--repetitions must be in 1...10000, got 0"),
        (["--guidance-scale", "nan"], "--guidance-scale must be finite, got nan"),
        (["-m", "tiny"], "--shape and --model say the same thing: give one of them"),
    ])
    func wrongFlags(flags: [String], line: String) throws {
        let outcome = try bench(flags)
        #expect(outcome.errors.hasPrefix("Error: \(line)\n"))
        #expect(outcome.code == 64)
        #expect(outcome.output == "")
    }

    @Test(arguments: [
        ("--batch", "1,,2"), ("--weights", "q7"), ("--cache", "q4"), ("--phase", "decode,sleep"), ("--format", "xml"),
    ])
    func wrongValues(flag: String, value: String) throws {
        let outcome = try bench([flag, value])
        #expect(outcome.errors.hasPrefix("Error: The value '\(value)' is invalid for '"))
        #expect(outcome.code == 64)
    }

    @Test func whatDoesNotFitIsRefusedAtOnce() throws {
        let outcome = try Program.run(
            ["bench", "--shape", "janus-pro-1b", "--phase", "decode", "--batch", "1024", "--context", "65536"],
            in: tiny.output)
        #expect(outcome.errors.hasPrefix("Error: janus-pro-1b bf16 takes "))
        #expect(outcome.errors.contains(" GB of memory (weights 2."))
        #expect(outcome.code == 1)
        #expect(outcome.output == "")
    }

    @Test func filesThatCannotBeWrittenAreNamedFirst() throws {
        let outcome = try bench(["-o", "no/such/folder/x.md"])
        #expect(
            outcome.errors
                == "Error: --output no/such/folder/x.md: the folder no/such/folder does not exist and cannot be made\n")
        #expect(outcome.code == 1)
    }

    @Test func aSignalKeepsWhatIsDone() throws {
        let outcome = try bench(["-f", "jsonl", "-r", "100", "--steps", "65536", "--phase", "prefill,decode"]) {
            process in
            // The program writes through the same handle, which therefore stands behind its first line.
            let output = try #require(process.output)
            while try output.offset() == 0 {
                try #require(!process.hasEnded, "the program ended before it was stopped")
                Thread.sleep(forTimeInterval: 0.01)
            }
            kill(process.identifier, SIGINT)
        }
        #expect(outcome.code == 130)
        #expect(outcome.output.split(separator: "\n").count == 1)
        #expect(
            outcome.output.hasPrefix(
                "{\"shape\":\"tiny\",\"weights\":\"bf16\",\"cache\":\"bf16\",\"phase\":\"prefill\""))
        #expect(outcome.errors.hasSuffix("stopped: what was measured is written\n"))
    }
}
