// CandidateTests: the score by which the best of several candidates is kept.

import Foundation
import Testing
import WeftSampling

@Suite struct CandidateTests {
    private func score(_ rows: [[Float]], _ tokens: [Int]) throws -> Double {
        let score = CandidateScore(vocabularySize: rows[0].count)
        for (row, token) in zip(rows, tokens) {
            try score.look(at: row.span)
            score.add(token)
        }
        return score.value
    }

    @Test func theScoreIsTheLogarithmOfTheProbability() throws {
        var generator = CounterRandom(seed: 1, tokenIndex: 0)
        let rows = (0..<5).map { _ in (0..<300).map { _ in Float.random(in: -6...6, using: &generator) } }
        let tokens = [0, 299, 64, 65, 12]
        var expected = 0.0
        for (row, token) in zip(rows, tokens) {
            let total = row.reduce(0) { $0 + exp(Double($1)) }
            expected += Double(row[token]) - log(total)
        }
        #expect(abs(try score(rows, tokens) - expected) < 1e-9)
    }

    @Test("tokens that look alike count as one")
    func alike() throws {
        let row: [Float] = [0, 1, -2, 3, -.infinity]
        let score = CandidateScore(vocabularySize: 5) { [[2, 3], [4], [0, 3], [0, 2], [1]][$0] }
        let total = row.reduce(0) { $0 + exp(Double($1)) }
        var expected = 0.0
        for (token, whole) in [(0, [0, 2, 3]), (2, [0, 2, 3]), (3, [0, 2, 3]), (1, [1])] {
            try score.look(at: row.span)
            score.add(token)
            expected += log(whole.reduce(0) { $0 + exp(Double(row[$1])) } / total)
            #expect(abs(score.value - expected) < 1e-12)
        }
        let steep: [Float] = [0, -1000, -1001]
        let rare = CandidateScore(vocabularySize: 3) { $0 == 1 ? [2] : [] }
        try rare.look(at: steep.span)
        rare.add(1)
        #expect(rare.value == -1000)
    }

    @Test("among equal choices each costs the same")
    func evenChoices() throws {
        for count in [1, 2, 50] {
            let row = (0..<100).map { $0 < count ? Float(3) : -.infinity }
            for token in [0, count - 1] { #expect(abs(try score([row], [token]) + log(Double(count))) < 1e-12) }
        }
    }

    @Test func candidatesHaveDrawsOfTheirOwn() throws {
        let pipeline = try SamplingSettings().makePipeline(vocabularySize: 1000)
        let context = try SamplingContext(tokens: [], rows: 1, columns: 1)
        let even = [Float](repeating: 0, count: 1000)
        func token(_ seed: UInt64, _ candidate: UInt32?) throws -> Int {
            var logits = even
            var span = logits.mutableSpan
            guard let candidate else { return try pipeline.sample(&span, in: context, seed: seed) }
            let sampled = try pipeline.sample(&span, in: context, seed: seed, candidate: candidate)
            var again = even
            var other = again.mutableSpan
            #expect(try pipeline.choose(&other, in: context, seed: seed, candidate: candidate).token == sampled)
            return sampled
        }
        #expect(try token(5, 0) == token(5, nil))
        let tokens = try (0..<64).map { try token(5, $0) } + (6..<70).map { try token($0, 0) }
        #expect(Set(tokens).count > 110)  // of 128 draws of 1000
    }

    @Test func refusals() throws {
        let score = CandidateScore(vocabularySize: 3)
        let short: [Float] = [1, 2]
        #expect(throws: SamplingError(.sizeMismatch, "candidate score is made for 3 logits, got 2")) {
            try score.look(at: short.span)
        }
        for bad in [Float.nan, .infinity] {
            let row = [0, bad, 1]
            #expect(throws: SamplingError.self) { try score.look(at: row.span) }
        }
        let masked = [Float](repeating: -.infinity, count: 3)
        #expect(throws: SamplingError.self) { try score.look(at: masked.span) }
    }
}
