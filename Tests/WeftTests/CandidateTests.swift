// Pictures of which several candidates are drawn, and the best one is kept.

import Foundation
import Testing
import WeftModel
import WeftPixels
import WeftSampling
import WeftTensor

@testable import Weft

@Suite struct CandidateTests {
    /// A candidate that was drawn alone, with the model's logits with the prompt `[step][code]`.
    private struct Candidate {
        let tokens: [Int]
        let trace: [SampledToken]
        let logits: [[Float]]
    }

    private func candidates(_ model: Model, _ request: GenerationRequest) throws -> [Candidate] {
        let pool = ThreadPool(threadCount: 1)
        let fed = model.checkpoint.fedTokens(rows: request.size.rows, columns: request.size.columns)
        let prefixes = try model.description.prefixes(for: request, pool: pool)
        return try (0..<request.sampling.candidates).map { candidate in
            let batch = GenerationBatch(
                try model.decoder, rowEnd: nil,
                capacity: .init(
                    places: 1, isGuided: true, prefix: 64, fed: fed, cache: model.description.cacheType.format),
                options: DrawingOptions(traces: true), alike: model.alikeCodes, pool: pool)
            try batch.add(
                PreparedPicture(index: 0, request: request, prefixes: prefixes, candidate: candidate))
            var logits: [[Float]] = []
            while true {
                _ = try batch.readPrompts()
                try batch.step { _, row, values in if row == 0 { logits.append(Array(values)) } }
                if let drawn = batch.takeFinished().first {
                    return Candidate(tokens: drawn.tokens, trace: drawn.trace, logits: logits)
                }
            }
        }
    }

    @Test("the likeliest candidate is kept", arguments: 0..<12 as Range<UInt64>)
    func theBestIsKept(seed: UInt64) async throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        let alike = try #require(model.alikeCodes)
        var request = try model.request(seed: seed, width: 24, guidance: seed % 2 == 0 ? 1 : 3)
        request.sampling.temperature = 0.9
        request.sampling.bestOf = 4
        let candidates = try candidates(model, request)
        #expect(Set(candidates.map(\.tokens)).count == 4)
        let scores = candidates.map { candidate in
            zip(candidate.tokens, candidate.logits).reduce(0.0) { sum, step in
                let weights = step.1.map { exp(Double($0)) }
                let whole = ([step.0] + alike.of(step.0)).reduce(0) { $0 + weights[$1] }
                return sum + log(whole / weights.reduce(0, +))
            }
        }
        let best = try #require(scores.indices.max { scores[$0] < scores[$1] })
        let drawn = try await model.generate(request, trace: true)
        #expect(drawn.tokens.tokens == candidates[best].tokens)
        #expect(drawn.trace == candidates[best].trace)
        request.sampling.bestOf = 1
        #expect(try await model.generate(request).tokens.tokens == candidates[0].tokens)
    }

    @Test("the embedded model's tones stay together, which min-p alone would take apart")
    func tokensThatLookAlikeAreKeptTogether() async throws {
        let model = try Model()
        let alike = try #require(model.alikeCodes)
        var others = 0
        for seed in 0..<4 as Range<UInt64> {
            var request = try model.request(seed: seed, width: 64)
            request.sampling = SamplingSettings(minP: 0.005, alikeMinP: 0.2)
            let drawn = try #require(try candidates(model, request).first)
            #expect(try await model.generate(request).tokens.tokens == drawn.tokens)
            let size = request.size
            func tokens(_ pipeline: SamplingPipeline) throws -> [Int] {
                try drawn.logits.indices.map { step in
                    var logits = drawn.logits[step]
                    var span = logits.mutableSpan
                    let before = Array(drawn.tokens[..<step])
                    return try pipeline.sample(
                        &span, in: SamplingContext(tokens: before, rows: size.rows, columns: size.columns), seed: seed)
                }
            }
            let vocabulary = drawn.logits[0].count
            #expect(
                try tokens(request.sampling.makePipeline(vocabularySize: vocabulary) { alike.of($0) }) == drawn.tokens)
            others += try tokens(request.sampling.makePipeline(vocabularySize: vocabulary)) == drawn.tokens ? 0 : 1
        }
        #expect(others > 0)
    }

    @Test func notAlwaysTheFirst() throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        var kept: Set<Int> = []
        for seed in 0..<12 {
            var request = try model.request(seed: UInt64(seed), guidance: 3)
            request.sampling.bestOf = 3
            let all = try candidates(model, request).map(\.tokens)
            try model.draw([request], DrawingOptions(threads: 1, paints: false)) { event in
                if case .tokens(let made) = event { kept.insert(try #require(all.firstIndex(of: made.tokens.tokens))) }
                return true
            }
        }
        #expect(kept == [0, 1, 2])
    }

    @Test func tokensOfAllCandidatesAreCounted() async throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        var best = try model.request(width: 16)
        best.sampling.bestOf = 3
        var greedy = best
        greedy.sampling.temperature = 0
        let plain = try model.request(width: 16)
        var (last, total, rows, pictures) = (0, 0, 0, 0)
        for try await event in model.events(for: [best, plain, greedy], batchSize: 2, rows: true) {
            switch event {
            case .step(let tokens, let all):
                #expect(tokens > last)
                (last, total) = (tokens, all)
            case .row(let row): rows += row.index == 0 ? 1 : 0
            case .picture: pictures += 1
            default: break
            }
        }
        #expect(last == 5 * 16 && total == 5 * 16 && rows == 4 && pictures == 3)
    }

    @Test func budgetsAndFillsHaveCandidates() async throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        for fill in [GridFill.likely, .mean, .draft] {
            var request = try model.request(seed: 2, width: 32, guidance: 2)
            (request.sampling.bestOf, request.tokenLimit, request.fill) = (3, 20, fill)
            let drawn = try await model.generate(request, threads: 1)
            let again = try await model.drawAll([request, request], threads: 2, batchSize: 2)
            #expect(again.map(\.tokens) == [drawn.tokens, drawn.tokens])
            #expect(drawn.trace.isEmpty && drawn.passes == 20)
        }
    }

    @Test func aCandidateThatFailsIsToldOfOnce() throws {
        struct Broken: LogitsProcessor {
            func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
                if context.index == 3 { throw SamplingError(.allMasked, "nothing is left") }
            }
        }
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        var request = try model.request(seed: 1, width: 16)
        request.sampling.bestOf = 4
        var other = request
        other.seed = 2
        let custom = CustomSampling(processors: { $0.seed == 1 ? [Broken()] : [] })
        var told: [String] = []
        let options = DrawingOptions(threads: 2, batchSize: 1, keepsGoing: true, custom: custom)
        try model.draw([request, other], options) { event in
            if case .failed(let failed) = event { told.append("\(failed.index): \(failed.error)") }
            if case .picture(let drawn) = event { told.append("\(drawn.index)") }
            return true
        }
        #expect(told == ["0: nothing is left", "1"])
    }
}
