// What pictures are called, and their seeds.

import Foundation
import Testing
import Weft
import WeftSampling

@Suite struct PromptIdTests {
    private let fixture: PromptFixture

    init() throws { fixture = try PromptFixture() }

    private func pictures(_ text: String, jobSeed: UInt64 = 0) throws -> [PromptPicture] {
        try fixture.file(text, "a.jsonl").rows.flatMap { $0.pictures(jobSeed: jobSeed) }
    }

    // MARK: - Ids

    @Test func idsAreGivenOrMadeOfThePlace() throws {
        let text = """
            {"prompt": "a"}
            {"prompt": "a", "id": "fox"}
            {"prompt": "a", "count": 2}
            {"prompt": "a", "id": "b/c", "count": 3}
            """
        let pictures = try pictures(text)
        #expect(pictures.map(\.id) == ["row-0", "fox", "row-2-0", "row-2-1", "b/c-0", "b/c-1", "b/c-2"])
        #expect(pictures.map(\.number) == [0, 0, 0, 1, 0, 1, 2])
    }

    @Test(
        arguments: [
            (["x", "y", "x"], [1, 1, 1], #"a.jsonl:3: the id "x" is that of line 1 too"#),
            (["x", "x"], [1, 5], #"a.jsonl:2: the id "x" is that of line 1 too"#),
            (["row-1", nil], [1, 1], #"a.jsonl:2: the id "row-1" (which has none) is that of line 1 too"#),
            ([nil, "row-0"], [1, 1], #"a.jsonl:2: the id "row-0" is that of line 1 (which has none) too"#),
            (
                ["x", "x-1"], [2, 1],
                #"a.jsonl:2: the id "x-1" is that of picture 1 of "x" in line 1 too, which has a count of 2"#
            ),
            (
                ["x-0", "x"], [1, 2],
                #"a.jsonl:1: the id "x-0" is that of picture 0 of "x" in line 2 too, which has a count of 2"#
            ),
            (
                [nil, "row"], [1, 2],
                #"a.jsonl:1: the id "row-0" is that of picture 0 of "row" in line 2 too, which has a count of 2"#
            ),
            (["e\u{301}", "\u{e9}"], [1, 1], "a.jsonl:2: the id \"\u{e9}\" is that of line 1 too"),
        ] as [([String?], [Int], String)])
    func idsThatMeetAreErrors(ids: [String?], counts: [Int], expected: String) throws {
        let lines = zip(ids, counts).map { id, count in
            #"{"prompt": "a", "id": \#(id.map { "\"\($0)\"" } ?? "null"), "count": \#(count)}"#
        }
        #expect(try fixture.problems(lines.joined(separator: "\n"), "a.jsonl") == [expected])
    }

    @Test(
        arguments: [
            (["x", "x-2"], [2, 1]), (["x", "x-01"], [2, 1]), (["x", "x-1"], [2, 2]), (["x", "x-1"], [1, 1]),
            (["x", "x-+1"], [2, 1]), (["x", "X"], [1, 1]), ([nil, "row-1"], [1, 1]), (["x", "-1"], [2, 1]),
        ] as [([String?], [Int])])
    func idsThatDoNotMeet(ids: [String?], counts: [Int]) throws {
        let lines = zip(ids, counts).map { id, count in
            #"{"prompt": "a", "id": \#(id.map { "\"\($0)\"" } ?? "null"), "count": \#(count)}"#
        }
        let names = try pictures(lines.joined(separator: "\n")).map(\.id)
        #expect(Set(names).count == counts.reduce(0, +))
    }

    @Test func idsOfTwoHundredBytesAreTheLongest() throws {
        let most = String(repeating: "é", count: 100)
        #expect(try pictures(#"{"prompt": "a", "id": "\#(most)"}"#).map(\.id) == [most])
        let shown = most.prefix(60)
        #expect(
            try fixture.problems(#"{"prompt": "a", "id": "\#(most)b"}"#, "a.jsonl") == [
                #"a.jsonl:1: "id" has 201 bytes, the most is 200: "\#(shown.prefix(59))..."#
            ])
        #expect(
            try fixture.problems(#"{"prompt": "a", "id": "\#(most)", "count": 11}"#, "a.jsonl") == [
                #"a.jsonl:1: the id "\#(shown)..." with a count of 11 makes ids of 203 bytes; the most is 200"#
            ])
    }

    @Test(arguments: ["\\u0000", "\\n", "\\t", "\\u007f", "\\u0085", "\\u001b"])
    func controlCharactersInIds(escape: String) throws {
        let problems = try fixture.problems(#"{"prompt": "a", "id": "x\#(escape)"}"#, "a.jsonl")
        #expect(problems == [#"a.jsonl:1: "id" has a control character: "x\#(escape)""#])
    }

    // MARK: - Seeds

    @Test func picturesOfASeedCountUp() throws {
        let last = UInt64.max
        #expect(try pictures(#"{"prompt": "a", "seed": 7, "count": 3}"#, jobSeed: 9).map(\.seed) == [7, 8, 9])
        #expect(
            try pictures(#"{"prompt": "a", "seed": \#(last - 1), "count": 2}"#).map(\.seed) == [last - 1, last])
        #expect(
            try fixture.problems(#"{"prompt": "a", "seed": \#(last), "count": 2}"#, "a.jsonl") == [
                "a.jsonl:1: seed 18446744073709551615 with a count of 2 goes above 18446744073709551615"
            ])
    }

    // The first eight digits of: printf %s 0:row-0 | sha256sum
    @Test(
        arguments: [
            (0, "row-0", 0x698a7d58), (1, "row-0", 0x797f21dd), (0, "fox", 0xe81ad294), (UInt64.max, "狐", 0xeec026f2),
        ] as [(UInt64, String, UInt64)])
    func derivedSeedsAreTheBeginningOfAHash(jobSeed: UInt64, id: String, seed: UInt64) {
        #expect(PromptRow.derivedSeed(jobSeed: jobSeed, id: id) == seed)
    }

    @Test func aPicturesSeedIsDerivedFromItsOwnId() throws {
        let pictures = try pictures("{\"prompt\": \"a\", \"count\": 2}\n{\"prompt\": \"b\"}", jobSeed: 3)
        #expect(pictures.map(\.seed) == pictures.map { PromptRow.derivedSeed(jobSeed: 3, id: $0.id) })
        #expect(Set(pictures.map(\.seed)).count == 3)
        let turned = try self.pictures(
            "{\"prompt\": \"b\", \"id\": \"row-2-1\"}\n{\"prompt\": \"a\", \"id\": \"z\"}", jobSeed: 3)
        #expect(turned[0].seed == PromptRow.derivedSeed(jobSeed: 3, id: "row-2-1"), "order and prompts do not count")
    }

    // MARK: - Requests

    @Test func aRequestHasTheRowsSettingsOverTheOthers() throws {
        let row = try #require(
            try fixture.file(
                #"{"class": 3, "tokens": 5, "temperature": 0.5, "negative_prompt": "b", "seed": 4, "count": 2}"#,
                "a.jsonl"
            ).rows.first)
        let size = try JSONDecoder().decode(
            PictureSize.self,
            from: Data(#"{"width": 16, "height": 16, "rows": 4, "columns": 4, "quality": "low"}"#.utf8))
        let request = row.request(
            for: row.pictures(jobSeed: 0)[1], size: size, sampling: SamplingSettings(topK: 9))
        #expect(
            request
                == GenerationRequest(
                    prompt: .label(3), negativePrompt: .text("b"), seed: 5, size: size,
                    sampling: SamplingSettings(temperature: 0.5, topK: 9), tokenLimit: 5))
    }
}
