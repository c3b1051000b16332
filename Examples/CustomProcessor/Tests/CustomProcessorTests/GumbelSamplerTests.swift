// GumbelSamplerTests: the sampler draws from the softmax, and refuses what the library's samplers refuse.

import CustomProcessor
import Foundation
import Testing
import WeftSampling

@Suite struct GumbelSamplerTests {
    @Test("frequencies of 20000 tokens are within five sigma of the softmax")
    func frequencies() throws {
        let logits: [Float] = [0.5, -.infinity, 2, -1, 0]
        let total = logits.reduce(0) { $0 + exp(Double($1)) }
        var counts = [Int](repeating: 0, count: logits.count)
        let pipeline = try SamplingSettings().makePipeline(vocabularySize: 5, sampler: GumbelSampler())
        let context = try SamplingContext(tokens: [], rows: 1, columns: 1)
        for seed in 0..<20000 as Range<UInt64> {
            var work = logits
            var span = work.mutableSpan
            counts[try pipeline.sample(&span, in: context, seed: seed)] += 1
        }
        for (count, logit) in zip(counts, logits) {
            let probability = exp(Double(logit)) / total
            let sigma = (20000 * probability * (1 - probability)).squareRoot()
            #expect(abs(Double(count) - 20000 * probability) <= 5 * sigma)
        }
    }

    @Test func refusals() throws {
        func sample(_ logits: [Float]) throws -> Int {
            var logits = logits
            var span = logits.mutableSpan
            var generator = CounterRandom(seed: 0, tokenIndex: 0)
            return try GumbelSampler().sample(&span, using: &generator)
        }
        #expect(throws: SamplingError(.emptyLogits, "cannot sample: there are no logits")) { try sample([]) }
        #expect(throws: SamplingError(.notANumber, "cannot sample: the logit of token 1 is NaN")) {
            try sample([0, .nan])
        }
        #expect(throws: SamplingError(.allMasked, "cannot sample: all 2 logits are masked (-infinity)")) {
            try sample([-.infinity, -.infinity])
        }
        #expect(try sample([-.infinity, -5]) == 1)
    }
}
