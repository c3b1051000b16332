// The model that comes with the library keeps the same contracts; what it draws is not looked at here.

import Testing
import Weft
import WeftPixels

@Suite struct EmbeddedModelTests {
    @Test func aSeedIsAPicture() async throws {
        let model = try Model()
        var negative = try model.request("a blue star", seed: 3, guidance: 3)
        negative.negativePrompt = .text("red")
        let requests = [
            try model.request("three red circles", seed: 9), negative,
            try model.request("a yellow sign with the word \"WEFT\"", seed: 9, guidance: 1),
        ]
        let first = try await model.generate(requests[0], threads: 1)
        #expect(first.tokens.tokens.count == first.request.size.tokenCount)
        #expect(first.picture.width == first.request.size.width)
        for (threads, batchSize) in [(1, 1), (2, 3), (3, 8)] {
            let drawn = try await model.drawAll(requests, threads: threads, batchSize: batchSize)
            #expect(drawn[0].tokens == first.tokens)
            #expect(drawn[0].picture == first.picture)
            #expect(Set(drawn.map(\.tokens)).count == requests.count)
        }
    }

    @Test func itsSizesHaveAPlan() throws {
        let description = try ModelDescription(folder: ModelStore.path(of: nil))
        #expect(description.name == "weft-mini")
        for size in description.sizes {
            #expect(try MemoryPlan(folder: description.folder, size: size, batchSize: 4).total > 0)
        }
    }

    @Test func picturesGoToTokensAndBack() throws {
        let model = try Model()
        let size = try model.size()
        let picture = try Picture(width: size.width, height: size.height, color: RGB(red: 200, green: 30, blue: 30))
        let grid = try model.encode(picture)
        #expect(grid.rows == size.rows && grid.columns == size.columns)
        let again = try model.decode(grid)
        #expect(again.width == size.width && again.height == size.height)
    }
}
