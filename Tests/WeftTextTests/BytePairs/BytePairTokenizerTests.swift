// What a tokenizer.json may say, what it may not, and what its tokenizer knows.

import Foundation
import Testing
import WeftText

@Suite struct BytePairTokenizerTests {
    /// A file of a few pieces; `changes` replace parts of its text.
    private static func file(_ changes: [(String, String)] = []) -> [UInt8] {
        var text = """
            {"version": "1.0", "truncation": null, "padding": null,
             "added_tokens": [{"id": 5, "content": "<s>", "special": true}],
             "normalizer": null, "pre_tokenizer": {"type": "Digits", "individual_digits": true},
             "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}]},
             "decoder": {"type": "Fuse"},
             "model": {"type": "BPE", "dropout": null, "unk_token": "?", "vocab": {"a": 0, "b": 1, "ab": 2, "?": 3, "1": 4},
             "merges": ["a b"]}}
            """
        for (old, new) in changes {
            precondition(text.contains(old), old)
            text = text.replacingOccurrences(of: old, with: new)
        }
        return Array(text.utf8)
    }

    @Test func encodesAndDecodes() throws {
        let tokenizer = try BytePairTokenizer(bytes: Self.file())
        #expect(try tokenizer.encode("abb<s>11x") == [2, 1, 5, 4, 4, 3])
        #expect(try tokenizer.decode([2, 1, 5, 4]) == "abb<s>1")
        #expect(try tokenizer.encode("") == [])
        #expect(tokenizer.vocabularySize == 6)
        #expect([tokenizer.beginID, tokenizer.unknownID] == [5, 3])
        #expect(["<s>", "ab", "c", ""].map { tokenizer.id(of: $0) } == [5, 2, nil, nil])
        #expect([5, 2, 6, -1].map { tokenizer.piece(of: $0) } == ["<s>", "ab", nil, nil])
        #expect((-1...6).map { tokenizer.isFallback($0) } == [false, false, false, false, true, false, false, false])
        for id in [-1, 6, .max] {
            #expect(throws: TextError("no piece of the vocabulary has the id \(id)")) { try tokenizer.decode([0, id]) }
        }
    }

    @Test func oneByteOfALetterIsAFallback() throws {
        let tokenizer = try BytePairTokenizer(path: Fixtures.path("BytePairs/gpt2.json"))
        let ids = try tokenizer.encode("a\u{1D400}")
        #expect(ids.map { tokenizer.isFallback($0) } == [false, true, true, true, true])
        let llama = try BytePairTokenizer(path: Fixtures.path("BytePairs/llama2.json"))
        #expect(try llama.encode("\u{1D400}").suffix(4).allSatisfy { llama.isFallback($0) })
    }

    @Test(arguments: [
        ("\"BPE\"", "\"WordPiece\"", "model.type \"WordPiece\" is not supported"),
        ("\"1.0\"", "\"2.0\"", "version \"2.0\" is not known"),
        ("\"dropout\": null", "\"dropout\": 0.1", "model.dropout a number with a fraction is not supported"),
        ("\"dropout\": null", "\"vocabulary\": 7", "model.vocabulary (7) is not known"),
        (
            "\"dropout\": null", "\"end_of_word_suffix\": \"</w>\"",
            "model.end_of_word_suffix \"</w>\" is not supported"
        ),
        ("\"unk_token\": \"?\"", "\"unk_token\": \"!\"", "model.unk_token \"!\" is no piece of the vocabulary"),
        ("\"a\": 0", "\"a\": -1", "model.vocab: the piece \"a\" has the id -1; ids are 0 to 16777215"),
        ("\"a\": 0", "\"a\": 16777216", "model.vocab: the piece \"a\" has the id 16777216; ids are 0 to 16777215"),
        ("\"a\": 0", "\"a\": 1", "model.vocab: the id 1 of the piece \"b\" belongs to another piece too"),
        ("\"b\": 1", "\"a\": 1", "model.vocab: the piece \"a\" stands there twice"),
        ("\"a\": 0", "\"a\": \"0\"", "model.vocab: the piece \"a\" has \"0\" as its id"),
        ("\"a b\"", "\"a c\"", "model.merges[0]: \"c\" is no piece of the vocabulary"),
        ("\"a b\"", "[\"b\", \"a\"]", "model.merges[0]: \"ba\" is no piece of the vocabulary"),
        ("\"a b\"", "\"a b c\"", "model.merges[0] is \"a b c\", not two pieces"),
        ("\"Digits\"", "\"Bert\"", "pre_tokenizer.type \"Bert\" is not supported"),
        ("\"individual_digits\": true", "\"individual\": true", "pre_tokenizer.individual_digits is missing"),
        (
            "\"individual_digits\": true", "\"individual_digits\": 1",
            "pre_tokenizer.individual_digits is 1, not true or false"
        ),
        ("\"normalizer\": null", "\"normalizer\": {\"type\": \"Nmt\"}", "normalizer.type \"Nmt\" is not supported"),
        ("\"Fuse\"", "\"CTC\"", "decoder.type \"CTC\" is not supported"),
        ("\"id\": 5", "\"id\": 1", "added_tokens[0]: \"<s>\" has the id 1, which belongs to \"b\""),
        ("\"content\": \"<s>\"", "\"content\": \"a\"", "added_tokens[0]: \"a\" has the id 5, in the vocabulary 0"),
        ("\"padding\": null", "\"extra\": [1]", "extra (a list) is not known"),
        ("\"padding\": null", "\"version\": null", "the key \"version\" stands there twice"),
        ("\"truncation\": null,", "\"truncation\": nul", "line 1: the byte 32 stands in the middle of null"),
    ]) func namesWhatItDoesNotUnderstand(old: String, new: String, error: String) throws {
        let thrown = #expect(throws: TextError.self) { try BytePairTokenizer(bytes: Self.file([(old, new)])) }
        #expect(thrown?.description == error)
    }

