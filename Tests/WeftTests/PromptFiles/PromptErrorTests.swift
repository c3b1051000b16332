// What is wrong with a whole file, and how many errors become one.

import Foundation
import Testing
import Weft

@Suite struct PromptErrorTests {
    private let fixture: PromptFixture

    init() throws { fixture = try PromptFixture() }

    // MARK: - Files

    @Test(arguments: ["a", "a.json", "a.txt.gz", "a.ndjson", "txt", "a.yaml"])
    func otherEndingsAreErrorsThatListTheKnownOnes(name: String) throws {
        #expect(try fixture.problems("x", name) == ["\(name): a prompt file ends with one of .txt, .jsonl, .csv"])
    }

    @Test func filesThatCannotBeRead() throws {
        #expect(fixture.lines { _ = try PromptFile(path: fixture.folder + "/no.txt") } == ["no.txt: no such file"])
        try FileManager.default.createDirectory(atPath: fixture.folder + "/f.txt", withIntermediateDirectories: true)
        #expect(fixture.lines { _ = try PromptFile(path: fixture.folder + "/f.txt") } == ["f.txt: is a folder"])
        try fixture.write([], to: "x")
        #expect(
            fixture.lines { _ = try PromptFile(path: fixture.folder + "/x/a.txt") } == [
                "x/a.txt: cannot be read: Not a directory"
            ])
        #expect(
            fixture.lines { _ = try PromptFile(path: "a\0.txt") } == [
                "a\0.txt: a file name cannot have a zero character"
            ])
    }

    @Test(arguments: ["", "\n\n", "# only\n#comments\n", " \t\n"])
    func filesWithoutPrompts(text: String) throws {
        #expect(try fixture.problems(text, "a.txt") == ["a.txt: holds no prompts"])
    }

    @Test(arguments: ["a.jsonl", "a.csv"]) func emptyFilesOfOtherKinds(name: String) throws {
        #expect(try fixture.problems("", name) == ["\(name): holds no prompts"])
        #expect(try fixture.problems("\n\r\n", name) == ["\(name): holds no prompts"])
    }

    @Test func sixteenBitsACharacterAreNamed() throws {
        let text = Array("a red fox\n".utf8)
        let little: [UInt8] = text.flatMap { [$0, 0] as [UInt8] }
        let big: [UInt8] = text.flatMap { [0, $0] as [UInt8] }
        let four = text.flatMap { [$0, 0, 0, 0] as [UInt8] }
        for bytes in [[0xff, 0xfe] + little, [0xfe, 0xff] + big, little, big, four] {
            for name in ["a.txt", "a.jsonl", "a.csv"] {
                #expect(try fixture.problems(bytes, name) == ["\(name): is UTF-16 or UTF-32; save it as UTF-8"])
            }
        }
    }

    @Test func aFileHasAMostSize() throws {
        let path = try fixture.write([], to: "a.txt")
        // A sparse file takes no room on the disk.
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.truncate(atOffset: UInt64(PromptFile.largestFile) + 1)
        try file.close()
        #expect(
            fixture.lines { _ = try PromptFile(path: path) } == ["a.txt: is larger than 1073741824 bytes; split it"])
    }

    // MARK: - Many errors

    @Test func allRowsThatAreWrongAreInOneError() throws {
        let text = "{\"prompt\": \"\"}\n{\"prompt\": \"a\"}\n{}\n\n[]\n"
        #expect(
            try fixture.problems(text, "a.jsonl") == [
                "a.jsonl:1: \"prompt\" is empty",
                "a.jsonl:3: has no prompt: give one of \"prompt\", \"class\", \"prompt_tokens\"",
                "a.jsonl:5: must be a JSON object, got []",
            ])
    }

    @Test func twentyErrorsAreShown() throws {
        let path = try fixture.write(String(repeating: "[]\n", count: 57).utf8, to: "a.jsonl")
        let error = #expect(throws: PromptFileError.self) { try PromptFile(path: path) }
        #expect(error?.count == 57 && error?.problems.count == 57 && error?.file == path)
        #expect(error?.problems.map(\.line) == (1...57).map { $0 })
        let lines = error.map { "\($0)".split(separator: "\n") } ?? []
        #expect(lines.count == 21 && lines.last == "and 37 more")
        #expect(lines[19] == "\(path):20: must be a JSON object, got []")
        #expect(try fixture.problems(String(repeating: "[]\n", count: 20), "b.jsonl").count == 20)
    }

    // MARK: - What the caller checks

    private struct Refusal: Error, CustomStringConvertible { let description: String }

    @Test func theCallersErrorsHaveFileAndLine() throws {
        let text = "# c\na\nb\nc\n"
        var seen: [Int] = []
        let problems = try fixture.problems(text.utf8, "a.txt") { row in
            seen.append(row.row)
            if row.row != 1 { throw Refusal(description: "not \(row.name)\nat all") }
        }
        #expect(seen == [0, 1, 2])
        #expect(problems == ["a.txt:2: not row-0 at all", "a.txt:4: not row-2 at all"])
    }

    @Test func errorsOfBothKindsAreInTheOrderOfTheLines() throws {
        let text = "{\"prompt\": \"a\"}\n[]\n{\"prompt\": \"b\"}\n"
        let problems = try fixture.problems(text.utf8, "a.jsonl") { _ in throw Refusal(description: "no") }
        #expect(problems == ["a.jsonl:1: no", "a.jsonl:2: must be a JSON object, got []", "a.jsonl:3: no"])
    }
}
