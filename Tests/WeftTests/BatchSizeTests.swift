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
}
