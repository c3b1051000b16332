// Prompts to tokens: words by the model, quoted text letter by letter, and every prompt that is refused.

import Testing
import WeftText

@Suite struct PromptEncoderTests {
    let tokenizer: SentencePieceTokenizer
    let encoder: PromptEncoder

    init() throws {
        tokenizer = try Fixtures.quoted()
        encoder = try PromptEncoder(tokenizer: tokenizer)
    }

    private func pieces(_ prompt: String) throws -> [String] {
        try encoder.encode(prompt, limit: 1000).map { tokenizer.piece(of: $0) ?? "?" }
    }

    private func error(_ prompt: String, limit: Int = 100) -> TextError? {
        do {
            _ = try encoder.encode(prompt, limit: limit)
            return nil
        } catch {
            return error as? TextError
        }
    }

    @Test func encodesAsTheReferenceDoes() throws {
        let prompts = try Fixtures.expected().prompts
        #expect(prompts.count >= 15)
        for prompt in prompts {
            let ids = try encoder.encode(prompt.text, limit: 1000)
            #expect(ids == prompt.ids, "\(prompt.text.debugDescription)")
        }
    }

    @Test func spellsQuotedText() throws {
        #expect(
            try pieces("a sign that says \"Go! 7\".") == [
                "▁a", "▁sign", "▁that", "▁says", "<quote>", "<G>", "<O>", "<!>", "<space>", "<7>", "<unquote>",
            ])
        #expect(try pieces("“a-b”") == ["<quote>", "<A>", "<->", "<B>", "<unquote>"])
        #expect(try pieces("\"?&.\"") == ["<quote>", "<?>", "<&>", "<.>", "<unquote>"])
        #expect(try pieces("\"\"") == ["<quote>", "<unquote>"])
        #expect(try pieces("\"ß\"") == ["<quote>", "<S>", "<S>", "<unquote>"])
    }

    @Test func whiteSpaceAndTheLastFullStopDoNotMatter() throws {
        let ids = try encoder.encode("a red cat", limit: 3)
        for prompt in ["a red cat.", "  A  RED\n\tcat .\r\n", "\u{3000}a\u{A0}red\u{2003}cat"] {
            #expect(try encoder.encode(prompt, limit: 3) == ids)
        }
        #expect(try encoder.encode("a red cat. a", limit: 9) != encoder.encode("a red cat a", limit: 9))
        #expect(try pieces("\" a \n b \"") == ["<quote>", "<space>", "<A>", "<space>", "<B>", "<space>", "<unquote>"])
        #expect(try pieces("\"a.\"") == ["<quote>", "<A>", "<.>", "<unquote>"])
    }

    @Test func spellsTheWordThatASignIsSaidToShow() throws {
        for (plain, quoted) in [
            ("a red sign that says OPEN", "a red sign that says \"OPEN\""),
            ("a red sign that says stop, at night", "a red sign that says \"stop\" , at night"),
            ("The number 42 on a board", "The number \"42\" on a board"),
            ("the word 'hello' on a sign.", "the word \"hello\" on a sign"),
            ("a board reading B7", "a board reading \"B7\""),
            ("a sign labeled NO", "a sign labeled \"NO\""),
            ("the letter A", "the letter \"A\""),
        ] {
            #expect(try pieces(plain) == pieces(quoted), "\(plain)")
        }
        for prompt in [
            "a cat reading a book", "the word on a sign", "a sign with the text in black", "a sign that says",
            "the number of cats",
            "a sign that says abcdefghijk", "a sign that says caf\u{E9}", "a word OPEN",
        ] {
            #expect(try encoder.encode(prompt, limit: 100) == tokenizer.encode(prompt), "\(prompt)")
        }
        #expect(try !pieces("a sign that says OPEN above \"A\"").contains("<O>"))
        #expect(encoder.unknownWords(in: "a sign that says OPEN") == encoder.unknownWords(in: "a sign that says"))
    }

    @Test func anApostropheIsNoQuotationMark() throws {
        for prompt in ["the dog's bone", "'red'", "‘red’"] {
            #expect(try encoder.encode(prompt, limit: 100) == tokenizer.encode(prompt))
        }
    }

    @Test(arguments: ["", " ", "\n\t\r\n", ".", " . ", "\u{200B}"])
    func refusesAnEmptyPrompt(_ prompt: String) {
        #expect(error(prompt) == TextError("the prompt is empty"))
    }

    @Test func refusesAPromptAboveTheLimit() throws {
        #expect(try encoder.encode("a red cat", limit: 3).count == 3)
        #expect(error("a red cat", limit: 2) == TextError("the prompt has 3 tokens; the model reads at most 2"))
        #expect(error("a \"B\"", limit: 3) == TextError("the prompt has 4 tokens; the model reads at most 3"))
        #expect(error("a", limit: 0) == TextError("the prompt has 1 tokens; the model reads at most 0"))
    }

    @Test(arguments: ["a cat ", "x", "\"A\" ", "🐈", "日本", ",", "\u{301}"])
    func refusesAnEndlessPrompt(_ part: String) {
        let prompt = String(repeating: part, count: 100_000 / part.count)
        let message = error(prompt)?.description ?? ""
        #expect(message.hasPrefix("the prompt has "))
        #expect(message.hasSuffix("; the model reads at most 100") || message.hasSuffix("1048576 bytes are read"))
    }

    @Test func refusesMoreBytesThanItReads() {
        #expect(
            error(String(repeating: "a", count: 1_048_577))
                == TextError("the prompt has 1048577 bytes; at most 1048576 bytes are read"))
    }

    @Test(arguments: [
        ("a \"cat", "\"", 3), ("\"", "\"", 1), ("\"a\" b \"c\" \"", "\"", 11), ("  a “b", "“", 5), ("“a\"", "“", 1),
        ("👩‍👩‍👧 é \"x", "\"", 5), ("\"\u{FE0F}x", "\"", 1),
    ])
    func refusesAnUnclosedQuotationMark(_ prompt: String, _ mark: String, _ position: Int) {
        let message = "the quotation mark \(mark) at character \(position) of the prompt is not closed"
        #expect(error(prompt) == TextError(message, position: position))
    }

    @Test func refusesAClosingMarkWithoutAnOpeningOne() {
        let message = "the quotation mark ” at character 4 of the prompt opens nothing before it closes"
        #expect(error("a b”") == TextError(message, position: 4))
    }

    @Test(arguments: [
        ("\"é\"", "é (U+00E9)", 2), ("x  \"A,B\"", ", (U+002C)", 6), ("\"e\u{301}\"", "e\u{301} (U+0065 U+0301)", 2),
        ("“A\"”", "\" (U+0022)", 3), ("👩‍👩‍👧 \"猫\"", "猫 (U+732B)", 4), ("\"a\u{7}\"", "(U+0007)", 3),
        ("\"It's\"", "' (U+0027)", 4),
        ("\"<A>\"", "< (U+003C)", 2),
    ])
    func refusesACharacterThatCannotBeSpelled(_ prompt: String, _ character: String, _ position: Int) {
        let message =
            "the character \(character) at character \(position) of the prompt cannot be spelled; "
            + "quoted text has letters A to Z, digits, spaces and ! ? & - ."
        #expect(error(prompt) == TextError(message, position: position))
    }

    @Test func needsItsPieces() throws {
        let plain = try Fixtures.plain()
        #expect(
            throws: TextError(
                "the text model lacks 44 of the pieces for quoted text: <quote> <unquote> <space> <A> ...")
        ) {
            try PromptEncoder(tokenizer: plain)
        }
    }

    @Test func namesTheWordsThatTheModelDoesNotKnow() {
        #expect(encoder.unknownWords(in: "a red cat on the mat").isEmpty)
        #expect(encoder.unknownWords(in: "a café, 日本 (🐈) and Straße. 日本!") == ["café,", "日本", "🐈", "Straße"])
        #expect(encoder.unknownWords(in: "a \"日本\" cat").isEmpty)
        #expect(encoder.unknownWords(in: "日 \"unclosed 本").first == "日")
        #expect(encoder.unknownWords(in: "").isEmpty)
    }

    @Test func namesTheWordsThatTheModelWasNotTrainedWith() throws {
        let encoder = try PromptEncoder(tokenizer: encoder.tokenizer, words: ["a", "red", "cat", "on"])
        #expect(encoder.unknownWords(in: "a Red cat on the mat") == ["the", "mat"])
        #expect(encoder.unknownWords(in: "a \"mat\" on a cat 日") == ["日"])
    }
}
