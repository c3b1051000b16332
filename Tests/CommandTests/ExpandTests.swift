// weft expand.

import Foundation
import Testing

@Suite final class ExpandTests {
    private let folder = NSTemporaryDirectory() + "weft-expand-\(UUID().uuidString)"

    init() throws {
        try FileManager.default.createDirectory(
            atPath: folder + "/wildcards", withIntermediateDirectories: true)
        try Data("a {red|blue} __animal__\n".utf8).write(to: url("t.txt"))
        try Data("fox\nowl\n".utf8).write(to: url("wildcards/animal.txt"))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func url(_ name: String) -> URL { URL(fileURLWithPath: "\(folder)/\(name)") }

    private func text(_ name: String) throws -> String { try String(contentsOf: url(name), encoding: .utf8) }

    private func expand(_ arguments: String...) throws -> Outcome {
        try Program.run(["expand"] + arguments, in: folder)
    }

    @Test func allCombinationsAreWritten() throws {
        let outcome = try expand("t.txt", "-o", "rows.jsonl")
        #expect(outcome.output == "" && outcome.errors == "rows.jsonl: 4 rows of 1 template\n" && outcome.code == 0)
        #expect(
            try text("rows.jsonl") == """
                {"id":"row-0-0","prompt":"a red fox"}
                {"id":"row-0-1","prompt":"a red owl"}
                {"id":"row-0-2","prompt":"a blue fox"}
                {"id":"row-0-3","prompt":"a blue owl"}

                """)
    }

    @Test func theSameCommandAgainIsFineAnotherIsNot() throws {
        #expect(try expand("t.txt", "-o", "new/rows.jsonl").code == 0)
        #expect(try expand("t.txt", "-o", "new/rows.jsonl").errors == "new/rows.jsonl: 4 rows of 1 template\n")
        let before = try text("new/rows.jsonl")
        let other = try expand("t.txt", "-o", "new/rows.jsonl", "--random", "4")
        #expect(other.code == 1 && other.output == "")
        #expect(
            other.errors == "Error: new/rows.jsonl: is there already with other rows; remove it or give another name\n")
        #expect(try text("new/rows.jsonl") == before)
    }

    @Test func drawsAreRepeatable() throws {
        try Data("{\"prompt\": \"{a|b|c|d|e|f} {a|b|c|d|e|f}\", \"seed\": 1}\n{\"prompt\": \"x\"}\n".utf8)
            .write(to: url("t.jsonl"))
        #expect(try expand("t.jsonl", "-o", "a.jsonl", "--random", "5").errors == "a.jsonl: 10 rows of 2 templates\n")
        #expect(try expand("t.jsonl", "-o", "b.jsonl", "--random", "5", "--seed", "0").code == 0)
        #expect(try expand("t.jsonl", "-o", "c.jsonl", "--random", "5", "-s", "1").code == 0)
        #expect(try text("a.jsonl") == text("b.jsonl"))
        #expect(try text("a.jsonl") != text("c.jsonl"))
    }

    @Test func wildcardsMayLieElsewhere() throws {
        try FileManager.default.moveItem(at: url("wildcards"), to: url("words"))
        #expect(try expand("t.txt", "-o", "rows.jsonl", "--wildcards", "words").code == 0)
        let outcome = try expand("t.txt", "-o", "other.jsonl")
        #expect(outcome.code == 1)
        #expect(outcome.errors == "Error: t.txt:1: \"prompt\": __animal__: wildcards/animal.txt: no such file\n")
    }

    @Test(arguments: [
        (["no.txt", "-o", "rows.jsonl"], "no.txt: no such file"),
        (["t.md", "-o", "rows.jsonl"], "t.md: a prompt file ends with one of .txt, .jsonl, .csv"),
        (
            ["t.txt", "-o", "no/such/rows.jsonl"],
            "--output no/such/rows.jsonl: the folder no/such does not exist and cannot be made"
        ),
    ])
    func filesThatCannotBeUsed(arguments: [String], expected: String) throws {
        let outcome = try Program.run(["expand"] + arguments, in: folder)
        #expect(outcome.errors == "Error: \(expected)\n")
        #expect(outcome.code == 1 && outcome.output == "")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["t.txt", "wildcards"])
    }

    @Test(arguments: [
        (["-o", "rows.txt"], "--output rows.txt: rows are JSON lines, end the name with .jsonl"),
        (["-o", "rows.jsonl", "--seed", "1"], "--seed is the key of --random: give that too"),
        (["-o", "rows.jsonl", "--random", "0"], "--random must be in 1...1000000, got 0"),
        (["-o", "rows.jsonl", "--random", "-5"], "--random must be in 1...1000000, got -5"),
        (["-o", "rows.jsonl", "--random", "1000001"], "--random must be in 1...1000000, got 1000001"),
    ])
    func wrongUsage(arguments: [String], expected: String) throws {
        let outcome = try Program.run(["expand", "t.txt"] + arguments, in: folder)
        #expect(outcome.errors.hasPrefix("Error: \(expected)\n"))
        #expect(outcome.code == 64 && outcome.output == "")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["t.txt", "wildcards"])
    }
}
