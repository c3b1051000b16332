// Ids of byte-pair tokenizers, equal to those of the tokenizers library on 20,000 strings for each rule.

import Foundation
import Testing
import WeftText

/// The strings of `scripts/fixtures/bpe.py`, made again.
private struct Strings {
    private struct Source: Decodable {
        let snippets: [String]
        let ranges: [[UInt32]]
    }

    private var state: UInt64
    private let source: Source

    init(seed: UInt64) throws {
        state = seed
        source = try JSONDecoder().decode(Source.self, from: Data(contentsOf: fixture("bpe_strings", "json")))
    }

    private mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }

    mutating func next() -> String {
        var text = ""
        for _ in 0..<1 + below(14) {
            if below(4) != 0 {
                text.unicodeScalars += source.snippets[below(source.snippets.count)].unicodeScalars
            } else {
                let range = source.ranges[below(source.ranges.count)]
                text.unicodeScalars.append(Unicode.Scalar(range[0] + UInt32(below(Int(range[1] - range[0]) + 1)))!)
            }
            if below(3) == 0 { text.unicodeScalars.append(" ") }
        }
        return text
    }
}

private func fixture(_ name: String, _ type: String) throws -> URL {
    try #require(Bundle.module.url(forResource: name, withExtension: type, subdirectory: "Fixtures"))
}

@Suite struct BytePairTests {
    @Test(arguments: ["gpt2", "llama3", "qwen", "deepseek", "llama", "metaspace"])
    func idsAreThoseOfTheLibrary(_ rule: String) throws {
        let tokenizer = try BytePairTokenizer(path: fixture("bpe_\(rule)", "json").path)
        let expected = try JSONDecoder().decode(
            [String: [String]].self, from: Data(contentsOf: fixture("bpe_expected", "json")))
        var strings = try Strings(seed: 7)
        var wrong: [Int] = []
        for (block, hash) in try #require(expected[rule]).enumerated() {
            var code: UInt64 = 0xcbf2_9ce4_8422_2325
            for _ in 0..<50 {
                let ids = try tokenizer.encode(strings.next()).map { UInt32($0) } + [.max]
                for id in ids {
                    for byte in 0..<4 { code = (code ^ UInt64(id >> (8 * byte) & 0xff)) &* 0x100_0000_01b3 }
                }
            }
            if String(code, radix: 16) != hash.drop(while: { $0 == "0" }) { wrong.append(block) }
        }
        #expect(wrong.isEmpty, "blocks of 50 strings that differ: \(wrong.count), \(wrong.prefix(10))")
    }
}
