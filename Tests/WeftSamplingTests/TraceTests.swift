// TraceTests: the numbers that are recorded with a token.

import Foundation
import Testing
import WeftSampling

@Suite struct TraceTests {
    private struct Case {
        let logits: [Float]
        let without: [Float]
        let settings: SamplingSettings

        init(_ number: Int) {
            var random = RandomCase(number)
            logits = random.logits
            without = logits.map { _ in random.generator.nextFloat() * 4 }
            settings = SamplingSettings(
                temperature: number % 9 == 0 ? 0 : Float.random(in: 0.2...2, using: &random.generator),
                topK: Int.random(in: 0...30, using: &random.generator),
                topP: Float.random(in: 0.3...1, using: &random.generator),
                guidanceScale: Float.random(in: 0...3, using: &random.generator))
        }
    }

    private func entropy(_ logits: [Float]) -> Double {
        let maximum = Double(logits.max() ?? 0)
        let weights = logits.map { exp(Double($0) - maximum) }
        let total = weights.reduce(0, +)
        return -weights.reduce(0) { $1 == 0 ? $0 : $0 + $1 / total * log($1 / total) }
    }

    @Test("a traced token is the token that is drawn without a trace, with the numbers of its two distributions")
    func numbers() throws {
        for number in 0..<1000 {
            let this = Case(number)
            let pipeline = try this.settings.makePipeline(vocabularySize: this.logits.count)
            var logits = this.logits
            var span = logits.mutableSpan
            let token = try pipeline.sample(&span, unconditional: this.without.span, in: place(number), seed: 8)

            var traced = this.logits
            var tracedSpan = traced.mutableSpan
            let choice = try pipeline.choose(
                &tracedSpan, unconditional: this.without.span, in: place(number), seed: 8)
            #expect(traced == logits)
            #expect(choice.token == token)
            #expect(choice.logProbability == (try pipeline.logProbability(of: token, in: logits.span)))
            #expect(abs(choice.entropy - entropy(logits)) <= 1e-12)
            let order = logits.indices.sorted { (logits[$0], $1) > (logits[$1], $0) }
            #expect(choice.rank == order.firstIndex(of: token))

            var guided = this.logits
            var guidedSpan = guided.mutableSpan
            try ClassifierFreeGuidance(scale: this.settings.guidanceScale)
                .combine(&guidedSpan, unconditional: this.without.span)
            #expect(
                choice.modelLogProbability
                    == (try CategoricalSampler().logProbability(of: token, in: guided.span)))
            #expect(abs(choice.modelEntropy - entropy(guided)) <= 1e-12)
        }
    }

    @Test("of equal logits the lowest id ranks first")
    func ranks() throws {
        var generator = ConstantBits(bits: 0)
        for (draw, token, rank) in [(0.1, 0, 3), (0.3, 1, 0), (0.6, 2, 1), (0.99, 3, 2)] {
            var logits: [Float] = [0, 0.1, 0.1, 0.1]
            var span = logits.mutableSpan
            generator.bits = UInt64(draw * 0x1p53) << 11
            let choice = try SamplingSettings().makePipeline(vocabularySize: 4)
                .choose(&span, in: place(0), using: &generator)
            #expect(choice.token == token)
            #expect(choice.rank == rank)
        }
    }

    @Test("one token that is left is certain, and the model's surprise stays")
    func certain() throws {
        let pipeline = try SamplingSettings(topK: 1).makePipeline(vocabularySize: 3)
        var logits: [Float] = [0, 1, 0]
        var span = logits.mutableSpan
        let choice = try pipeline.choose(&span, in: place(0), seed: 0)
        #expect(choice.logProbability == 0)
        #expect(choice.entropy == 0)
        #expect(choice.rank == 0)
        #expect(abs(choice.modelLogProbability - (1 - log(2 + M_E))) <= 1e-15)
        #expect(abs(choice.modelEntropy - entropy([0, 1, 0])) <= 1e-15)
    }

    @Test("a trace is written as JSON with the field's names")
    func json() throws {
        let choice = SampledToken(
            token: 7, logProbability: -0.5, entropy: 1.5, rank: 2, modelLogProbability: -1.25, modelEntropy: 3)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(choice), as: UTF8.self)
        #expect(
            text
                == #"{"entropy":1.5,"log_probability":-0.5,"model_entropy":3,"model_log_probability":-1.25,"rank":2,"token":7}"#
        )
        #expect(try JSONDecoder().decode(SampledToken.self, from: Data(text.utf8)) == choice)
    }

    @Test("the sampler by itself gives the log-probability, too")
    func sampler() throws {
        for number in 0..<200 {
            let logits = RandomCase(number).logits
            var work = logits
            var span = work.mutableSpan
            var generator = CounterRandom(seed: 1, tokenIndex: UInt64(number))
            let (token, value) = try CategoricalSampler().sampleWithLogProbability(&span, using: &generator)
            #expect(token == (try chosen(logits, by: CategoricalSampler(), tokenIndex: UInt64(number))))
            #expect(value == (try CategoricalSampler().logProbability(of: token, in: logits.span)))
        }
    }
}
