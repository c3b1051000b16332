// Prompt files of a prompt a line.

import Testing
import Weft

@Suite struct TextPromptTests {
    private let fixture: PromptFixture

    init() throws { fixture = try PromptFixture() }

    @Test func aPromptALine() throws {
        let file = try fixture.file("a red fox\n\n# a comment\n  \t\n #no comment\nlast, without an end", "a.txt")
        #expect(file.rows.map(\.prompt) == [.text("a red fox"), .text(" #no comment"), .text("last, without an end")])
        #expect(file.rows.map(\.line) == [1, 5, 6])
        #expect(file.rows.map(\.row) == [0, 1, 2])
        #expect(file.rows.map(\.name) == ["row-0", "row-1", "row-2"])
        #expect(file.rows.allSatisfy { $0.count == 1 && $0.seed == nil && $0.sampling == SamplingOverrides() })
        #expect(file.pictureCount == 3)
    }

    @Test func whatStandsInALineIsThePrompt() throws {
        let lines = ["{\"prompt\": \"a\"}", "a,b;\"c\"", "trailing space ", "狐 \u{1F98A}", "back\\slash"]
        let file = try fixture.file(lines.joined(separator: "\n"), "a.txt")
        #expect(file.rows.map(\.prompt) == lines.map { .text($0) })
    }

    @Test func lineEndsOfWindowsAreNoPartOfAPrompt() throws {
        let file = try fixture.file("a\r\n\r\n# x\r\nb\r\n", "a.TXT")
        #expect(file.rows.map(\.prompt) == [.text("a"), .text("b")])
        #expect(file.rows.map(\.line) == [1, 4])
    }

    @Test func aByteOrderMarkIsSkipped() throws {
        let path = try fixture.write([0xef, 0xbb, 0xbf] + Array("a fox\n".utf8), to: "a.txt")
        #expect(try PromptFile(path: path).rows.map(\.prompt) == [.text("a fox")])
    }

    @Test func aZeroCharacterIsAnError() throws {
        #expect(
            try fixture.problems("a long enough line for text\nb\0c\n", "a.txt") == [
                "a.txt:2: \"prompt\" has a zero character: \"b\\u{0}c\""
            ])
    }

    @Test(
        arguments: [
            ([0x61, 0xff, 0x62], 2), ([0xc3], 1), ([0x61, 0xc3, 0x28], 2), ([0xed, 0xa0, 0x80], 1),
            ([0xe2, 0x82], 1), ([0xef, 0xbf, 0x78], 1), ([0xc0, 0x80], 1), ([0xf5, 0x80, 0x80, 0x80], 1),
            ([0xef, 0xbf, 0xbd, 0x80], 4), ([0x61, 0x62, 0x63, 0xf0, 0x9f, 0xa6], 4),
        ] as [([UInt8], Int)])
    func bytesThatAreNoTextAreNamed(bytes: [UInt8], place: Int) throws {
        let before = Array("first line of the file\n".utf8)
        #expect(
            try fixture.problems(before + bytes + [0x0a], "a.txt") == [
                "a.txt:2: is not UTF-8 at byte \(place) of the line"
            ])
    }

    @Test func theReplacementCharacterIsText() throws {
        #expect(try fixture.file("a \u{fffd} b\n", "a.txt").rows.map(\.prompt) == [.text("a \u{fffd} b")])
    }

    @Test func aLineHasAMostSize() throws {
        let most = String(repeating: "x", count: PromptFile.largestLine)
        #expect(try fixture.file(most + "\r\na", "a.txt").rows.count == 2)
        #expect(
            try fixture.problems("a\n" + most + "x\n", "a.txt") == [
                "a.txt:2: the line has 1048577 bytes; the most is 1048576"
            ])
    }
}
