// weft budget: every combination once, its table and its report.

import Foundation
import Testing

@Suite struct BudgetCommandTests {
    private let tiny: TinyModel

    init() throws {
        tiny = try TinyModel()
        try Data("{\"id\": \"a\", \"prompt\": \"a red circle\"}\n{\"prompt\": \"two <b>stars</b>\"}\n".utf8)
            .write(to: URL(fileURLWithPath: "\(tiny.output)/p.jsonl"))
    }

    private func weft(_ arguments: [String]) throws -> Outcome {
        try Program.run(arguments, in: tiny.output, environment: ["WEFT_MODELS": tiny.store])
    }

    private func budget(_ more: [String]) throws -> Outcome {
        try weft(["budget", "-m", "tiny", "--prompts", "p.jsonl", "-o", "x", "--progress", "none"] + more)
    }

    @Test func everyCombinationIsDrawnOnce() throws {
        let flags = ["--axis", "size=16,32", "--axis", "temperature=0.5-1.0+0.5", "--seeds", "1-3", "-f", "jsonl"]
        let outcome = try budget(flags)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let rows = try outcome.output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(rows.count == 4)
        #expect(rows.map { $0["size"] as? String } == ["16x16", "16x16", "32x32", "32x32"])
        #expect(rows.map { $0["temperature"] as? String } == ["0.5", "1", "0.5", "1"])
        #expect(rows.allSatisfy { $0["pictures"] as? Int == 6 })
        #expect(rows.map { $0["tokens_drawn"] as? Int } == [16, 16, 64, 64])
        for key in ["seconds", "tokens_per_second"] {
            #expect(rows.allSatisfy { ($0[key] as? Double ?? 0) > 0 }, "\(key): \(rows[0])")
        }
        // Random weights may lose everything, or nothing.
        #expect(rows.allSatisfy { $0["psnr_db"] is Double || $0["psnr_db"] as? String == "inf" }, "\(rows[0])")
        let pictures = try FileManager.default.contentsOfDirectory(atPath: "\(tiny.output)/x")
            .filter { $0.hasSuffix(".png") && $0 != "sheet.png" }
        #expect(pictures.count == 24)
        #expect(pictures.contains("a_size=16x16_temperature=0.5_s1.png"), "\(pictures.sorted().prefix(3))")
        let page = try String(contentsOfFile: "\(tiny.output)/x/report.html", encoding: .utf8)
        #expect(page.components(separatedBy: "<img").count - 1 == 24)
        #expect(page.contains("two &lt;b&gt;stars&lt;/b&gt;") && !page.contains("<b>stars"))
        // The same command again draws nothing and writes the same table.
        let again = try budget(flags)
        #expect(again.output == outcome.output)
        #expect(try budget(["--axis", "size=16", "--seeds", "1-3"]).code == 1, "another experiment")
    }

    @Test func thePictureIsThatOfTheSameRequest() throws {
        let outcome = try budget(["--axis", "top_k=5,9", "--seeds", "7"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let single = try weft(["generate", "a red circle", "-m", "tiny", "-s", "7", "--top-k", "9", "-o", "s.png"])
        #expect(single.code == 0)
        #expect(try tiny.bytes("x/a_top_k=9_s7.png") == tiny.bytes("s.png"))
    }

    @Test func partialGridsAreBudgetsToo() throws {
        let outcome = try budget(
            ["--axis", "tokens=4-16+4", "--axis", "fill=likely,mean", "--size", "16x16", "-f", "csv"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let lines = outcome.output.split(whereSeparator: \.isNewline)
        #expect(lines.count == 9)
        #expect(lines[0].hasPrefix("tokens,fill,pictures"))
        #expect(lines[1].hasPrefix("4,likely,2"))
    }

    @Test func shardsShareTheWorkAndTheLastOneReports() throws {
        let flags = ["--axis", "size=16,24x16", "--seeds", "1,2"]
        let first = try budget(flags + ["--shard", "0/2"])
        #expect(first.code == 0 && first.output == "")
        #expect(first.errors.contains("4 pictures are missing: the report comes with the last of them"))
        let second = try budget(flags + ["--shard", "1/2"])
        #expect(second.code == 0, "\(second.errors)")
        #expect(second.output.contains("| 24x16 |"))
        #expect(FileManager.default.fileExists(atPath: "\(tiny.output)/x/report.html"))
    }

    @Test func aCheckerIsAsked() throws {
        let program = "\(tiny.output)/checker"
        let script = """
            #!/bin/sh
            sed -n 's/^{"id":"\\([^"]*\\)".*/{"id": "\\1", "faithful": true}/p' "$1"
            """
        try Data(script.utf8).write(to: URL(fileURLWithPath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let outcome = try budget(["--seeds", "1-2", "--checker", program, "-f", "jsonl"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("\"faithfulness\":1"), "\(outcome.output)")
        let broken = try budget(["--seeds", "1-2", "--checker", "/bin/false"])
        #expect(broken.code == 1)
        #expect(broken.errors.contains("/bin/false x/results.jsonl: ended with exit code 1"))
    }

    @Test(arguments: [
        (["--axis", "colour=red"], 64, "unknown key"), (["--axis", "temperature=0.7-1.0+0"], 64, "--axis"),
        (["--seeds", "x"], 64, "--seeds"), (["--batch-size", "0"], 64, "--batch-size must be in 1...1024, got 0"),
        (["--axis", "size=65"], 1, "p.jsonl:1: size 65x65: tiny cannot draw it"),
        (["--axis", "tokens=99"], 1, "p.jsonl:1: tokens must be in 1...16"),
        (["--axis", "temperature=-1"], 1, "p.jsonl:1: temperature must be finite"),
        (["--references", "/nowhere"], 1, "/nowhere"),
    ])
    func whatMakesNoSenseIsRefused(flags: [String], code: Int32, text: String) throws {
        let outcome = try budget(flags)
        #expect(outcome.code == code)
        #expect(outcome.errors.contains(text), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: "\(tiny.output)/x"))
    }
}
