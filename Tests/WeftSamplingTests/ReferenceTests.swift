// ReferenceTests: every step against what PyTorch computed (scripts/fixtures/sampling.py).

import Foundation
import Testing
import WeftSampling

/// The contents of Fixtures/sampling.json; a masked logit is null.
struct Fixture: Decodable {
    struct Filter: Decodable {
        let logits: [Float?]
        let temperature: Float
        let scaled: [Float?]
        let topK: Int
        let keptByTopK: [Int]
        let topP: Float
        let keptByTopP: [Int]
        let minP: Float
        let keptByMinP: [Int]
        let keptByAll: [Int]
        let typicalP: Float
        let keptByTypicalP: [Int]
        let epsilon: Float
        let keptByEpsilon: [Int]
        let eta: Float
        let keptByEta: [Int]
        let topNSigma: Float
        let keptByTopNSigma: [Int]
        let logProbabilities: [Float?]
        let entropy: Double
    }
    struct Repetition: Decodable {
        let logits: [Float?]
        let columns: Int
        let tokens: [Int]
        let penalty: Float
        let penalised: [Float?]
    }
    struct Guidance: Decodable {
        let conditional: [Float]
        let unconditional: [Float]
        let scale: Float
        let combined: [Float]
        let logProbabilities: [Float]
    }
    struct Random: Decodable {
        let seed: String
        let tokenIndex: String
        let stream: UInt32
        let draws: [String]
    }
    let filters: [Filter]
    let guidance: [Guidance]
    let repetition: [Repetition]
    let random: [Random]

    static func load() throws -> Fixture {
        let url = try #require(
            Bundle.module.url(forResource: "sampling", withExtension: "json", subdirectory: "Fixtures"))
        return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    }
}

@Suite struct ReferenceTests {
    private func filters(_ check: (_ logits: [Float], Fixture.Filter) throws -> Void) throws {
        let cases = try Fixture.load().filters
        #expect(cases.count == 12)
        for reference in cases { try check(reference.logits.map { $0 ?? masked }, reference) }
    }

    /// The masked logits are exactly the ones that are not kept, and the others are untouched.
    private func expectKept(_ ids: [Int], of logits: [Float], in result: [Float]) {
        #expect(result == logits.indices.map { ids.contains($0) ? logits[$0] : masked })
    }

    @Test func temperature() throws {
        try filters { logits, reference in
            let result = try processed(logits, by: Temperature(reference.temperature))
            for (value, expected) in zip(result, reference.scaled) {
                guard let expected else {
                    #expect(value == masked)
                    continue
                }
                #expect(abs(value - expected) <= abs(expected) * 1e-6)
            }
        }
    }

    @Test func topK() throws {
        try filters { logits, reference in
            expectKept(reference.keptByTopK, of: logits, in: try processed(logits, by: TopK(reference.topK)))
        }
    }

    @Test func topP() throws {
        try filters { logits, reference in
            expectKept(reference.keptByTopP, of: logits, in: try processed(logits, by: TopP(reference.topP)))
        }
    }

    @Test func minP() throws {
        try filters { logits, reference in
            expectKept(reference.keptByMinP, of: logits, in: try processed(logits, by: MinP(reference.minP)))
        }
    }

    @Test func typicalP() throws {
        try filters { logits, reference in
            expectKept(
                reference.keptByTypicalP, of: logits, in: try processed(logits, by: TypicalP(reference.typicalP)))
        }
    }

    @Test func epsilonCutoff() throws {
        try filters { logits, reference in
            expectKept(
                reference.keptByEpsilon, of: logits, in: try processed(logits, by: EpsilonCutoff(reference.epsilon)))
        }
    }

    @Test func etaCutoff() throws {
        try filters { logits, reference in
            expectKept(reference.keptByEta, of: logits, in: try processed(logits, by: EtaCutoff(reference.eta)))
        }
    }

    @Test func topNSigma() throws {
        try filters { logits, reference in
            expectKept(
                reference.keptByTopNSigma, of: logits, in: try processed(logits, by: TopNSigma(reference.topNSigma)))
        }
    }

    @Test("a window of the whole picture penalises what transformers penalises")
    func repetitionPenalty() throws {
        let cases = try Fixture.load().repetition
        #expect(cases.count == 4)
        for reference in cases {
            let context = try SamplingContext(tokens: reference.tokens, rows: 4, columns: reference.columns)
            let step = try RepetitionPenalty(reference.penalty, window: 4)
            let result = try processed(reference.logits.map { $0 ?? masked }, by: step, in: context)
            for (value, expected) in zip(result, reference.penalised) {
                #expect(abs(value - (expected ?? masked)) <= 1e-6 || value == expected ?? masked)
            }
        }
    }

    @Test func entropy() throws {
        try filters { logits, reference in
            let pipeline = try SamplingSettings().makePipeline(vocabularySize: logits.count)
            var logits = logits
            var span = logits.mutableSpan
            let choice = try pipeline.choose(&span, in: place(0), seed: 1)
            #expect(abs(choice.entropy - reference.entropy) <= 1e-12)
        }
    }

    @Test("the pipeline runs temperature, top-k, top-p and min-p in this order")
    func pipeline() throws {
        try filters { logits, reference in
            let settings = SamplingSettings(
                temperature: reference.temperature, topK: reference.topK + 2, topP: reference.topP,
                minP: reference.minP)
            let pipeline = try settings.makePipeline(vocabularySize: logits.count)
            var result = logits
            var span = result.mutableSpan
            try pipeline.process(&span, in: place(0))
            #expect(kept(result) == reference.keptByAll)
        }
    }

    @Test func logProbabilities() throws {
        try filters { logits, reference in
            for (token, expected) in reference.logProbabilities.enumerated() {
                let value = try CategoricalSampler().logProbability(of: token, in: logits.span)
                guard let expected else {
                    #expect(value == -.infinity)
                    continue
                }
                #expect(abs(value - Double(expected)) <= 1e-6)
            }
        }
    }

    @Test func guidance() throws {
        let cases = try Fixture.load().guidance
        #expect(cases.count == 4)
        for reference in cases {
            var result = reference.conditional
            var span = result.mutableSpan
            try ClassifierFreeGuidance(scale: reference.scale)
                .combine(&span, unconditional: reference.unconditional.span)
            for (value, expected) in zip(result, reference.combined) { #expect(abs(value - expected) <= 2e-6) }
            // Transformers takes the softmax before guidance, too, which moves all logits alike.
            for (token, expected) in reference.logProbabilities.enumerated() {
                let value = try CategoricalSampler().logProbability(of: token, in: result.span)
                #expect(abs(value - Double(expected)) <= 4e-6)
            }
        }
    }
}
