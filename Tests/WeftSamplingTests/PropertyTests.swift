// PropertyTests: what must hold for any logits, over a thousand seeded cases each.

import Foundation
import Testing
import WeftSampling

@Suite struct PropertyTests {
    @Test("no step raises a masked logit, changes a logit that it keeps, or masks the greatest one")
    func filtersOnlyMask() throws {
        for number in 0..<1000 {
            var random = RandomCase(number)
            let steps: [any LogitsProcessor] = [
                try TopK(Int.random(in: 0...20, using: &random.generator)),
                try TopP(Float.random(in: 0.01...1, using: &random.generator)),
                try MinP(Float.random(in: 0...1, using: &random.generator)),
                try EpsilonCutoff(Float.random(in: 0..<1, using: &random.generator)),
                try EtaCutoff(Float.random(in: 0..<1, using: &random.generator)),
                try TopNSigma(Float.random(in: 0...3, using: &random.generator)),
            ]
            let best = try chosen(random.logits, by: GreedySampler())
            for step in steps {
                let result = try processed(random.logits, by: step)
                for token in result.indices {
                    #expect(result[token] == random.logits[token] || result[token] == masked)
                }
                #expect(try chosen(result, by: GreedySampler()) == best)
            }
        }
    }

    @Test("typical-p masks whole groups of equal logits, keeps the mass, and would not without its last group")
    func typicalP() throws {
        for number in 0..<1000 {
            var random = RandomCase(number)
            let logits = random.logits
            let probability = Float.random(in: 0.01..<1, using: &random.generator)
            let result = try processed(logits, by: TypicalP(probability))
            let ids = kept(result)
            #expect(ids.allSatisfy { result[$0] == logits[$0] && logits[$0] != masked })
            let maximum = Double(logits.max() ?? 0)
            let total = logits.reduce(0) { $0 + exp(Double($1) - maximum) }
            func logProbability(_ token: Int) -> Double { Double(logits[token]) - maximum - log(total) }
            let entropy = kept(logits).reduce(0) { $0 - exp(logProbability($1)) * logProbability($1) }
            func distance(_ token: Int) -> Double { abs(-logProbability(token) - entropy) }
            let reach = ids.map(distance).max() ?? 0
            for token in kept(logits) where !ids.contains(token) { #expect(distance(token) > reach - 1e-12) }
            let mass = ids.reduce(0) { $0 + exp(logProbability($1)) }
            #expect(mass >= Double(probability) - 1e-12)
            let without = ids.filter { distance($0) < reach - 1e-12 }.reduce(0) { $0 + exp(logProbability($1)) }
            #expect(without < Double(probability) + 1e-12)
        }
    }

    @Test("top-n-sigma keeps the same tokens at any temperature that is a power of two")
    func topNSigmaTemperature() throws {
        for number in 0..<1000 {
            var random = RandomCase(number)
            let step = try TopNSigma(Float.random(in: 0.1...3, using: &random.generator))
            let result = try processed(random.logits, by: step)
            for temperature in [0.25, 0.5, 2, 8] as [Float] {
                let scaled = try processed(random.logits, by: Temperature(temperature))
                #expect(kept(try processed(scaled, by: step)) == kept(result))
            }
        }
    }

    @Test("a repetition penalty changes the tokens nearby alone, once each, and raises no masked logit")
    func repetitionPenalty() throws {
        for number in 0..<1000 {
            var random = RandomCase(number)
            let (rows, columns) = (Int.random(in: 1...6, using: &random.generator), 5)
            let index = Int.random(in: 0..<rows * columns, using: &random.generator)
            let tokens = (0..<index).map { _ in random.logits.indices.randomElement(using: &random.generator) ?? 0 }
            let context = try SamplingContext(tokens: tokens, rows: rows, columns: columns)
            let window = Int.random(in: 1...3, using: &random.generator)
            let penalty = Float.random(in: 0.5...3, using: &random.generator)
            let nearby = Set(
                tokens.indices.filter {
                    abs($0 / columns - context.row) <= window && abs($0 % columns - context.column) <= window
                }.map { tokens[$0] })
            let expected = random.logits.enumerated().map { token, logit in
                !nearby.contains(token) ? logit : logit < 0 ? logit * penalty : logit / penalty
            }
            #expect(
                try processed(random.logits, by: RepetitionPenalty(penalty, window: window), in: context) == expected)
        }
    }

    @Test("temperature keeps masked tokens masked and the order of the others")
    func temperatureKeepsOrder() throws {
        for number in 0..<1000 {
            var random = RandomCase(number)
            let step = try Temperature(Float.random(in: 0.1...4, using: &random.generator))
            let result = try processed(random.logits, by: step)
            #expect(kept(result) == kept(random.logits))
            for token in 1..<result.count where random.logits[token] > random.logits[token - 1] {
                #expect(result[token] >= result[token - 1])
            }
        }
    }

    @Test("settings that are off change no bit")
    func offIsOff() throws {
        for number in 0..<1000 {
            let logits = RandomCase(number).logits
            var result = logits
            var span = result.mutableSpan
            try SamplingSettings().makePipeline(vocabularySize: logits.count).process(&span, in: place(number))
            #expect(result.map(\.bitPattern) == logits.map(\.bitPattern))
        }
    }

