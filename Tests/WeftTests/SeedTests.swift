// A seed is a picture: model, prompt, settings and seed decide the tokens, and nothing else.

import Testing
import WeftModel
import WeftPixels
import WeftSampling
import WeftTensor

@testable import Weft

@Suite struct SeedTests {
    /// Seven pictures of several prompts and sizes, with guidance, candidates and without, each drawn alone by one thread.
    private func requests(_ model: Model) throws -> [GenerationRequest] {
        var negative = try model.request("two green hearts", seed: 4, guidance: 3)
        negative.negativePrompt = .text("a blue star")
        var greedy = try model.request("a yellow ring", seed: 5, width: 24)
        greedy.sampling.temperature = 0
        var filtered = try model.request("a sign with the word \"HI\"", seed: 6, width: 24, guidance: 1)
        filtered.sampling = SamplingSettings(temperature: 1.1, topK: 20, topP: 0.9, minP: 0.01)
        var best = try model.request("two green hearts", seed: 4, width: 24, guidance: 2)
        best.sampling.bestOf = 5
        return [
            best, try model.request(seed: 7), try model.request(seed: 7, guidance: 1), negative, greedy, filtered,
            try model.request("three blue squares on a white ground", seed: 7, width: 32),
        ]
    }

    @Test(arguments: ["F32", "BF16"])
    func neitherBatchSizeNorThreadsNorNeighboursMatter(dtype: String) async throws {
        let tiny = try TinyModel(dtype: dtype)
        let model = try Model(at: tiny.folder)
        let requests = try requests(model) + requests(model).reversed()
        var alone: [GeneratedPicture] = []
        for request in requests { alone.append(try await model.generate(request, threads: 1)) }
        let bytes = try alone.map { try PNG.encode($0.picture, text: $0.request.metadata(model: model.name)) }
        for batchSize in [1, 3, 8] {
            for threads in [1, 2, 3] {
                let drawn = try await model.drawAll(requests, threads: threads, batchSize: batchSize)
                #expect(drawn.map(\.tokens) == alone.map(\.tokens), "batch size \(batchSize), \(threads) threads")
                #expect(drawn.map(\.request) == requests)
                let written = try drawn.map { try PNG.encode($0.picture, text: $0.request.metadata(model: model.name)) }
                #expect(written == bytes, "batch size \(batchSize), \(threads) threads")
            }
        }
    }

    @Test func modelsLoadedTwiceDrawTheSame() async throws {
        let tiny = try TinyModel()
        let first = try Model(at: tiny.folder)
        let second = try Model(at: tiny.folder)
        let request = try first.request(seed: 11)
        #expect(try await first.generate(request).tokens == (try await second.generate(request).tokens))
    }

    @Test func whatDecidesAPictureChangesIt() async throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        let base = try model.request(seed: 7, width: 32)
        var others = [base, base, base, base, base]
        others[0].seed = 8
        others[1].prompt = .text("a blue star")
        others[2].sampling.guidanceScale = 1
        others[3].sampling.temperature = 2
        others[4].negativePrompt = .text("a blue star")
        let drawn = try await model.drawAll([base] + others)
        for index in 1..<drawn.count { #expect(drawn[index].tokens != drawn[0].tokens, "change \(index)") }
    }

    @Test func aSeedHasAllItsBits() async throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        let seeds: [UInt64] = [0, 1, 1 << 32, 1 << 63, .max]
        let drawn = try await model.drawAll(seeds.map { try model.request(seed: $0, width: 32) })
        #expect(Set(drawn.map(\.tokens)).count == seeds.count)
    }

    @Test func picturesOfDifferentSizesStopWhenTheyAreDone() async throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        let drawn = try await model.drawAll([model.request(width: 32), model.request(width: 16)])
        #expect(drawn.map(\.tokens.tokens.count) == [64, 16])
        #expect(drawn.map(\.picture.sides) == [[32, 32], [16, 16]])
    }

    @Test func rawTokensDrawWhatTheirTextDraws() async throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        let text = try model.request(seed: 3)
        var raw = text
        let prefix = try model.description.prefixes(for: text, pool: ThreadPool(threadCount: 1)).conditional
        guard case .tokens(let ids) = prefix else {
            Issue.record("\(prefix)")
            return
        }
        raw.prompt = .tokens(ids)
        let drawn = try await model.drawAll([text, raw])
        #expect(drawn[0].tokens == drawn[1].tokens)
    }
}
