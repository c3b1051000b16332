// weft generate of prompt files: pictures, results, restarts, and what is refused.

import Foundation
import Testing
import Weft
import WeftPixels

@Suite struct PromptFileCommandTests {
    private let tiny: TinyModel

    init() throws { tiny = try TinyModel() }

    private func write(_ text: String, to name: String) throws -> String {
        let path = "\(tiny.output)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// The pictures of a folder: their names and bytes.
    private func pictures(_ folder: String) throws -> [String: Data] {
        var pictures: [String: Data] = [:]
        let path = "\(tiny.output)/\(folder)"
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where name.hasSuffix(".png") {
            pictures[name] = try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)"))
        }
        return pictures
    }

    private func results(_ folder: String) throws -> [[String: Any]] {
        try String(contentsOfFile: "\(tiny.output)/\(folder)/results.jsonl", encoding: .utf8)
            .split(separator: "\n").map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
    }

    private static let rows = """
        {"id": "a", "prompt": "a red circle", "seed": 5, "size": "32x32"}
        {"id": "b", "prompt": "two green hearts", "count": 2}
        {"id": "c/d", "prompt": "a blue star", "size": "24x16", "temperature": 0.5, "top_k": 7}
        {"prompt": "a ring", "guidance_scale": 1, "tokens": 9, "facts": {"shape": "ring"}}
        {"custom_id": "x", "method": "POST", "url": "/v1/images/generations", "body": {"prompt": "a cross", "n": 1, "size": "16x16"}}

        """

    @Test func everyRowIsDrawn() throws {
        _ = try write(Self.rows, to: "rows.jsonl")
        let outcome = try tiny.weft("generate", "-m", "tiny", "--prompts", "rows.jsonl", "-o", "job")
        #expect(outcome.code == 0 && outcome.output == "", "\(outcome.errors)")
        let drawn = try pictures("job")
        #expect(Set(drawn.keys) == ["a.png", "b-0.png", "b-1.png", "c%2Fd.png", "row-3.png", "x.png"])
        #expect(try PNG.decode([UInt8](try #require(drawn["c%2Fd.png"]))).0.sides == [24, 16])
        let lines = try results("job")
        #expect(Set(lines.compactMap { $0["id"] as? String }) == ["a", "b-0", "b-1", "c/d", "row-3", "x"])
        let ring = try #require(lines.first { $0["id"] as? String == "row-3" })
        #expect(ring["tokens"] as? Int == 9)
        #expect((ring["facts"] as? [String: String]) == ["shape": "ring"])
        // The picture is the one of the same request without a job.
        let single = try tiny.weft(
            "generate", "a red circle", "-m", "tiny", "-s", "5", "--size", "32x32", "-o", "single.png")
        #expect(single.code == 0)
        #expect(try tiny.bytes("single.png") == drawn["a.png"])
    }

    @Test func neitherBatchNorShardsNorThreadsNorTheKindOfFileMatter() throws {
        _ = try write(Self.rows, to: "rows.jsonl")
        let base = ["generate", "-m", "tiny", "--prompts", "rows.jsonl", "--progress", "none"]
        func run(_ more: [String]) throws {
            let outcome = try Program.run(
                base + more, in: tiny.output, environment: ["WEFT_MODELS": tiny.store])
            #expect(outcome.code == 0 && outcome.errors == "" && outcome.output == "")
        }
        try run(["-o", "one", "--batch-size", "1", "-t", "1"])
        let expected = try pictures("one")
        try run(["-o", "many", "--batch-size", "16", "-t", "2"])
        #expect(try pictures("many") == expected)
        for shard in 0..<3 { try run(["-o", "parts", "--shard", "\(shard)/3"]) }
        #expect(try pictures("parts") == expected)
        let merged = try tiny.weft("jobs", "merge", "parts")
        #expect(merged.code == 0)
        #expect(try results("parts").count == 6)
        let csv = """
            id,prompt,seed,size,count,temperature,top_k,guidance_scale,tokens,facts
            a,a red circle,5,32x32,,,,,,
            b,two green hearts,,,2,,,,,
            c/d,a blue star,,24x16,,0.5,7,,,
            ,a ring,,,,,,1,9,"{""shape"": ""ring""}"
            x,a cross,,16x16,,,,,,

            """
        _ = try write(csv, to: "rows.csv")
        let outcome = try tiny.weft("generate", "-m", "tiny", "--prompts", "rows.csv", "-o", "one")
        #expect(outcome.code == 0, "the same rows are the same job: \(outcome.errors)")
    }