    @Test("top-k is what a full sort gives")
    func topKBySorting() throws {
        for number in 0..<1000 {
            var random = RandomCase(number, largest: number < 950 ? 60 : 3000)
            let logits = random.logits
            let count = Int.random(in: 1...logits.count, using: &random.generator)
            let threshold = logits.sorted(by: >)[count - 1]
            let result = try processed(logits, by: TopK(count))
            #expect(result == logits.map { $0 < threshold ? masked : $0 }, "case \(number)")
        }
    }

    @Test("top-p is what a full sort gives")
    func topPBySorting() throws {
        for number in 0..<1000 {
            var random = RandomCase(number, largest: number < 950 ? 60 : 3000)
            let logits = random.logits
            let probability = Float.random(in: 0.01..<1, using: &random.generator)
            let order = logits.indices.sorted { (logits[$0], $1) > (logits[$1], $0) }
            let maximum = Double(logits[order[0]])
            let weights = order.map { exp(Double(logits[$0]) - maximum) }
            let limit = Double(probability) * weights.reduce(0, +)
            var expected = [Float](repeating: masked, count: logits.count)
            var cumulative = 0.0
            for (token, weight) in zip(order, weights) where cumulative <= limit {
                expected[token] = logits[token]
                cumulative += weight
            }
            #expect(try processed(logits, by: TopP(probability)) == expected, "case \(number)")
        }
    }

    @Test("a token depends on its logits, settings and key alone, not on what the pipeline did before")
    func independentOfOtherCalls() throws {
        let size = 50
        let settings = SamplingSettings(temperature: 1.3, topK: 30, topP: 0.9, minP: 0.01, guidanceScale: 2)
        let used = try settings.makePipeline(vocabularySize: size)
        for number in 0..<1000 {
            var generator = CounterRandom(seed: 9, tokenIndex: UInt64(number))
            let logits = (0..<size).map { _ in generator.nextFloat() * 8 }
            let without = (0..<size).map { _ in generator.nextFloat() * 8 }
            func token(_ pipeline: SamplingPipeline) throws -> Int {
                var logits = logits
                var span = logits.mutableSpan
                return try pipeline.sample(&span, unconditional: without.span, in: place(number), seed: 123)
            }
            let first = try token(used)
            #expect(try token(settings.makePipeline(vocabularySize: size)) == first)
            #expect(try token(used) == first)
        }
    }

    @Test("the pipeline is its steps in their order, at any token index")
    func pipelineIsItsSteps() throws {
        for number in 0..<1000 {
            var random = RandomCase(number)
            let logits = random.logits
            let without = logits.map { _ in random.generator.nextFloat() * 4 }
            let settings = SamplingSettings(
                temperature: Float.random(in: 0.2...2, using: &random.generator),
                topK: Int.random(in: 0...30, using: &random.generator),
                topP: Float.random(in: 0.1...1, using: &random.generator),
                minP: Float.random(in: 0...0.3, using: &random.generator),
                typicalP: Float.random(in: 0.5...1, using: &random.generator),
                epsilonCutoff: Float.random(in: 0...0.1, using: &random.generator),
                etaCutoff: Float.random(in: 0...0.1, using: &random.generator),
                topNSigma: Float.random(in: 0.5...3, using: &random.generator),
                repetitionPenalty: Float.random(in: 0.5...2, using: &random.generator),
                guidanceScale: Float.random(in: 0...5, using: &random.generator))

            var expected = logits
            var expectedSpan = expected.mutableSpan
            try ClassifierFreeGuidance(scale: settings.guidanceScale)
                .combine(&expectedSpan, unconditional: without.span)
            let steps: [any LogitsProcessor] = [
                try RepetitionPenalty(settings.repetitionPenalty), try TopNSigma(settings.topNSigma),
                try Temperature(settings.temperature), try TopK(settings.topK), try TopP(settings.topP),
                try MinP(settings.minP), try TypicalP(settings.typicalP), try EpsilonCutoff(settings.epsilonCutoff),
                try EtaCutoff(settings.etaCutoff),
            ]
            for step in steps { try step.process(&expectedSpan, in: place(number)) }
            var generator = CounterRandom(seed: 6, tokenIndex: UInt64(number))
            let expectedToken = try CategoricalSampler().sample(&expectedSpan, using: &generator)

            var result = logits
            var span = result.mutableSpan
            let pipeline = try settings.makePipeline(vocabularySize: logits.count)
            #expect(
                try pipeline.sample(&span, unconditional: without.span, in: place(number), seed: 6) == expectedToken)
            #expect(result == expected)
        }
    }

    @Test("a sampled token is never masked")
    func sampledIsKept() throws {
        for number in 0..<1000 {
            let logits = RandomCase(number).logits
            let token = try chosen(logits, by: CategoricalSampler(), tokenIndex: UInt64(number))
            #expect(logits[token] != masked)
        }
    }
}
