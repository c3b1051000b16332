// MirrorHalvesTests: pictures whose right half mirrors the left one.

import CustomProcessor
import Testing
import WeftSampling

@Suite struct MirrorHalvesTests {
    private func processed(_ logits: [Float], tokens: [Int], columns: Int, by rule: MirrorHalves) throws -> [Float] {
        var logits = logits
        var span = logits.mutableSpan
        try rule.process(&span, in: SamplingContext(tokens: tokens, rows: 2, columns: columns))
        return logits
    }

    @Test("the left half is free, the right half is not")
    func halves() throws {
        let rule = try MirrorHalves()
        let masked = -Float.infinity
        #expect(try processed([1, 2, 3], tokens: [], columns: 4, by: rule) == [1, 2, 3])
        #expect(try processed([1, 2, 3], tokens: [2], columns: 4, by: rule) == [1, 2, 3])
        #expect(try processed([1, 2, 3], tokens: [2, 1], columns: 4, by: rule) == [masked, 2, masked])
        #expect(try processed([1, 2, 3], tokens: [2, 1, 1], columns: 4, by: rule) == [masked, masked, 3])
        // The middle of three columns mirrors itself.
        #expect(try processed([1, 2, 3], tokens: [0], columns: 3, by: rule) == [1, 2, 3])
        let partners = try MirrorHalves(partners: [1, 0, 2])
        #expect(try processed([1, 2, 3], tokens: [0], columns: 2, by: partners) == [masked, 2, masked])
    }

    @Test("whole pictures are symmetric, and their left halves are not all alike", arguments: [4, 5])
    func pictures(columns: Int) throws {
        let pipeline = try SamplingSettings(temperature: 1.2, topP: 0.99)
            .makePipeline(vocabularySize: 50, processors: [MirrorHalves()])
        var lefts: Set<[Int]> = []
        for seed in 0..<40 as Range<UInt64> {
            var tokens: [Int] = []
            while tokens.count < 3 * columns {
                var logits = (0..<50).map { Float($0 % 7) }
                var span = logits.mutableSpan
                let context = try SamplingContext(tokens: tokens, rows: 3, columns: columns)
                let token = try pipeline.sample(&span, in: context, seed: seed)
                tokens.append(token)
            }
            for row in 0..<3 {
                let line = Array(tokens[row * columns..<(row + 1) * columns])
                #expect(line == line.reversed())
                lefts.insert(line)
            }
        }
        #expect(lefts.count > 50)
    }

    @Test func refusals() throws {
        #expect(throws: SamplingError(.invalidToken, "partner 3 of token 1 is outside of the vocabulary")) {
            try MirrorHalves(partners: [0, 3, 1])
        }
        #expect(throws: SamplingError(.sizeMismatch, "partners are made for 2 logits, got 3")) {
            try processed([1, 2, 3], tokens: [], columns: 2, by: MirrorHalves(partners: [1, 0]))
        }
        #expect(throws: SamplingError(.invalidToken, "token id 9 at row 0, column 0 is not in the vocabulary")) {
            try processed([1, 2, 3], tokens: [9], columns: 2, by: MirrorHalves())
        }
    }
}
