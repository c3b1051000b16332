// ArticleTests: the code of the articles, compiled and run. Each block of an article stands here, line by line.

import Foundation
import Testing
import WeftSampling

// From WeftSampling.md.

private protocol Model {
    func logits(after tokens: [Int], prompted: Bool) -> [Float]
}

private func picture(by model: some Model, seed: UInt64) throws -> [Int] {
    let settings = SamplingSettings(temperature: 0.9, topK: 2000, topP: 0.95, guidanceScale: 4)
    let pipeline = try settings.makePipeline(vocabularySize: 4096)
    var tokens: [Int] = []
    while tokens.count < 16 * 16 {
        // [vocabulary] each: with the prompt, and without it.
        var conditional = model.logits(after: tokens, prompted: true)
        let unconditional = model.logits(after: tokens, prompted: false)
        var logits = conditional.mutableSpan
        let token = try pipeline.sample(
            &logits, unconditional: unconditional.span,
            in: SamplingContext(tokens: tokens, rows: 16, columns: 16), seed: seed)
        tokens.append(token)
    }
    return tokens
}

// From WritingSteps.md.

/// Forbids the tokens above and to the left, so that no token stands beside itself.
private struct NoTwins: LogitsProcessor {
    func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        for token in [context.above, context.left] {
            if let token { logits[token] = -.infinity }
        }
    }
}

/// Chooses uniformly between the two greatest logits.
private struct CoinFlip: Sampler {
    func sample(
        _ logits: inout MutableSpan<Float>, using generator: inout some RandomNumberGenerator
    ) throws -> Int {
        let best = try GreedySampler().sample(&logits, using: &generator)
        if generator.next() >> 63 == 0 { return best }
        let logit = logits[best]
        logits[best] = -.infinity
        defer { logits[best] = logit }
        return try GreedySampler().sample(&logits, using: &generator)
    }
}

private func makePipeline() throws -> SamplingPipeline {
    try SamplingPipeline(
        SamplingSettings(topP: 0.95), vocabularySize: 4096, processors: [NoTwins()], sampler: CoinFlip())
}

@Suite struct ArticleTests {
    private struct Noise: Model {
        func logits(after tokens: [Int], prompted: Bool) -> [Float] {
            var random = CounterRandom(seed: prompted ? 1 : 2, tokenIndex: UInt64(tokens.count))
            return (0..<4096).map { _ in random.nextFloat() * 9 }
        }
    }

    @Test func overview() throws {
        let tokens = try picture(by: Noise(), seed: 42)
        #expect(tokens.count == 256)
        #expect(tokens == (try picture(by: Noise(), seed: 42)))
        #expect(tokens != (try picture(by: Noise(), seed: 43)))
    }

    @Test func noTokenStandsBesideItself() throws {
        // 3 1 2 | 0 .
        let context = try SamplingContext(tokens: [3, 1, 2, 0], rows: 2, columns: 3)
        var logits: [Float] = [5, 6, 7, 8]
        var span = logits.mutableSpan
        try NoTwins().process(&span, in: context)
        #expect(logits == [-.infinity, -.infinity, 7, 8])
    }

    @Test func coinFlip() throws {
        let pipeline = try makePipeline()
        var counts: [Int: Int] = [:]
        for seed in 0..<1000 as Range<UInt64> {
            var logits = [Float](repeating: 0, count: 4096)
            for (token, logit) in [(0, 9), (1, 8), (2, 12), (3, 11)] { logits[token] = Float(logit) }
            var span = logits.mutableSpan
            // Tokens 0 and 2 are forbidden; of the others 3 and 1 are the greatest.
            let context = try SamplingContext(tokens: [7, 2, 0], rows: 2, columns: 2)
            counts[try pipeline.sample(&span, in: context, seed: seed), default: 0] += 1
        }
        // Standard deviation: sqrt(1000 / 4) = 15.8.
        #expect(Set(counts.keys) == [1, 3])
        #expect(abs((counts[1] ?? 0) - 500) <= 79)
    }

    @Test func randomNumbers() {
        var generator = CounterRandom(seed: 42, tokenIndex: 0)
        let bits = generator.next()
        let number = generator.nextDouble()
        let die = Int.random(in: 1...6, using: &generator)
        #expect(bits == 0x77f5_493b_9cea_f053)
        #expect((0..<1).contains(number))
        #expect((1...6).contains(die))
    }

    @Test("every block of code of every article stands in this file")
    func articles() throws {
        let here = URL(filePath: #filePath)
        func lines(_ text: some StringProtocol) -> [String] {
            text.split(separator: "\n").map { line in
                let line = line.trimmingPrefix { $0 == " " }
                return String(line.hasPrefix("private ") ? line.dropFirst(8) : line)
            }.filter { !$0.isEmpty }
        }
        let source = lines(try String(contentsOf: here, encoding: .utf8)).joined(separator: "\n")
        let folder = here.deletingLastPathComponent().appending(path: "../../Sources/WeftSampling/WeftSampling.docc")
        var blocks = 0
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        where file.pathExtension == "md" {
            let parts = try String(contentsOf: file, encoding: .utf8).split(
                separator: "```", omittingEmptySubsequences: false)
            for part in parts where part.hasPrefix("swift\n") {
                let block = lines(part.dropFirst(6)).filter { $0 != "import WeftSampling" }.joined(separator: "\n")
                #expect(source.contains(block), "\(file.lastPathComponent): \(block)")
                blocks += 1
            }
        }
        #expect(blocks == 6)
    }
}
