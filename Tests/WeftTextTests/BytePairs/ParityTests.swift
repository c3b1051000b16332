// The ids are those of the reference libraries, text by text and in blocks of texts at random.

import Foundation
import Testing
import WeftText

@Suite struct ParityTests {
    struct Reference: Decodable {
        let texts: [Expected.Text]
        let count: Int
        let hashes: [String]
    }

    static let names = [
        "gpt2", "llama3", "qwen2", "deepseek", "llama2", "unknown", "metaspace", "prefixed", "splits", "words",
        "tiktoken", "quoted", "plain",
    ]

    static func reference(_ name: String) throws -> Reference {
        let data = try Data(contentsOf: URL(filePath: Fixtures.path("BytePairs/expected.json")))
        return try #require(JSONDecoder().decode([String: Reference].self, from: data)[name])
    }

    static func tokenizer(_ name: String) throws -> any TextTokenizer {
        switch name {
        case "quoted": return try Fixtures.quoted()
        case "plain": return try Fixtures.plain()
        case "tiktoken":
            return try TiktokenTokenizer(
                path: Fixtures.path("BytePairs/small.tiktoken"),
                specials: ["<|im_start|>": 1000, "<|end|>": 1001, "<s>": 1003])
        default: return try BytePairTokenizer(path: Fixtures.path("BytePairs/\(name).json"))
        }
    }

    @Test(arguments: names) func encodesAndDecodesAsTheReferenceDoes(name: String) throws {
        let tokenizer = try Self.tokenizer(name)
        let reference = try Self.reference(name)
        #expect(reference.texts.count >= 25)
        for text in reference.texts {
            #expect(try tokenizer.encode(text.text) == text.ids, "\(text.text.debugDescription)")
            #expect(try tokenizer.encode(utf8: Array(text.text.utf8)) == text.ids)
            let decoded = try tokenizer.decode(text.ids)
            #expect(Array(decoded.utf8) == Array(text.decoded.utf8), "\(text.text.debugDescription)")
        }
    }

    @Test(arguments: names) func encodesRandomTextsAsTheReferenceDoes(name: String) throws {
        let tokenizer = try Self.tokenizer(name)
        let reference = try Self.reference(name)
        let block = reference.count / reference.hashes.count
        var hash = FNV()
        try RandomTexts.read().forEach(reference.count) { index, text in
            if index % block == 0 { hash = FNV() }
            hash.add(try tokenizer.encode(text))
            if index % block == block - 1 {
                let digits = String(hash.value, radix: 16)
                let padded = String(repeating: "0", count: 16 - digits.count) + digits
                #expect(padded == reference.hashes[index / block], "texts \(index - block + 1) to \(index)")
            }
        }
    }
}
