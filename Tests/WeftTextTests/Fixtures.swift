// The fixtures of this folder; scripts/fixtures/text.py, bpe.py and captions.py write them.

import Foundation
import Testing
import WeftText

struct Expected: Decodable {
    struct Text: Decodable {
        let text: String
        let ids: [Int]
        let decoded: String
    }

    struct Prompt: Decodable {
        let text: String
        let ids: [Int]
    }

    let vocabularySize: Int
    let texts: [Text]
    let plainTexts: [Text]
    let prompts: [Prompt]
}

enum Fixtures {
    static func path(_ name: String) throws -> String {
        try #require(Bundle.module.url(forResource: "Fixtures/" + name, withExtension: nil)).path
    }

    /// A BPE model with byte fallback and the pieces for quoted text.
    static func quoted() throws -> SentencePieceTokenizer { try SentencePieceTokenizer(path: path("quoted.model")) }

    /// A unigram model without either.
    static func plain() throws -> SentencePieceTokenizer { try SentencePieceTokenizer(path: path("plain.model")) }

    static func expected() throws -> Expected {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Expected.self, from: Data(contentsOf: URL(filePath: path("expected.json"))))
    }
}
