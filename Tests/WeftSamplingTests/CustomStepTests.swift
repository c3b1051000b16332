// CustomStepTests: processors and samplers that are not the library's.

import Testing
import WeftSampling

/// Chooses a token by its place in the order, and leaves nothing of the logits behind.
private struct ByRank: Sampler {
    let rank: Int
    func sample(_ logits: inout MutableSpan<Float>, using generator: inout some RandomNumberGenerator) throws -> Int {
        var order: [(Float, Int)] = []
        for token in logits.indices { order.append((logits[token], token)) }
        order.sort { ($0.0, $1.1) > ($1.0, $0.1) }
        for token in logits.indices { logits[token] = .nan }
        return order[rank].1
    }
}

/// Chooses one token, whether it exists or not.
private struct Always: Sampler {
    let token: Int
    func sample(_ logits: inout MutableSpan<Float>, using generator: inout some RandomNumberGenerator) throws -> Int {
        token
    }
}

/// Refuses to choose.
private struct Stubborn: Sampler {
    struct Refusal: Error, Equatable {}
    func sample(_ logits: inout MutableSpan<Float>, using generator: inout some RandomNumberGenerator) throws -> Int {
        throw Refusal()
    }
}

/// Forbids the tokens above and to the left.
private struct NoTwins: LogitsProcessor {
    func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        for token in [context.above, context.left] { if let token { logits[token] = masked } }
    }
}

@Suite struct CustomStepTests {
    private func sample(
        _ logits: [Float], by sampler: some Sampler, _ settings: SamplingSettings = SamplingSettings()
    ) throws -> SampledToken {
        let pipeline = try settings.makePipeline(vocabularySize: logits.count, sampler: sampler)
        var work = logits
        var span = work.mutableSpan
        let token = try pipeline.sample(&span, in: place(0), seed: 1)
        work = logits
        span = work.mutableSpan
        let choice = try pipeline.choose(&span, in: place(0), seed: 1)
        #expect(choice.token == token)
        return choice
    }

    @Test("a sampler chooses from the processed logits, and a trace survives what it does to them")
    func sampler() throws {
        let choice = try sample([1, 3, 2, 0], by: ByRank(rank: 1), SamplingSettings(temperature: 0.5, topK: 3))
        #expect(choice.token == 2)
        #expect(choice.rank == 1)
        // Logits 2, 6, 4 after temperature.
        let logits: [Float] = [2, 6, 4, masked]
        #expect(choice.logProbability == (try CategoricalSampler().logProbability(of: 2, in: logits.span)))
    }

    @Test("what a sampler may not choose is refused")
    func refusals() throws {
        #expect(throws: SamplingError(.invalidToken, "the sampler chose token id 1, which is masked")) {
            try sample([1, masked, 2], by: Always(token: 1))
        }
        #expect(throws: SamplingError(.invalidToken, "the sampler chose token id 2, which is masked")) {
            try sample([1, 5, 0], by: ByRank(rank: 2), SamplingSettings(topK: 2))
        }
        for token in [-1, 3] {
            #expect(
                throws: SamplingError(
                    .invalidToken, "the sampler chose token id \(token), outside of the vocabulary 0..<3")
            ) { try sample([1, 0, 2], by: Always(token: token)) }
        }
        #expect(throws: Stubborn.Refusal()) { try sample([1, 0, 2], by: Stubborn()) }
        #expect(
            throws: SamplingError(
                .invalidSetting, "temperature 0 chooses the most likely token, and has no use for another sampler")
        ) { try sample([1, 0, 2], by: Always(token: 1), SamplingSettings(temperature: 0)) }
    }

    @Test("a processor sees the tokens before, and masks by them")
    func processor() throws {
        let pipeline = try SamplingSettings().makePipeline(vocabularySize: 4, processors: [NoTwins()])
        for seed in 0..<100 as Range<UInt64> {
            var tokens: [Int] = []
            while tokens.count < 20 {
                var logits: [Float] = [0, 0, 0, 0]
                var span = logits.mutableSpan
                let context = try SamplingContext(tokens: tokens, rows: 4, columns: 5)
                let token = try pipeline.sample(&span, in: context, seed: seed)
                #expect(token != context.above)
                #expect(token != context.left)
                tokens.append(token)
            }
        }
    }
}
