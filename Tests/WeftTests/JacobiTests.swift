// Pictures that are drawn with drafts, several tokens a pass.

import Foundation
import Testing
import WeftModel
import WeftPixels
import WeftSampling
import WeftTensor

@testable import Weft

@Suite struct JacobiTests {
    private func tokens(_ model: Model, _ request: GenerationRequest) throws -> [Int] {
        var tokens: [Int] = []
        try model.draw([request], DrawingOptions(threads: 2, paints: false)) { event in
            if case .tokens(let made) = event { tokens = made.tokens.tokens }
            return true
        }
        return tokens
    }

    @Test("greedy tokens are the references', row ends, guidance and budgets included", arguments: ReferenceCase.all)
    func greedy(_ reference: ReferenceCase) throws {
        let model = try Model(at: reference.model)
        var request = try reference.request(model)
        request.sampling.decode = .jacobi
        for window in [2, 5, 64] {
            request.sampling.window = window
            #expect(try tokens(model, request) == reference.tokens, "window \(window)")
        }
        guard reference.tokens.count > 2 else { return }
        request.tokenLimit = reference.tokens.count / 2
        for interval in [nil, 0...1] {
            request.sampling.guidanceInterval = interval
            var sequential = request
            sequential.sampling.decode = .sequential
            #expect(try tokens(model, request) == tokens(model, sequential))
        }
    }

    /// Pictures of several prompts, sizes, windows and budgets, and two without drafts.
    private func requests(_ model: Model) throws -> [GenerationRequest] {
        var requests = [
            try model.request(seed: 7, width: 32), try model.request("two green hearts", seed: 4, guidance: 3),
            try model.request("a yellow ring", seed: 5, width: 24, guidance: 1), try model.request(seed: 7, width: 32),
            try model.request(seed: 8, width: 32), try model.request(seed: 9, width: 24),
        ]
        for index in 0..<5 {
            requests[index].sampling.decode = .jacobi
            requests[index].sampling.window = [4, 16, 2, 64, 8][index]
        }
        requests[1].sampling.guidanceInterval = 0...5
        requests[0].sampling.bestOf = 3
        requests[3].sampling.bestOf = 2
        requests[2].sampling.repetitionPenalty = 1.3
        requests[3].tokenLimit = 29
        requests[4].tokenLimit = 30
        requests[4].fill = .draft
        return requests + [requests[5]]
    }

    @Test(arguments: ["F32", "BF16"])
    func neitherBatchSizeNorThreadsNorNeighboursMatter(dtype: String) async throws {
        let tiny = try TinyModel(dtype: dtype)
        let model = try Model(at: tiny.folder)
        let requests = try requests(model) + requests(model).reversed()
        var alone: [GeneratedPicture] = []
        for request in requests { alone.append(try await model.generate(request, threads: 1)) }
        for (batchSize, threads) in [(1, 2), (3, 1), (8, 2), (8, 3)] {
            let drawn = try await model.drawAll(requests, threads: threads, batchSize: batchSize)
            #expect(drawn.map(\.tokens) == alone.map(\.tokens), "batch size \(batchSize), \(threads) threads")
            #expect(drawn.map(\.picture) == alone.map(\.picture))
            #expect(drawn.map(\.passes) == alone.map(\.passes))
        }
        for picture in alone {
            let most = picture.request.drawnTokens
            #expect(picture.request.sampling.decode == .jacobi ? picture.passes <= most : picture.passes == most)
        }
    }

    @Test func theEmbeddedModelTakesFewerPasses() async throws {
        let model = try Model()
        var request = try model.request(width: 64)
        request.sampling.decode = .jacobi
        let drawn = try await model.generate(request, trace: true)
        // What a picture takes is luck: what counts is the passes of several.
        let others = try await model.drawAll(
            (0..<7 as Range<UInt64>).map { seed in
                var other = request
                other.seed = seed
                return other
            })
        let passes = others.reduce(drawn.passes) { $0 + $1.passes }
        #expect(passes * 3 < 8 * request.drawnTokens, "\(passes) passes")
        #expect(drawn.trace.map(\.token) == drawn.tokens.tokens)
        let text = try request.metadata(model: "m", passes: drawn.passes)[1].text
        #expect(text.contains("\"passes\":\(drawn.passes)") && text.contains("\"window\":8"))
    }

