// PipelineTests: settings, and the pipeline that is built from them.

import Foundation
import Testing
import WeftSampling

/// Allows one token, which moves on with the token index.
private struct MovingMask: LogitsProcessor {
    func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        for token in logits.indices where token != context.index % logits.count { logits[token] = masked }
    }
}

/// Adds a number to all logits that are not masked.
private struct Add: LogitsProcessor {
    let amount: Float
    func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) {
        for token in logits.indices { logits[token] += amount }
    }
}

@Suite struct PipelineTests {
    private func run(
        _ settings: SamplingSettings, _ logits: [Float], without: [Float]? = nil,
        processors: [any LogitsProcessor] = []
    ) throws -> [Float] {
        let pipeline = try settings.makePipeline(vocabularySize: logits.count, processors: processors)
        var logits = logits
        var span = logits.mutableSpan
        if let without {
            try pipeline.process(&span, unconditional: without.span, in: place(0))
        } else {
            try pipeline.process(&span, in: place(0))
        }
        return logits
    }

    @Test("guidance comes before the processors, these before temperature, and temperature before top-k")
    func order() throws {
        let settings = SamplingSettings(temperature: 2, topK: 2, guidanceScale: 3)
        // Guidance: 4, 10, 7; plus 100, halved; the two greatest.
        let result = try run(settings, [2, 4, 3], without: [1, 1, 1], processors: [Add(amount: 100)])
        #expect(result == [masked, 55, 53.5])
        let mask = try TokenMask(allowing: [0, 2], vocabularySize: 3)
        // The mask comes before top-k: the two greatest of what is allowed.
        #expect(try run(settings, [2, 4, 3], without: [1, 1, 1], processors: [mask]) == [2, masked, 3.5])
    }

    @Test("without unconditional logits guidance is left out")
    func withoutUnconditional() throws {
        #expect(try run(SamplingSettings(guidanceScale: 9), [1, 2, 3]) == [1, 2, 3])
    }

    @Test("temperature 0 is greedy and needs no randomness")
    func greedy() throws {
        let settings = SamplingSettings(temperature: 0, topK: 1, topP: 0.2, minP: 0.9)
        let pipeline = try settings.makePipeline(vocabularySize: 4)
        var logits: [Float] = [1, 3, 3, 2]
        var span = logits.mutableSpan
        for seed in 0..<20 as Range<UInt64> { #expect(try pipeline.sample(&span, in: place(0), seed: seed) == 1) }
        #expect(logits == [1, 3, 3, 2])
    }

    @Test("processors see the token index")
    func tokenIndex() throws {
        let pipeline = try SamplingSettings().makePipeline(vocabularySize: 5, processors: [MovingMask()])
        for tokenIndex in 0..<10 {
            var logits: [Float] = [1, 2, 3, 4, 5]
            var span = logits.mutableSpan
            #expect(try pipeline.sample(&span, in: place(tokenIndex), seed: 4) == tokenIndex % 5)
        }
    }

    @Test("the seed form draws from CounterRandom of seed and token index")
    func seed() throws {
        let pipeline = try SamplingSettings().makePipeline(vocabularySize: 100)
        var logits = [Float](repeating: 0, count: 100)
        var span = logits.mutableSpan
        for tokenIndex in 0..<100 {
            var generator = CounterRandom(seed: 31, tokenIndex: UInt64(tokenIndex))
            let expected = try pipeline.sample(&span, in: place(tokenIndex), using: &generator)
            #expect(try pipeline.sample(&span, in: place(tokenIndex), seed: 31) == expected)
            var draw = CounterRandom(seed: 31, tokenIndex: UInt64(tokenIndex))
            #expect(expected == Int(draw.nextDouble() * 100))
        }
    }

    @Test("the log-probability of a token is that of the distribution it was drawn from")
    func logProbability() throws {
        let pipeline = try SamplingSettings(topK: 2).makePipeline(vocabularySize: 4)
        var logits: [Float] = [1, 1, 0, 0]
        var span = logits.mutableSpan
        let token = try pipeline.sample(&span, in: place(0), seed: 1)
        #expect(abs(try pipeline.logProbability(of: token, in: span.span) + log(2)) < 1e-15)
        #expect(try pipeline.logProbability(of: 3, in: span.span) == -.infinity)
    }

    @Test("logits in memory of the caller work through a span of it")
    func pointers() throws {
        let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 3)
        defer { memory.deallocate() }
        _ = memory.initialize(from: [masked, 5, masked])
        let pipeline = try SamplingSettings(topP: 0.9, guidanceScale: 2).makePipeline(vocabularySize: 3)
        var span = memory.mutableSpan
        let without = UnsafeBufferPointer(memory)
        #expect(try pipeline.sample(&span, unconditional: without.span, in: place(0), seed: 0) == 1)
    }

    @Test func refusals() throws {
        let pipeline = try SamplingSettings(topP: 0.5).makePipeline(vocabularySize: 3)
        func sample(_ logits: [Float]) throws -> Int {
            var logits = logits
            var span = logits.mutableSpan
            return try pipeline.sample(&span, in: place(0), seed: 0)
        }
        #expect(throws: SamplingError(.sizeMismatch, "sampling pipeline is made for 3 logits, got 2")) {
            try sample([1, 2])
        }
        #expect(throws: SamplingError(.allMasked, "cannot sample: all 3 logits are masked (-infinity)")) {
            try sample([masked, masked, masked])
        }
        #expect(throws: SamplingError(.notANumber, "cannot sample: the logit of token 2 is NaN")) {
            try sample([1, 2, .nan])
        }
        // An error leaves nothing behind.
        #expect(try sample([masked, 1, masked]) == 1)
    }
}
