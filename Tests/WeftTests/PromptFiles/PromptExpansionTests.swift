// Rows of templates, and the file that they are written to.

import Foundation
import Testing
import Weft
import WeftPixels

@Suite struct PromptExpansionTests {
    private let fixture: PromptFixture

    init() throws { fixture = try PromptFixture() }

    private func expansion(
        _ text: String, _ name: String = "t.jsonl", _ mode: PromptExpansion.Mode = .combinations
    ) throws -> PromptExpansion {
        try PromptExpansion(fixture.file(text, name), mode: mode)
    }

    @Test func everythingButPromptsIsKept() throws {
        let text = """
            {"prompt": "{a|b}", "negative_prompt": "{c|d}", "id": "x", "seed": 3, "size": "8x8", "quality": "low", \
            "count": 2, "tokens": 4, "facts": {"k": 1}, "model": "m", "top_k": 5, "guidance_interval": [1, 2]}
            {"class": 7, "negative_prompt": "{e|f}"}
            {"prompt": "{g|h}", "negative_prompt_tokens": [1]}
            """
        let rest =
            #""quality":"low","seed":3,"size":"8x8","tokens":4,"top_k":5}"#
        let start = #"{"count":2,"facts":{"k":1},"guidance_interval":[1,2],"id":"x-"#
        #expect(
            try expansion(text).rows.map(\.json) == [
                start + #"0","model":"m","negative_prompt":"c","prompt":"a","# + rest,
                start + #"1","model":"m","negative_prompt":"d","prompt":"a","# + rest,
                start + #"2","model":"m","negative_prompt":"c","prompt":"b","# + rest,
                start + #"3","model":"m","negative_prompt":"d","prompt":"b","# + rest,
                #"{"class":7,"id":"row-1-0","negative_prompt":"e"}"#,
                #"{"class":7,"id":"row-1-1","negative_prompt":"f"}"#,
                #"{"id":"row-2-0","negative_prompt_tokens":[1],"prompt":"g"}"#,
                #"{"id":"row-2-1","negative_prompt_tokens":[1],"prompt":"h"}"#,
            ])
    }

    @Test func anEmptyNegativePromptIsNone() throws {
        let rows = try expansion(#"{"prompt": "a", "negative_prompt": "{|b}"}"#).rows
        #expect(rows.map(\.negativePrompt) == [nil, .text("b")])
    }

    @Test func templatesStandInAllKindsOfFiles() throws {
        let expected = [#"{"id":"row-0-0","prompt":"a, x"}"#, #"{"id":"row-0-1","prompt":"b, x"}"#]
        #expect(try expansion("{a|b}, x", "t.txt").rows.map(\.json) == expected)
        #expect(try expansion("prompt\n\"{a|b}, x\"\n", "t.csv").rows.map(\.json) == expected)
        #expect(try expansion(#"{"prompt": "{a|b}, x"}"#).rows.map(\.json) == expected)
    }

    @Test func idsThatMeetAreErrors() throws {
        let text = """
            {"prompt": "{p|q|r}", "id": "a", "count": 2}
            {"prompt": "s", "id": "a-2"}
            """
        #expect(
            fixture.lines { _ = try expansion(text) } == [
                #"t.jsonl:2: the id "a-2-0" is that of picture 0 of "a-2" in line 1 too, which has a count of 2"#
            ])
        let long = String(repeating: "x", count: 198)
        #expect(
            fixture.lines {
                _ = try expansion(
                    #"{"prompt": "{\#((0...10).map(String.init).joined(separator: "|"))}", "id": "\#(long)"}"#)
            } == [
                "t.jsonl:1: row 10 has an id of 201 bytes; the most is 200"
            ])
    }

    // MARK: - The file

    @Test func theFileIsAPromptFileOfTheRows() throws {
        let made = try expansion("{a|\"b\"} __x\n\\{c\\}", "t.txt")
        let path = fixture.folder + "/rows.jsonl"
        try made.write(to: path)
        #expect(
            try String(contentsOfFile: path, encoding: .utf8) == """
                {"id":"row-0-0","prompt":"a __x"}
                {"id":"row-0-1","prompt":"\\"b\\" __x"}
                {"id":"row-1-0","prompt":"{c}"}

                """)
        let read = try PromptFile(path: path)
        #expect(read.rows == made.rows)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: fixture.folder).sorted() == ["rows.jsonl", "t.txt"])
    }

    @Test func aFileThatIsThereIsNotReplaced() throws {
        let path = fixture.folder + "/rows.jsonl"
        try expansion("{a|b}", "t.txt").write(to: path)
        let before = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        try expansion("{a|b}", "t.txt").write(to: path)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date == before)
        for other in ["{a|c}", "{a|b|c}"] {
            let error = #expect(throws: WeftError.self) { try expansion(other, "t.txt").write(to: path) }
            #expect(error?.message == "\(path): is there already with other rows; remove it or give another name")
        }
        #expect(try PromptFile(path: path).rows.map(\.prompt) == [.text("a"), .text("b")])
    }

    @Test func aFileThatCannotBeWrittenIsNamed() throws {
        let made = try expansion("a", "t.txt")
        #expect(
            fixture.lines { try made.write(to: fixture.folder + "/no/rows.jsonl") } == [
                "no/rows.jsonl: cannot be written: No such file or directory"
            ])
        #expect(
            fixture.lines { try made.write(to: fixture.folder) } == [
                "\(fixture.folder): cannot be written: it is a folder"
            ])
    }

    @Test(.timeLimit(.minutes(1))) func manyRowsAreMadeAndReadAgain() throws {
        let digits = String(repeating: "{0|1|2|3|4|5|6|7|8|9}", count: 4)
        let made = try expansion("n \(digits)", "t.txt")
        let path = fixture.folder + "/rows.jsonl"
        try made.write(to: path)
        let read = try PromptFile(path: path)
        #expect(read.rows.count == 10_000 && read.rows == made.rows)
        #expect(read.rows[9_876].json == #"{"id":"row-0-9876","prompt":"n 9876"}"#)
    }
}