    @Test func everyRowIsToldOnce() async throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        var request = try model.request(width: 24)
        request.sampling = SamplingSettings(temperature: 0, decode: .jacobi, window: 64)
        var grids: [TokenGrid] = []
        var whole: [Int] = []
        for try await event in model.events(for: [request], rows: true) {
            if case .row(let row) = event { grids.append(row.tokens) }
            if case .picture(let picture) = event { whole = picture.tokens.tokens }
        }
        #expect(grids.map(\.rows) == [1, 2, 3, 4])
        for grid in grids { #expect(grid.tokens == Array(whole.prefix(grid.rows * grid.columns))) }
    }

    @Test func theMemoryOfDraftsIsPlanned() async throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        let size = try model.size(width: 32)
        func plan(_ window: Int) throws -> MemoryPlan {
            try MemoryPlan(folder: tiny.folder, size: size, batchSize: 3, window: window)
        }
        let (none, some) = (try plan(1), try plan(8))
        let codes = try model.decoder.configuration.visualVocabulary
        #expect(none.draftBuffers == 0 && some.draftBuffers == 3 * 8 * codes * 4)
        #expect(some.decoderBuffers > none.decoderBuffers && some.keyValueCache == none.keyValueCache)
        #expect(some.total - none.total >= some.draftBuffers)
        #expect(await message { _ = try plan(65) } == "the window must be in 1...64, got 65")
        var request = try model.request(width: 32)
        let plain = Array(repeating: request, count: 32)
        request.sampling.decode = .jacobi
        let drafted = Array(repeating: request, count: 32)
        let sizes = (1...64).map { pages in
            [drafted, plain].map { model.batchSize(for: $0, free: pages << 16) }
        }
        #expect(sizes.allSatisfy { $0[0] <= $0[1] } && sizes.contains { $0[0] < $0[1] })
    }

    @Test func samplersOfOnesOwnAreRefused() async throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        var request = try model.request()
        request.sampling.decode = .jacobi
        let custom = CustomSampling(sampler: { _ in CategoricalSampler() })
        let asked = request
        let text = await message { _ = try await model.generate(asked, custom: custom) }
        #expect(text == "decode jacobi draws from distributions that it knows, and has no use for another sampler")
    }

    @Test("pictures of one prompt read it once", arguments: [1, 2, 5])
    func promptsAreReadOnce(places: Int) async throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        let requests = try (0..<5).map { try model.request(seed: UInt64($0), guidance: 2) }
        let pool = ThreadPool(threadCount: 1)
        let fed = model.checkpoint.fedTokens(rows: 4, columns: 4)
        let batch = GenerationBatch(
            try model.decoder, rowEnd: nil,
            capacity: .init(places: places, isGuided: true, prefix: 64, fed: fed, cache: .float32),
            options: DrawingOptions(), pool: pool
        )
        let prefixes = try model.description.prefixes(for: requests[0], pool: pool)
        var (next, drawn) = (0, [[Int]](repeating: [], count: 5))
        while next < 5 || !batch.isEmpty {
            while batch.hasRoom, next < 5 {
                try batch.add(PreparedPicture(index: next, request: requests[next], prefixes: prefixes))
                next += 1
            }
            _ = try batch.readPrompts()
            try batch.step()
            for drawing in batch.takeFinished() { drawn[drawing.index] = drawing.tokens }
        }
        let width = try model.decoder.configuration.hiddenSize
        let unconditional = try #require(prefixes.unconditional)
        let read = prefixes.conditional.count(hiddenSize: width) + unconditional.count(hiddenSize: width)
        #expect(batch.state.tokenCount == read + 5 * 2 * fed)
        for (index, request) in requests.enumerated() {
            #expect(try await model.generate(request).tokens.tokens == drawn[index])
        }
    }
}
