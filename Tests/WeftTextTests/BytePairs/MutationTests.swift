// Files with damage at random load or are refused; nothing crashes and nothing takes long.

import Foundation
import Testing
import WeftText

@Suite struct MutationTests {
    private static let texts = ["a red cat", "Don't 12 \n\n é e\u{301} 猫🐈", " <mask> [X] ", "ａｂ ﬁ \u{1D400}\u{2581}"]

    /// `bytes` with one to three changes: bytes set, bits turned, stretches removed, doubled or filled.
    private static func mutated(_ bytes: [UInt8], _ generator: inout Congruential) -> [UInt8] {
        var bytes = bytes
        for _ in 0...generator.below(3) {
            let place = generator.below(bytes.count)
            let end = min(bytes.count, place + 1 + generator.below(12))
            switch generator.below(6) {
            case 0: bytes[place] = UInt8(generator.below(256))
            case 1: bytes[place] ^= 1 << generator.below(8)
            case 2: bytes.removeSubrange(place..<end)
            case 3: bytes.insert(contentsOf: Array(bytes[place..<end]), at: generator.below(bytes.count))
            case 4: bytes[place] = UInt8(ascii: "0") + UInt8(generator.below(10))
            default: bytes.replaceSubrange(place..<end, with: [UInt8](repeating: 0xFF, count: end - place))
            }
            if bytes.isEmpty { bytes = [0] }
        }
        return bytes
    }

    /// Loads mutations of a file and uses those that load; counts both kinds.
    private static func run(
        _ bytes: [UInt8], count: Int, _ load: ([UInt8]) throws -> any TextTokenizer
    ) throws -> (loaded: Int, refused: Int) {
        var generator = Congruential(state: 7)
        var loaded = 0
        for _ in 0..<count {
            let tokenizer: any TextTokenizer
            do { tokenizer = try load(mutated(bytes, &generator)) } catch let error as TextError {
                #expect(!error.description.contains("\n"))
                continue
            }
            loaded += 1
            for text in texts {
                guard let ids = try? tokenizer.encode(text) else { continue }
                #expect(ids.allSatisfy { (0..<tokenizer.vocabularySize).contains($0) })
                _ = try? tokenizer.decode(ids)
            }
            for id in [-1, 0, tokenizer.vocabularySize - 1, tokenizer.vocabularySize] { _ = tokenizer.isFallback(id) }
        }
        return (loaded, count - loaded)
    }

    /// A tokenizer.json with every key and only a few pieces, so that changes hit what matters.
    private static func small(_ name: String) throws -> [UInt8] {
        let data = try Data(contentsOf: URL(filePath: Fixtures.path("BytePairs/\(name).json")))
        var file = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        var model = try #require(file["model"] as? [String: Any])
        let pieces = try #require(model["vocab"] as? [String: Int])
        model["vocab"] = pieces.filter { $0.value < 40 }
        model["merges"] = [["a", "b"]].filter { pieces[$0.joined(), default: 99] < 40 }
        file["model"] = model
        file["added_tokens"] = []
        return Array(try JSONSerialization.data(withJSONObject: file, options: .sortedKeys))
    }

    @Test(arguments: ["gpt2", "qwen2", "deepseek", "llama2", "metaspace", "splits"])
    func tokenizerFiles(name: String) throws {
        let whole = try Array(Data(contentsOf: URL(filePath: Fixtures.path("BytePairs/\(name).json"))))
        let ofWhole = try Self.run(whole, count: 150) { try BytePairTokenizer(bytes: $0) }
        let ofSmall = try Self.run(Self.small(name), count: 600) { try BytePairTokenizer(bytes: $0) }
        for count in [ofSmall.loaded, ofSmall.refused, ofWhole.refused] { #expect(count > 0) }
    }

    @Test func tiktokenFiles() throws {
        let bytes = try Array(Data(contentsOf: URL(filePath: Fixtures.path("BytePairs/small.tiktoken"))))
        let result = try Self.run(bytes, count: 600) {
            try TiktokenTokenizer(bytes: $0, specials: ["<|im_start|>": 1000, "<s>": 1003])
        }
        #expect(result.loaded > 0 && result.refused > 0)
    }

    @Test(arguments: ["quoted", "plain"]) func sentencePieceFiles(name: String) throws {
        let bytes = try Array(Data(contentsOf: URL(filePath: Fixtures.path("\(name).model"))))
        let result = try Self.run(bytes, count: 2000) { try SentencePieceTokenizer(bytes: $0) }
        #expect(result.loaded > 0 && result.refused > 0)
    }

    /// The character map of the normalizer stands near the end of the file.
    @Test func characterMaps() throws {
        let bytes = try Array(Data(contentsOf: URL(filePath: Fixtures.path("quoted.model"))))
        let start = bytes.count - 5000
        var generator = Congruential(state: 11)
        var loaded = 0
        for _ in 0..<3000 {
            var changed = bytes
            for _ in 0...generator.below(4) {
                changed[start + generator.below(5000)] = UInt8(generator.below(256))
            }
            guard let tokenizer = try? SentencePieceTokenizer(bytes: changed) else { continue }
            loaded += 1
            for text in Self.texts + ["ABC ÜÄ Ａ кошка ΑΒΓ"] { _ = try? tokenizer.encode(text) }
        }
        #expect(loaded > 0)
    }
}
