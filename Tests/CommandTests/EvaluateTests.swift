// weft evaluate: every size of a model, a table, and what was wrong.

import Foundation
import Testing

@Suite struct EvaluateTests {
    private let tiny: TinyModel
    private let checker: String

    init() throws {
        tiny = try TinyModel()
        checker = "\(tiny.output)/checker"
        let rows = ["counting-001", "counting-002", "words-001"].map { id in
            "{\"id\": \"\(id)\", \"prompt\": \"\(id) a red circle\", \"facts\": {\"sign\": {\"word\": \"A\"}}}\n"
        }
        try Data(rows.joined().utf8).write(to: URL(fileURLWithPath: "\(tiny.output)/suite.jsonl"))
        // Right are the pictures whose ids end in 1; it fails if the facts do not reach it.
        let script = """
            #!/bin/sh
            grep -q '"facts":{"sign":{"word":"A"}}' "$1" || exit 9
            sed -n -e 's/^{"id":"\\([^"]*1\\)".*/{"id": "\\1", "faithful": true}/p' \\
                -e 's/^{"id":"\\([^"]*2\\)".*/{"id": "\\1", "faithful": false, "reason": "two"}/p' "$1"
            """
        try Data(script.utf8).write(to: URL(fileURLWithPath: checker))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: checker)
    }

    private func evaluate(_ more: [String]) throws -> Outcome {
        try Program.run(
            ["evaluate", "-m", "tiny", "-o", "e", "--suite", "suite.jsonl", "--progress", "none"] + more,
            in: tiny.output, environment: ["WEFT_MODELS": tiny.store])
    }

    @Test func everySizeIsDrawnAndCounted() throws {
        let outcome = try evaluate(["--checker", checker, "-f", "csv"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let lines = outcome.output.components(separatedBy: "\r\n").dropLast()
        #expect(lines.count > 3 && lines.count % 2 == 1)
        let counting = lines.filter { $0.hasPrefix("\"counting\",") }
        let words = lines.filter { $0.hasPrefix("\"words\",") }
        #expect(counting.count == words.count)
        #expect(counting.allSatisfy { $0.contains(",2,1,0.5,") } && words.allSatisfy { $0.contains(",1,1,1.0,") })
        let verdicts = try String(contentsOfFile: "\(tiny.output)/e/16x16-low/verdicts.jsonl", encoding: .utf8)
        #expect(verdicts.contains("\"reason\":\"two\""))
        let table = try String(contentsOfFile: "\(tiny.output)/e/table.md", encoding: .utf8)
        #expect(table.contains("| mean distance of two seeds | 1 |"))
        // The same command draws nothing and prints the same.
        let again = try evaluate(["--checker", checker, "-f", "csv"])
        #expect(again.output == outcome.output)
        #expect(again.errors.contains("3 pictures are there already, 0 to draw"))
    }

    @Test func oneSizeCanBeAskedFor() throws {
        let outcome = try evaluate(["--checker", checker, "--size", "16x16", "-f", "jsonl"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.split(separator: "\n").count == 2)
        #expect(outcome.output.contains("\"size\":\"16x16\""))
    }

    @Test(arguments: [
        (["--count", "0"], 64, "--count must be 1 or more, got 0"),
        (["--batch-size", "0"], 64, "--batch-size must be in 1...1024, got 0"),
        (["--size", "17x16"], 1, "size 17x16: tiny cannot draw it"),
        (["--suite", "nowhere.jsonl", "--checker", "/bin/true"], 1, "nowhere.jsonl"),
        (
            ["--checker", "/bin/false", "--size", "16x16"], 1,
            "/bin/false e/16x16-low/results.jsonl: ended with exit code 1"
        ),
        ([], 1, "scripts/evaluate/evaluate: there is no such program; name one of your own"),
    ])
    func whatMakesNoSenseIsRefused(flags: [String], code: Int32, text: String) throws {
        let outcome = try evaluate(flags)
        #expect(outcome.code == code)
        #expect(outcome.errors.contains(text), "\(outcome.errors)")
    }
}
