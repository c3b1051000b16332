// Templates, and the prompts that they make.

import Testing
import Weft
import WeftSampling

@Suite struct TemplateTests {
    private let fixture: PromptFixture

    init() throws { fixture = try PromptFixture() }

    private func prompts(_ template: String, _ mode: PromptExpansion.Mode = .combinations) throws -> [String] {
        try PromptExpansion(fixture.file(template, "t.txt"), mode: mode).rows.map { row in
            guard case .text(let text) = row.prompt else { return "no text" }
            return text
        }
    }

    private func problem(_ template: String) throws -> [String] {
        let file = try fixture.file(template, "t.txt")
        return fixture.lines { _ = try PromptExpansion(file) }
    }

    // MARK: - All combinations

    @Test(arguments: [
        ("a fox", ["a fox"]),
        ("{a|b|c}", ["a", "b", "c"]),
        ("{a|b} {c|d}", ["a c", "a d", "b c", "b d"]),
        ("x{|-y|-z}", ["x", "x-y", "x-z"]),
        ("{a|{b|c} d}", ["a", "b d", "c d"]),
        ("{{{a}}}{b}", ["ab"]),
        ("{ a | b }", [" a ", " b "]),
        ("{3::a|b|0.5::c|0::d}", ["a", "b", "c", "d"]),
        ("{2::{a|b}|c}", ["a", "b", "c"]),
        ("{2$$a|b|c}", ["a, b", "a, c", "b, a", "b, c", "c, a", "c, b"]),
        ("{2$$ and $$a|b}", ["a and b", "b and a"]),
        ("{2$$$$a|b}", ["ab", "ba"]),
        ("{1-2$$a|b}", ["a", "b", "a, b", "b, a"]),
        ("{-2$$a|b}", ["a", "b", "a, b", "b, a"]),
        ("{1-$$a|b}", ["a", "b", "a, b", "b, a"]),
        ("{5$$a|b}", ["a, b", "b, a"]),
        ("x {0-1$$a|b}", ["x ", "x a", "x b"]),
        ("x{0$$a|b}", ["x"]),
        ("{2$$a|{b|c}}", ["a, b", "a, c", "b, a", "c, a"]),
        ("{2$$ {a|b}|c}", [" a, c", " b, c", "c,  a", "c,  b"]),
        ("{2$${a|b}}", ["a", "b"]),
        ("{2$$+$$2::a|b}", ["a+b", "b+a"]),
        (#"\{a\|b\} \\ \$ \_\_x\_\_ \n {a\|b|c\}}"#, [#"{a|b} \ $ __x__ \n a|b"#, #"{a|b} \ $ __x__ \n c}"#]),
        (#"{2\:\:a|b}"#, ["2::a", "b"]),
        ("a|b $5 1::2 x$$y a__b __ c", ["a|b $5 1::2 x$$y a__b __ c"]),
        ("{red|blue} 狐", ["red 狐", "blue 狐"]),
    ])
    func combinations(template: String, expected: [String]) throws {
        #expect(try prompts(template) == expected)
    }

    @Test func theLastVariantChangesFirst() throws {
        let digits = "{0|1|2|3|4|5|6|7|8|9}"
        let expected = (0..<1000).map { String("\(1000 + $0)".dropFirst()) }
        #expect(try prompts(digits + digits + digits) == expected)
    }

    @Test func numbersOfChoicesAreThoseOfTheTexts() throws {
        for (template, count) in [
            ("{3$$a|b|c|d|e}", 60), ("{2-3$$a|{b|c}|d}", 10 + 12), ("{0-4$$a|b|c|d}", 65),
            ("{2$${a|b}|{c|d|e}|f}", 2 * (6 + 2 + 3)),
        ] {
            let made = try prompts("x" + template)
            #expect(made.count == count, "\(template)")
            #expect(Set(made).count == count, "\(template)")
        }
    }

    // MARK: - What is wrong

    @Test(arguments: [
        ("{a|b", #"a "{" has no "}"; write \{ for the character (byte 5 of the template)"#),
        ("{a|{b}", #"a "{" has no "}"; write \{ for the character (byte 7 of the template)"#),
        ("a} b", #"there is a "}" without a "{"; write \} for the character (byte 2 of the template)"#),
        ("${x=a} b", #"variables are not supported; write \$ for the character (byte 1 of the template)"#),
        ("{-1::a|b}", #"the weight "-1" must be a number of 0 or more (byte 2 of the template)"#),
        ("{a|1e999::b}", #"the weight "1e999" must be a number of 0 or more (byte 4 of the template)"#),
        ("{0::a|0::b}", "the weights of a variant must have a sum above 0"),
        ("{3-2$$a|b}", #""3-2$$" chooses at least more than at most (byte 2 of the template)"#),
        ("{-$$a|b}", #""-$$" does not say how many options are chosen (byte 2 of the template)"#),
        ("{1-2-3$$a|b}", #""1-2-3$$" does not say how many options are chosen (byte 2 of the template)"#),
        (
            "{99999999999999999999$$a|b}",
            #""99999999999999999999$$" does not say how many options are chosen (byte 2 of the template)"#
        ),
        ("__a*__", "wildcards with * or values are not supported: __a*__ (byte 1 of the template)"),
        ("__a(b=c)__", "wildcards with * or values are not supported: __a(b=c)__ (byte 1 of the template)"),
    ])
    func templatesThatAreWrong(template: String, expected: String) throws {
        #expect(try problem("# c\n" + template) == ["t.txt:2: \"prompt\": " + expected])
    }

    @Test func allTemplatesThatAreWrongAreNamed() throws {
        #expect(try problem("{a\nb\n}\n").map { $0.prefix(8) } == ["t.txt:1:", "t.txt:3:"])
    }

    @Test(.timeLimit(.minutes(1))) func templatesThatAreMadeToDoHarm() throws {
        let bomb = String(repeating: "{", count: 100_000)
        #expect(try problem(bomb)[0].contains("variants are nested deeper than 64"))
        let wide = String(repeating: "{a}", count: 100_001)
        #expect(try problem(wide) == ["t.txt:1: \"prompt\": takes more than 100000 variants for one prompt"])
        // What stands between the options stands there twice.
        let joiner = String(repeating: "x", count: 600_000)
        #expect(
            try problem("{3$$\(joiner)$$a|b|c}") == [
                "t.txt:1: makes a prompt of 1200003 bytes; the most is 1048576"
            ])
    }

    @Test func anEmptyPromptIsAnError() throws {
        #expect(try problem("a\n{x|| }\n") == ["t.txt:2: row 1 has an empty prompt"])
    }

    @Test(arguments: [
        (21, "2097152"), (62, "4611686018427387904"), (63, "9223372036854775807 or more"),
        (5000, "9223372036854775807 or more"),
    ])
    func tooManyRowsAreCounted(pairs: Int, count: String) throws {
        let template = String(repeating: "{a|b}", count: pairs)
        #expect(try problem(template) == ["t.txt: the templates make \(count) rows; the most is 1000000"])
    }

    @Test func rowsOfAllTemplatesCount() throws {
        let thousand = String(repeating: "{0|1|2|3|4|5|6|7|8|9}", count: 3)
        let template = thousand + "{\((0..<501).map(String.init).joined(separator: "|"))}"
        #expect(
            try problem("\(template)\n\(template)") == ["t.txt: the templates make 1002000 rows; the most is 1000000"])
        let letters = (0..<30).map { "\($0)" }.joined(separator: "|")
        #expect(
            try problem("{21$$\(letters)}") == [
                "t.txt: the templates make 9223372036854775807 or more rows; the most is 1000000"
            ])
    }

    // MARK: - Random prompts

    @Test func drawsDependOnSeedAndIdAlone() throws {
        let template = "{a|b|c|d} {2$$e|f|g|h} {i|j}"
        let first = try prompts(template, .random(count: 20, seed: 5))
        #expect(first.count == 20 && Set(first).count > 10)
        #expect(try prompts(template, .random(count: 20, seed: 5)) == first)
        #expect(
            try Array(prompts(template + "\n{x|y}", .random(count: 7, seed: 5)).prefix(7)) == Array(first.prefix(7)))
        #expect(try prompts(template, .random(count: 20, seed: 6)) != first)
    }

    @Test func drawsAreAmongTheCombinations() throws {
        for template in ["{a|{b|c} d} {0-2$$+$$x|y|z}", "{2-$$a|b|{c|d}}"] {
            let all = Set(try prompts("x" + template))
            let drawn = Set(try prompts("x" + template, .random(count: 2000, seed: 1)))
            #expect(drawn == all)
        }
    }

    @Test func weightsAreFrequencies() throws {
        let drawn = try prompts("{3::a|b|0::c|0.5::d|1.5::e}", .random(count: 6000, seed: 3))
        for (option, share) in [("a", 0.5), ("b", 1 / 6.0), ("c", 0), ("d", 1 / 12.0), ("e", 0.25)] {
            let count = Double(drawn.filter { $0 == option }.count)
            // Five standard deviations of a binomial distribution.
            #expect(abs(count - 6000 * share) <= 5 * (6000 * share * (1 - share)).squareRoot(), "\(option)")
        }
    }

    @Test func severalAreDrawnWithoutOnesOfWeightZero() throws {
        let drawn = try prompts("{2$$2::a|0::b|c}", .random(count: 3000, seed: 3))
        #expect(Set(drawn) == ["a, c", "c, a"])
        let first = Double(drawn.filter { $0 == "a, c" }.count)
        #expect(abs(first - 2000) <= 5 * (3000 * 2 / 9.0).squareRoot())
        #expect(Set(try prompts("{3$$a|0::b}", .random(count: 50, seed: 3))) == ["a"])
    }
}