    @Test(arguments: [
        ("(a", "the end inside of a group at character 3 of a regular expression is not supported"),
        (#"\1"#, #"\1 at character 1 of a regular expression is not supported"#),
        ("(?<name>a)", "the group (?< at character 1 of a regular expression is not supported"),
        ("[[:alpha:]]", "a POSIX bracket at character 2 of a regular expression is not supported"),
        ("a{1001}", "the count {1001} at character 2 of a regular expression is not supported"),
        (#"\p{Punct}"#, #"the property "Punct" at character 1 of a regular expression is not supported"#),
        ("*", "the regular expression \"*\" cannot be read"),
        (#"\p{Nonsense}"#, #"the regular expression "\\p{Nonsense}" cannot be read"#),
    ]) func namesWhatARegularExpressionMayNotHave(pattern: String, error: String) throws {
        let split =
            "{\"type\": \"Split\", \"pattern\": {\"Regex\": \(pattern.debugDescription)}, \"behavior\": \"Isolated\", "
            + "\"invert\": false}"
        let file = Self.file([("{\"type\": \"Digits\", \"individual_digits\": true}", split)])
        #expect(throws: TextError("pre_tokenizer.pattern: " + error)) { try BytePairTokenizer(bytes: file) }
    }

    @Test func anExpressionThatTakesForeverIsGivenUp() throws {
        let split =
            "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"(?:a+)+b\"}, \"behavior\": \"Isolated\", "
            + "\"invert\": false}"
        let file = Self.file([("{\"type\": \"Digits\", \"individual_digits\": true}", split)])
        let tokenizer = try BytePairTokenizer(bytes: file)
        #expect(try tokenizer.encode("aab") == [0, 2])
        #expect(throws: TextError("a regular expression of the tokenizer takes too many steps")) {
            try tokenizer.encode(String(repeating: "a", count: 200))
        }
    }

    @Test func aTextThatGrowsWithoutEndIsRefused() throws {
        let step =
            "{\"type\": \"Replace\", \"pattern\": {\"String\": \"a\"}, \"content\": \"\(String(repeating: "a", count: 1000))\"}"
        let steps = Array(repeating: step, count: 32).joined(separator: ",")
        let file = Self.file([
            ("\"normalizer\": null", "\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [\(steps)]}")
        ])
        let tokenizer = try BytePairTokenizer(bytes: file)
        #expect(try tokenizer.encode("b") == [1])
        #expect(throws: TextError("the text grows to 1000000000 code units; at most 4194304 are encoded")) {
            try tokenizer.encode("a")
        }
    }

    @Test func refusesDeepAndDamagedJSON() throws {
        let deep = Array(String(repeating: "[", count: 1_000_000).utf8)
        #expect(throws: TextError("line 1: the nesting is deeper than 32")) { try BytePairTokenizer(bytes: deep) }
        #expect(throws: TextError("line 1: the end stands where a value should be")) {
            try BytePairTokenizer(bytes: [])
        }
        #expect(throws: TextError("the byte at offset 2 is not UTF-8")) {
            try BytePairTokenizer(bytes: [0x22, 0x61, 0xFF, 0x22])
        }
        #expect(throws: TextError("\"x\" is no object")) { try BytePairTokenizer(bytes: Array("\"x\"".utf8)) }
        for text in [
            "{", "{\"a\"}", "{\"a\":1,}", "[1 2]", "01", "\"\\u12\"", "\"\\ud800\"", "\"\\q\"", "\"a", "1.", "{} x",
        ] {
            #expect(throws: TextError.self) { try BytePairTokenizer(bytes: Array(text.utf8)) }
        }
    }

    /// Letters that Unicode calls equivalent are different pieces.
    @Test func tellsPiecesApartByTheirBytes() throws {
        let file = Self.file([
            ("\"b\": 1, \"ab\": 2", "\"b\": 1, \"ab\": 2, \"\u{C5}\": 6, \"\u{212B}\": 7, \"A\u{30A}\": 8")
        ])
        let tokenizer = try BytePairTokenizer(bytes: file)
        #expect(try tokenizer.encode("\u{C5}\u{212B}") == [6, 7])
        #expect(tokenizer.id(of: "A\u{30A}") == 8)
    }

    @Test func aMillionLettersAreNoTrouble() throws {
        let tokenizer = try BytePairTokenizer(path: Fixtures.path("BytePairs/llama3.json"))
        let text = String(repeating: "a", count: 200_000)
        #expect(try tokenizer.decode(tokenizer.encode(text)) == text)
    }
}
