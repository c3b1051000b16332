// Texts at random, the same as those of scripts/fixtures/bpe.py.

import Foundation
import Testing

/// What the texts are made of, and the generator.
struct RandomTexts: Decodable {
    let snippets: [String]
    let ranges: [[UInt32]]

    static func read() throws -> RandomTexts {
        try JSONDecoder().decode(
            RandomTexts.self, from: Data(contentsOf: URL(filePath: Fixtures.path("BytePairs/strings.json"))))
    }

    /// Calls `body` with each text.
    func forEach(_ count: Int, _ body: (Int, String) throws -> Void) throws {
        var generator = Congruential(state: 2026)
        for index in 0..<count {
            var text = String.UnicodeScalarView()
            for _ in 0..<generator.below(12) {
                if generator.below(4) == 0 {
                    let range = ranges[generator.below(ranges.count)]
                    let code = range[0] + UInt32(generator.below(Int(range[1] - range[0]) + 1))
                    text.append(try #require(Unicode.Scalar(code)))
                } else {
                    text.append(contentsOf: snippets[generator.below(snippets.count)].unicodeScalars)
                }
            }
            try body(index, String(text))
        }
    }
}

/// A linear congruential generator (D. Knuth's MMIX).
struct Congruential {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}

/// The hash FNV-1a over ids of four bytes.
struct FNV {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ ids: [Int]) {
        for id in ids + [0xFFFF_FFFF] {
            for shift in stride(from: 0, to: 32, by: 8) {
                value = (value ^ UInt64(id >> shift & 0xFF)) &* 0x100_0000_01B3
            }
        }
    }
}
