// Which tokenizer a folder has, texts as bytes, and the tokenizer of Emu3.

import Foundation
import Testing
import WeftText

@Suite struct TextTokenizersTests {
    private static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/weft-text-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private static func copy(_ fixture: String, to path: String) throws {
        try FileManager.default.copyItem(atPath: Fixtures.path(fixture), toPath: path)
    }

    @Test func opensWhatAFolderHas() throws {
        try Self.withFolder { folder in
            #expect(try TextTokenizers.open(folder: folder) == nil)
            try Self.copy("quoted.model", to: folder + "/tokenizer.model")
            #expect(try TextTokenizers.open(folder: folder) is SentencePieceTokenizer)
            try Self.copy("BytePairs/gpt2.json", to: folder + "/tokenizer.json")
            #expect(try TextTokenizers.open(folder: folder) is BytePairTokenizer)
            try Self.copy("plain.model", to: folder + "/spiece.model")
            #expect(try TextTokenizers.open(folder: folder)?.vocabularySize == 90)
        }
    }

    @Test func namesTheFileThatCannotBeOpened() throws {
        let missing = "/missing/tokenizer.json"
        #expect(throws: TextError("\(missing): the tokenizer cannot be read: No such file or directory")) {
            try TextTokenizers.open(path: missing)
        }
        #expect(throws: TextError.self) { try TextTokenizers.open(path: "/missing/vocab.txt") }
        #expect(throws: TextError.self) { try BytePairTokenizer(path: "a\u{0}.json") }
    }

    @Test func opensTheTokenizerOfEmu3() throws {
        try Self.withFolder { folder in
            try Self.copy("BytePairs/small.tiktoken", to: folder + "/emu3.tiktoken")
            #expect(throws: TextError.self) { try TextTokenizers.open(folder: folder) }
            let names = ["<|image token|>", " <|image start|> ", "", "<|image end|>", "<|visual token 000000|>"]
            try Data(names.joined(separator: "\r\n").utf8).write(
                to: URL(filePath: folder + "/emu3_vision_tokens.txt"))
            let tokenizer = try #require(try TextTokenizers.open(folder: folder))
            let expected = [
                "<|endoftext|>": 151_643, "<|extra_0|>": 151_646, "<|extra_200|>": 151_846, "<|extra_201|>": 151_847,
                "<|extra_203|>": 151_849, "<|extra_204|>": 151_850, "<|image token|>": 151_851,
                "<|image start|>": 151_852, "<|image end|>": 151_853, "<|visual token 000000|>": 151_854,
            ]
            for (name, id) in expected { #expect(tokenizer.id(of: name) == id) }
            let ids = try tokenizer.encode("<|extra_203|>a<|image start|>2*2<|image token|><|visual token 000000|>")
            #expect(ids.filter { $0 > 151_000 } == [151_849, 151_852, 151_851, 151_854])
            #expect(try tokenizer.decode(ids).hasPrefix("<|extra_203|>a<|image start|>2*2"))
        }
    }

    @Test(arguments: [
        ("!!! 0", "line 1 is no piece in base64 with its rank"),
        ("YQ== x", "line 1 is no piece in base64 with its rank"),
        ("YQ== 0\nYQ== 1", "line 2: the piece \"a\" stands there twice"), ("YQ== 0", "the byte 0 has no rank"),
        ("YQ== -1", "line 1: the piece \"a\" has the id -1; ids are 0 to 16777215"),
    ]) func namesTheLineOfATiktokenFile(text: String, error: String) throws {
        #expect(throws: TextError(error)) { try TiktokenTokenizer(bytes: Array(text.utf8), specials: [:]) }
    }

    @Test func specialTokensMayNotHaveRanks() throws {
        #expect(throws: TextError.self) {
            try TiktokenTokenizer(path: Fixtures.path("BytePairs/small.tiktoken"), specials: ["<s>": 5])
        }
    }

    @Test(
        arguments: [
            ([0x61, 0xFF], 1), ([0xC3], 0), ([0x61, 0xC0, 0x80], 1), ([0xE0, 0x80, 0x80], 0), ([0xED, 0xA0, 0x80], 0),
            ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF0, 0x9F, 0x90], 0), ([0xC3, 0xA9, 0x80], 2), ([0xE2, 0x82, 0x41], 0),
        ] as [([UInt8], Int)]) func refusesWhatIsNotUTF8(bytes: [UInt8], offset: Int) throws
    {
        let tokenizer = try Fixtures.plain()
        #expect(throws: TextError("the text is not UTF-8: the byte at offset \(offset) is \(bytes[offset])")) {
            try tokenizer.encode(utf8: bytes)
        }
    }
}
