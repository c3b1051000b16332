// The type of keys and values: what decides it, what it changes, and where it is recorded.

import Foundation
import Testing
import WeftModel
import WeftTensor

@testable import Weft

@Suite struct CacheTypeTests {
    private func tokens(_ model: Model) async throws -> [Int] {
        var request = try model.request(width: 32)
        request.seed = 5
        return try await model.generate(request).tokens.tokens
    }

    @Test func theTypeOfWeightsDecides() throws {
        let (wide, narrow) = (try TinyModel(), try TinyModel(dtype: "BF16"))
        func type(_ model: TinyModel, _ weights: WeightType? = nil, _ cache: CacheType? = nil) throws -> CacheType {
            try ModelDescription(folder: model.folder, weights: weights, cache: cache).cacheType
        }
        #expect(try type(wide) == .f32 && type(wide, .q8) == .bf16 && type(wide, .f16) == .bf16)
        #expect(try type(narrow) == .bf16 && type(narrow, .f32) == .f32 && type(narrow, .q4) == .bf16)
        for cache in CacheType.allCases { #expect(try type(wide, .q8, cache) == cache) }
    }

    @Test func picturesAreThoseOfTheType() async throws {
        let tiny = try TinyModel()
        let plain = try await tokens(Model(at: tiny.folder))
        #expect(try await tokens(Model(at: tiny.folder, cache: .f32)) == plain)
        let eight = try Model(at: tiny.folder, cache: .q8)
        let request = try eight.request(width: 32)
        // Several at a time and one alone.
        let seeds = (1...UInt64(3)).map { seed in
            var other = request
            other.seed = seed
            return other
        }
        var together: [[Int]] = []
        try eight.draw(seeds, DrawingOptions(threads: 2, batchSize: 3)) { event in
            if case .picture(let drawn) = event { together.append(drawn.tokens.tokens) }
            return true
        }
        for (request, tokens) in zip(seeds, together) {
            #expect(try await eight.generate(request).tokens.tokens == tokens)
        }
        #expect(together.count == 3)
    }

    @Test(arguments: CacheType.allCases)
    func plansKnowTheType(_ type: CacheType) throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder, cache: type)
        let size = try model.size(width: 24)
        let plan = try MemoryPlan(folder: tiny.folder, cache: type, size: size, promptTokens: 9)
        let state = try model.decoder.makeState(
            rows: 2, prefixCapacity: 9, fedCapacity: 23, cache: type.format, pool: ThreadPool(threadCount: 1))
        #expect(plan.keyValueCache == state.plan.keyValueBytes)
        let wide = try MemoryPlan(folder: tiny.folder, size: size, promptTokens: 9)
        #expect((plan == wide) == (type == .f32))
        #expect(plan.keyValueCache <= wide.keyValueCache && plan.decoderBuffers == wide.decoderBuffers)
    }

    @Test func narrowCachesLeaveRoomForMorePictures() throws {
        let tiny = try TinyModel()
        /// The least free memory, in pages of 16 KiB, that has room for 32 pictures at a time.
        func least(_ cache: CacheType) throws -> Int {
            let model = try Model(at: tiny.folder, cache: cache)
            let requests = Array(repeating: try model.request(width: 32, guidance: 2), count: 32)
            return try #require((1...4096).first { model.batchSize(for: requests, free: $0 << 14) == 32 })
        }
        let pages = try CacheType.allCases.map(least)
        #expect(pages[0] > pages[1] && pages[1] > pages[2])
    }

    @Test func aPictureSaysItsType() throws {
        let tiny = try TinyModel()
        let request = try Model(at: tiny.folder).request(width: 24)
        func record(_ cache: CacheType?) throws -> String {
            try #require(try request.metadata(model: "m", cache: cache).first { $0.keyword == "weft" }).text
        }
        #expect(try record(.q8).contains("\"cache\":\"q8\""))
        #expect(try !record(nil).contains("cache"))
    }

    @Test func aJobWithAnotherTypeIsAnotherJob() throws {
        let tiny = try TinyModel()
        let path = "\(tiny.output)/rows.txt"
        try "a red circle\n".write(toFile: path, atomically: true, encoding: .utf8)
        func description(_ cache: CacheType?) throws -> JobDescription {
            try PromptJob(path: path, model: ModelDescription(folder: tiny.folder, cache: cache)).description
        }
        #expect(try description(nil).defaults["cache"] == nil)
        #expect {
            try description(.q8).check(against: description(nil), folder: "out")
        } throws: {
            "\($0)".contains("the default of cache is absent there and q8 here")
        }
    }
}
