// How many pictures are drawn at a time where nobody says it.

import Testing

@testable import Weft

@Suite struct BatchSizeTests {
    @Test func memoryDecides() throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        let requests = Array(repeating: try model.request(width: 32, guidance: 2), count: 100)
        #expect(model.batchSize(for: requests, free: 1 << 34) == 32)
        #expect(model.batchSize(for: Array(requests.prefix(5)), free: 1 << 34) == 5)
        #expect(model.batchSize(for: requests, free: 0) == 1)
        #expect(model.batchSize(for: [], free: 0) == 1)
        var last = 1
        for pages in 1...256 {
            let size = model.batchSize(for: requests, free: pages << 16)
            #expect(size >= last)
            last = size
        }
        #expect(last == 32)
        // Without guidance a picture takes half of it.
        let plain = Array(repeating: try model.request(width: 32, guidance: 1), count: 100)
        #expect(model.batchSize(for: plain, free: 2 << 20) > model.batchSize(for: requests, free: 2 << 20))
        #expect(AvailableMemory.bytes > 0)
    }

    @Test func candidatesTakePlaces() throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        var request = try model.request(width: 32)
        let plain = Array(repeating: request, count: 100)
        request.sampling.bestOf = 4
        let requests = Array(repeating: request, count: 100)
        #expect(model.batchSize(for: requests, free: 1 << 34) == 8)
        #expect(model.batchSize(for: Array(requests.prefix(5)), free: 1 << 34) == 5)
        #expect(model.batchSize(for: requests, free: 0) == 1)
        func places(_ count: Int, _ pictures: Int) -> Int {
            GenerationBatch.Capacity.places(for: Array((plain + requests).suffix(count)), pictures: pictures)
        }
        #expect(places(100, 3) == 12 && places(2, 3) == 8 && places(101, 200) == 401 && places(1, .max) == 4)
        #expect(GenerationBatch.Capacity.places(for: plain, pictures: 3) == 3)
        let size = try model.size(width: 32)
        func plan(_ pictures: Int, _ candidates: Int) throws -> MemoryPlan {
            try MemoryPlan(folder: tiny.folder, size: size, batchSize: pictures, candidates: candidates)
        }
        #expect(try plan(2, 4) == plan(8, 1))
        #expect(throws: WeftError.self) { try plan(1, 65) }
    }
}
