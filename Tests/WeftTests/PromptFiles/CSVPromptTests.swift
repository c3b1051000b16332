// Prompt files of comma-separated values.

import Testing
import Weft

@Suite struct CSVPromptTests {
    private let fixture: PromptFixture

    init() throws { fixture = try PromptFixture() }

    @Test func rowsHaveTheKeysOfTheHeader() throws {
        let file = try fixture.file(
            "id, seed ,prompt,temperature_by_row,size\na,18446744073709551615,a fox,1 0.5;2,8x8\n,,b,,\n", "a.csv")
        #expect(
            file.rows.map(\.json) == [
                #"{"id":"a","prompt":"a fox","seed":18446744073709551615,"size":"8x8","temperature_by_row":[1,0.5,2]}"#,
                #"{"prompt":"b"}"#,
            ])
        #expect(file.rows.map(\.line) == [2, 3])
    }

    @Test func quotationMarksKeepCommasLineEndsAndThemselves() throws {
        let file = try fixture.file("prompt,seed\r\n\"a, \"\"b\"\"\r\nc\",1\r\n\r\nd,3", "a.csv")
        #expect(file.rows.map(\.prompt) == [.text("a, \"b\"\r\nc"), .text("d")])
        #expect(file.rows.map(\.line) == [2, 5])
    }

    @Test func aByteOrderMarkIsNoPartOfTheFirstName() throws {
        let path = try fixture.write([0xef, 0xbb, 0xbf] + Array("prompt\na\n".utf8), to: "a.csv")
        #expect(try PromptFile(path: path).rows.map(\.prompt) == [.text("a")])
    }

    @Test func textsKeepTheirSpacesNumbersDoNot() throws {
        let file = try fixture.file("prompt,seed,facts\n a ,  7 ,\"{\"\"a\"\": [1, 2]}\"\n", "a.csv")
        #expect(file.rows.map(\.json) == [#"{"facts":{"a":[1,2]},"prompt":" a ","seed":7}"#])
    }

    @Test(arguments: [
        ("prompt,sead\na,1\n", #"a.csv:1: column 2: unknown key "sead"; did you mean "seed"?"#),
        ("prompt,seed,prompt\na,1,b\n", #"a.csv:1: column 3: "prompt" stands in the header twice"#),
        ("prompt,\na,1\n", "a.csv:1: column 2: has no name"),
        ("prompt;seed\na;1\n", #"a.csv:1: column 1: unknown key "prompt;seed""#),
        ("\n\nprompt,x\na,1\n", #"a.csv:3: column 2: unknown key "x""#),
        ("prompt,seed\na\n", "a.csv:2: has 1 cells; the header has 2"),
        ("prompt,seed\na,1,2\n", "a.csv:2: has 3 cells; the header has 2"),
        ("prompt,seed\na,x\n", #"a.csv:2: "seed" must be a whole number from 0 to 18446744073709551615, got "x""#),
        ("prompt,seed\na,1 2\n", #"a.csv:2: "seed" must be a whole number from 0 to 18446744073709551615, got "1 2""#),
        ("prompt,top_p\na,nan\n", #"a.csv:2: "top_p" must be a number, got "nan""#),
        ("prompt,top_p\na,0x1\n", #"a.csv:2: "top_p" must be a number, got "0x1""#),
        ("prompt,facts\na,{x}\n", #"a.csv:2: "facts" must be a JSON value, got "{x}""#),
        ("prompt,seed\n,1\n", #"a.csv:2: has no prompt: give one of "prompt", "class", "prompt_tokens""#),
        ("prompt\na \"b\"\n", #"a.csv:2: a cell that is not in quotation marks has one: a "b""#),
        ("prompt\n\"a\nb\" c\n", "a.csv:3: behind the quotation mark that ends a cell stands  c"),
        ("prompt\na\n\"b\nc\n", "a.csv:3: a quotation mark is never closed"),
        (
            "prompt,seed\n\"a\nb\",1\nc,x\n",
            #"a.csv:4: "seed" must be a whole number from 0 to 18446744073709551615, got "x""#
        ),
        ("prompt\n", "a.csv: holds no prompts"),
    ])
    func whatIsWrongIsNamed(text: String, expected: String) throws {
        #expect(try fixture.problems(text, "a.csv") == [expected])
    }

    @Test func readingGoesOnBehindARowThatIsWrong() throws {
        #expect(
            try fixture.problems("prompt,seed\na\"b\",1\nc,x\n\"d\"e,1\nf,y\n", "a.csv").map { $0.prefix(7) } == [
                "a.csv:2", "a.csv:3", "a.csv:4", "a.csv:5",
            ])
    }

    @Test func bytesThatAreNoTextAreNamedByTheirLine() throws {
        let bytes = Array("prompt,seed\n\"a\nb".utf8) + [0xff] + Array("\",1\nc,2\n".utf8)
        #expect(try fixture.problems(bytes, "a.csv") == ["a.csv:3: is not UTF-8 at byte 2 of the line"])
    }

    @Test func aRowHasAMostSize() throws {
        let text = "prompt\n\"" + String(repeating: "x\n", count: 600_000) + "\"\nb\n"
        #expect(try fixture.problems(text, "a.csv") == ["a.csv:2: the row has 1200002 bytes; the most is 1048576"])
    }
}
