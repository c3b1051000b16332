// SamplerTests: the choice of a token.

import Foundation
import Testing
import WeftSampling

@Suite struct SamplerTests {
    @Test("greedy takes the greatest logit, and of equal ones the lowest id")
    func greedy() throws {
        #expect(try chosen([1, 5, 5, 2], by: GreedySampler()) == 1)
        #expect(try chosen([masked, -3, masked], by: GreedySampler()) == 1)
        #expect(try chosen([0.0, -0.0], by: GreedySampler()) == 0)
        #expect(try chosen([-0.0, 0.0], by: GreedySampler()) == 0)
    }

    @Test("one draw is looked up in the cumulative distribution, with limits that belong to the next token")
    func inverseCDF() throws {
        func token(_ draw: Double, of logits: [Float]) throws -> Int {
            var logits = logits
            var span = logits.mutableSpan
            var generator = ConstantBits(bits: UInt64(draw * 0x1p53) << 11)
            return try CategoricalSampler().sample(&span, using: &generator)
        }
        let quarters: [Float] = [9, masked, 9, 9, masked, 9]
        let draws = [0, 0.2499, 0.25, 0.4999, 0.5, 0.75, 1 - 0x1p-53]
        #expect(try draws.map { try token($0, of: quarters) } == [0, 0, 2, 2, 3, 5, 5])
        #expect(try token(0, of: [masked, masked, 1]) == 2)
        #expect(try token(1 - 0x1p-53, of: [1, masked, masked]) == 0)
        // The tail is so unlikely that its weight is 0: it is not chosen even by the greatest draw.
        #expect(try token(1 - 0x1p-53, of: [0, -800]) == 0)
        // More tokens than blocks of the sum, and a number that no block size divides.
        let many = [Float](repeating: -3, count: 1000)
        for draw in stride(from: 0, to: 1000, by: 37) {
            #expect(try token((Double(draw) + 0.5) / 1000, of: many) == draw)
        }
        // Limits within a block, exact because all weights are 1.
        let exact = [Float](repeating: 2, count: 1024)
        for draw in stride(from: 0, to: 1024, by: 41) {
            #expect(try token(Double(draw) / 1024, of: exact) == draw)
        }
    }

    @Test("samplers leave the logits as they are and draw once or not at all")
    func sideEffects() throws {
        var logits: [Float] = [1, 2, masked, 3]
        var span = logits.mutableSpan
        var generator = CounterRandom(seed: 5, tokenIndex: 6)
        let before = generator
        _ = try GreedySampler().sample(&span, using: &generator)
        #expect(generator == before)
        _ = try CategoricalSampler().sample(&span, using: &generator)
        var once = before
        _ = once.next()
        #expect(generator == once)
        #expect(logits == [1, 2, masked, 3])
    }

    @Test("frequencies of 100000 tokens are within five sigma of the softmax", arguments: [1, 2, 3] as [UInt64])
    func frequencies(seed: UInt64) throws {
        let logits: [Float] = [0.5, masked, 2, -1, 0, -4, 1.25]
        let weights = logits.map { exp(Double($0)) }
        let total = weights.reduce(0, +)
        let draws: UInt64 = 100_000
        var counts = [Int](repeating: 0, count: logits.count)
        let pipeline = try SamplingSettings().makePipeline(vocabularySize: logits.count)
        var row = logits
        var span = row.mutableSpan
        for number in 0..<draws as Range<UInt64> {
            var generator = CounterRandom(seed: seed, tokenIndex: number)
            counts[try pipeline.sample(&span, in: place(0), using: &generator)] += 1
        }
        for token in logits.indices {
            let probability = weights[token] / total
            let sigma = (Double(draws) * probability * (1 - probability)).squareRoot()
            #expect(abs(Double(counts[token]) - Double(draws) * probability) <= 5 * sigma, "token \(token)")
        }
        #expect(counts[1] == 0)
    }

    @Test("log-probabilities agree with the C library and sum to 1")
    func logProbability() throws {
        for number in 0..<1000 {
            let logits = RandomCase(number).logits
            let maximum = Double(logits.max() ?? 0)
            let reference = log(logits.reduce(0) { $0 + exp(Double($1) - maximum) }) + maximum
            var sum = 0.0
            for token in logits.indices {
                let value = try CategoricalSampler().logProbability(of: token, in: logits.span)
                if logits[token] == masked {
                    #expect(value == -.infinity)
                } else {
                    #expect(abs(value - (Double(logits[token]) - reference)) < 1e-13)
                }
                sum += exp(value)
            }
            #expect(abs(sum - 1) < 1e-12)
        }
        #expect(try CategoricalSampler().logProbability(of: 0, in: ([-5] as [Float]).span) == 0)
    }
}