    @Test func unknownWordsOfAllRowsAreNamedOnce() throws {
        _ = try write("a red 狐\na blue 狐 and a 兎\n", to: "p.txt")
        let outcome = try tiny.weft(
            "generate", "-m", "tiny", "--prompts", "p.txt", "-o", "job/", "--progress", "none")
        #expect(outcome.code == 0)
        #expect(outcome.errors == "weft: warning: not in the vocabulary of tiny: 狐, 兎\n")
        #expect(try pictures("job").count == 2)
    }

    @Test func aSecondRunDrawsNothingAndOtherJobsAreRefused() throws {
        _ = try write("a red circle\n# a comment\n\na blue star\n", to: "p.txt")
        #expect(try tiny.weft("generate", "-m", "tiny", "--prompts", "p.txt", "-o", "job").code == 0)
        let before = try pictures("job")
        let again = try tiny.weft("generate", "-m", "tiny", "--prompts", "p.txt", "-o", "job", "--progress", "json")
        #expect(again.code == 0 && again.errors.contains("2 pictures are there already, 0 to draw"))
        for flags in [["--temperature", "2"], ["-s", "4"], ["--size", "32x32"], ["--no-metadata"]] {
            let outcome = try Program.run(
                ["generate", "-m", "tiny", "--prompts", "p.txt", "-o", "job"] + flags, in: tiny.output,
                environment: ["WEFT_MODELS": tiny.store])
            #expect(outcome.code == 1)
            #expect(outcome.errors.contains("holds another job, and nothing was changed"))
        }
        #expect(try pictures("job") == before)
    }

