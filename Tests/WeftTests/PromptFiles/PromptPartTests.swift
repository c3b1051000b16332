// The small parts: names that are meant, excerpts, values, and numbers of combinations.

import Testing

@testable import Weft

@Suite struct PromptPartTests {
    // MARK: - Names

    @Test(
        arguments: [
            ("sead", "seed"), ("promt", "prompt"), ("qualty", "quality"), ("top-k", "top_k"), ("topk", "top_k"),
            ("guidance_scal", "guidance_scale"), ("negativ_promt", "negative_prompt"), ("id_", "id"),
            ("counts", "count"), ("coutn", "count"),
            ("colour", nil), ("", nil), ("x", nil),
        ] as [(String, String?)])
    func theNearestNameIsMeant(word: String, name: String?) {
        let names = ["id", "prompt", "seed", "quality", "count", "top_k", "guidance_scale", "negative_prompt"]
        #expect(NearestName.of(word, among: names) == name)
    }

    @Test func aLongNameIsLikeNoOther() {
        #expect(NearestName.of(String(repeating: "seed", count: 100_000), among: ["seed"]) == nil)
        #expect(NearestName.of("seed", among: []) == nil)
    }

    // MARK: - Excerpts

    @Test(arguments: [
        ("", "\"\""), ("a", "\"a\""), ("a\nb", #""a\u{a}b""#), ("\u{200f}\u{7f}", #""\u{200f}\u{7f}""#),
        (String(repeating: "x", count: 60), "\"" + String(repeating: "x", count: 60) + "\""),
        (String(repeating: "x", count: 61), "\"" + String(repeating: "x", count: 60) + "...\""),
        (String(repeating: "狐", count: 61), "\"" + String(repeating: "狐", count: 60) + "...\""),
        (
            String(repeating: "\u{1F98A}", count: 10_000),
            "\"" + String(repeating: "\u{1F98A}", count: 60) + "...\""
        ),
    ])
    func excerptsAreShortAndOnOneLine(text: String, shown: String) {
        #expect(Excerpt.quoted(text) == shown)
    }

    // MARK: - Values

    @Test(
        arguments: [
            ("1", 1), (" 2.5 ", 2.5), ("-1e2", -100), ("0.000", 0), ("3.4e38", 3.4e38), ("1e-30", 1e-30), ("1e39", nil),
            ("1e-50", nil), ("1,5", nil), ("", nil), ("+1", nil), (".5", nil), ("inf", nil), ("0x1", nil), ("1 2", nil),
            ("１", nil),
        ] as [(String, Float?)])
    func numbersOfCells(text: String, number: Float?) {
        #expect(CSVCell(content: text).float == number)
    }

    @Test(
        arguments: [
            ("1", [1]), ("1 2;3", [1, 2, 3]), ("1; 2 ;; 3 ", [1, 2, 3]), ("", []), ("1,2", nil), ("[1]", nil),
            ("1.5", nil),
        ] as [(String, [Int]?)])
    func listsOfCells(text: String, list: [Int]?) {
        #expect(CSVCell(content: text).ints == list)
    }

    @Test(
        arguments: [
            (#" {"a" : [1 , "b \" c" ]} "#, #"{"a":[1,"b \" c"]}"#), ("1.50", "1.50"), (#""\\ x""#, #""\\ x""#),
            ("{", nil), ("1 2", nil), ("x", nil), ("", nil),
        ] as [(String, String?)])
    func jsonOfCells(text: String, json: String?) {
        #expect(CSVCell(content: text).json == json)
    }

    // MARK: - Errors

    @Test func manyErrorsAreCountedAndNotKept() {
        var error = PromptFileError(file: "a.txt")
        for line in 1...PromptFileError.kept + 5 { error.add(line: line, "no") }
        #expect(error.count == PromptFileError.kept + 5 && error.problems.count == PromptFileError.kept)
        #expect("\(error)".hasSuffix("a.txt:20: no\nand 99985 more"))
        #expect("\(PromptFileError(file: "a.txt", "is a folder"))" == "a.txt: is a folder")
    }

    // MARK: - Numbers of combinations

    @Test func sumsAndProductsStopAtTheLargestInteger() {
        #expect(Saturating.sum(3, 4) == 7 && Saturating.product(3, 4) == 12)
        #expect(Saturating.sum(.max, 1) == .max && Saturating.sum(.max - 1, 1) == .max)
        #expect(Saturating.product(1 << 32, 1 << 31) == .max && Saturating.product(0, .max) == 0)
    }

    @Test(
        arguments: [
            (3, 1...1, 3), (3, 2...2, 6), (3, 0...3, 16), (10, 10...10, 3_628_800),
            (20, 20...20, 2_432_902_008_176_640_000),
            (20, 0...20, 6_613_313_319_248_080_001), (21, 21...21, .max), (100_000, 2...2, 9_999_900_000),
            (1_000_000, 4...4, .max), (5, 0...0, 1), (3, 7...9, 6),
        ] as [(Int, ClosedRange<Int>, Int)])
    func choicesAreCounted(options: Int, bounds: ClosedRange<Int>, count: Int) throws {
        let option = TemplateVariant.Option(template: try PromptTemplate([.text("x")]))
        let variant = try TemplateVariant([TemplateVariant.Option](repeating: option, count: options), bounds: bounds)
        #expect(variant.count == count)
    }
}