    @Test func badRowsAreNamedAndNothingIsDrawn() throws {
        let bad = """
            {"id": "a", "prompt": "x", "colour": "red"}
            {"id": "b", "prompt": "x", "size": "65x3"}
            {"id": "z", "prompt": "x"}
            {"id": "z", "prompt": "x"}
            {"id": "e", "prompt": "x", "seed": 18446744073709551616}
            {"id": "f", "prompt": "x", "negative_prompt": "y", "guidance_scale": 1}
            {"id": "g", "prompt": "x", "tokens": 999}

            """
        _ = try write(bad, to: "bad.jsonl")
        let outcome = try tiny.weft("generate", "-m", "tiny", "--prompts", "bad.jsonl", "-o", "job")
        #expect(outcome.code == 1 && outcome.output == "")
        for line in [1, 2, 4, 5, 6, 7] { #expect(outcome.errors.contains("bad.jsonl:\(line): "), "\(outcome.errors)") }
        #expect(!FileManager.default.fileExists(atPath: "\(tiny.output)/job"))
    }

    @Test(arguments: [
        (["--prompts", "p.txt"], "--prompts needs --output, the folder of the job"),
        (["--prompts", "p.txt", "a fox"], "a prompt and --prompts say the same thing: give one of them"),
        (
            ["--prompts", "p.txt", "-o", "a.png"],
            "--output a.png: --prompts draws into a folder; pictures are named by their ids"
        ),
        (["--prompts", "p.txt", "-o", "x", "--count", "3"], "--count cannot be used with --prompts"),
        (["--prompts", "p.txt", "-o", "x", "--shard", "4/4"], "--shard: shard 4/4: I of I/N must be in 0...3"),
        (["a fox", "--shard", "0/4"], "--shard needs --prompts"),
        (["a fox", "--tokens", "0"], "--tokens must be at least 1, got 0"),
    ])
    func flagsThatMakeNoSense(flags: [String], line: String) throws {
        let outcome = try Program.run(["generate"] + flags)
        #expect(outcome.code == 64)
        #expect(outcome.errors.split(separator: "\n").first.map(String.init) == "Error: \(line)")
    }

    @Test func tokensAndTracesOfAJobAreAFileEach() throws {
        _ = try write("a red circle\na blue star\n", to: "p.txt")
        let outcome = try tiny.weft(
            "generate", "-m", "tiny", "--prompts", "p.txt", "-o", "job", "--tokens-out", "tokens", "--trace", "traces")
        #expect(outcome.code == 0)
        for name in ["row-0", "row-1"] {
            #expect(try tiny.bytes("tokens/\(name).json").count > 50)
            let trace = String(decoding: try tiny.bytes("traces/\(name).jsonl"), as: UTF8.self)
            #expect(trace.contains("\"file\":\"\(name).png\"") && trace.contains("model_entropy"))
            let heat = try tiny.weft(
                "inspect", "job/\(name).png", "--heatmap", "rank", "--trace", "traces/\(name).jsonl", "-o", "heat.png")
            #expect(heat.code == 0 && heat.output.hasPrefix("rank: least "))
        }
    }

    @Test func rowsThatFailForGoodAreWrittenDownAndTriedAgain() throws {
        // A logit that is not a number: no token can be chosen, and no default one is.
        let path = "\(tiny.folder)/transformer.safetensors"
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        var broken = whole
        let header = 8 + whole.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let text = String(decoding: whole[8..<header], as: UTF8.self)
        let entry = try #require(
            text.range(of: #""norm\.weight":\{[^}]*"data_offsets":\[\d+"#, options: .regularExpression))
        let start = try #require(Int(text[entry].split(separator: "[").last ?? ""))
        broken.replaceSubrange(header + start..<header + start + 4, with: [0, 0, 0xC0, 0x7F])
        try broken.write(to: URL(fileURLWithPath: path))
        _ = try write("a red circle\na blue star\n", to: "p.txt")
        let outcome = try tiny.weft("generate", "-m", "tiny", "--prompts", "p.txt", "-o", "job", "--progress", "plain")
        #expect(outcome.code == 3)
        #expect(outcome.errors.contains("row-0  failed: ") && outcome.errors.contains("NaN"), "\(outcome.errors)")
        let lines = try results("job")
        #expect(lines.count == 2 && lines.allSatisfy { ($0["error"] as? String)?.contains("NaN") == true })
        #expect(try pictures("job").isEmpty)
        #expect(try tiny.weft("jobs", "status", "job").code == 3)
        let kept = try tiny.weft("generate", "-m", "tiny", "--prompts", "p.txt", "-o", "job", "--keep-failed")
        #expect(kept.code == 3 && !kept.errors.contains("row-0  failed"))
        // The model's files are part of the job: mended weights are another job.
        try whole.write(to: URL(fileURLWithPath: path))
        #expect(try tiny.weft("generate", "-m", "tiny", "--prompts", "p.txt", "-o", "job").code == 1)
    }

    @Test func aSignalKeepsWhatIsFinished() throws {
        let rows = (0..<400).map { "{\"id\": \"p\($0)\", \"prompt\": \"a red circle\", \"size\": \"32x32\"}\n" }
        _ = try write(rows.joined(), to: "many.jsonl")
        let folder = "\(tiny.output)/job"
        let first = try tiny.weft(
            "generate", "-m", "tiny", "--prompts", "many.jsonl", "-o", "job", "--batch-size", "2"
        ) { process in
            let end = Date().addingTimeInterval(60)
            while Date() < end {
                if let lines = try? String(contentsOfFile: "\(folder)/results.jsonl", encoding: .utf8),
                    lines.contains("\n")
                {
                    break
                }
                Thread.sleep(forTimeInterval: 0.002)
            }
            kill(process.identifier, SIGINT)
        }
        #expect(first.code == 130)
        let done = try results("job").count
        #expect((1..<400).contains(done))
        #expect(try pictures("job").count == done)
        #expect(try tiny.weft("jobs", "status", "job").code == 1)
        let second = try tiny.weft("generate", "-m", "tiny", "--prompts", "many.jsonl", "-o", "job")
        #expect(second.code == 0 && second.errors.contains("\(done) pictures are there already"))
        #expect(try results("job").count == 400)
        #expect(try tiny.weft("jobs", "status", "job").code == 0)
    }
}
