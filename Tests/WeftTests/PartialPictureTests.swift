// Pictures that stop before their grid is full.

import Testing
import WeftPixels
import WeftSampling

@testable import Weft

@Suite struct PartialPictureTests {
    private let tiny: TinyModel
    private let model: Model

    init() throws {
        tiny = try TinyModel()
        model = try Model(at: tiny.folder)
    }

    private func request(_ limit: Int?, _ fill: GridFill = .likely, width: Int = 32, guidance: Float = 2) throws
        -> GenerationRequest
    {
        var request = try model.request(width: width, guidance: guidance)
        request.tokenLimit = limit
        request.fill = fill
        return request
    }

    @Test(arguments: GridFill.allCases)
    func theDrawnTokensAreThoseOfTheWholePicture(fill: GridFill) async throws {
        let whole = try await model.generate(try request(nil))
        #expect(whole.tokens.drawn == nil && whole.tokens.fill == nil)
        for limit in [1, 7, 8, 40, 63] {
            let part = try await model.generate(try request(limit, fill))
            #expect(part.tokens.tokens.prefix(limit) == whole.tokens.tokens.prefix(limit))
            #expect(part.tokens.drawn == limit && part.tokens.fill == fill)
            #expect(part.tokens.tokens.count == (fill == .mean ? limit : 64))
            #expect(part.picture.sides == whole.picture.sides)
        }
        let all = try await model.generate(try request(64, fill))
        #expect(all.tokens == whole.tokens)
        #expect(all.picture == whole.picture)
    }

    @Test func aRestOfOneTokenIsTheMostLikelyOne() async throws {
        // With all but one token known, one pass and the usual step see the same.
        var greedy = try request(nil)
        greedy.sampling.temperature = 0
        let whole = try await model.generate(greedy)
        greedy.tokenLimit = 63
        #expect(try await model.generate(greedy).tokens.tokens == whole.tokens.tokens)
    }

    @Test(arguments: [GridFill.likely, .draft])
    func neitherBatchNorThreadsChangeAFill(fill: GridFill) async throws {
        let requests = try [
            request(20, fill), request(9, .likely, width: 24), request(nil), request(33, fill, guidance: 1),
        ]
        let alone = try await model.drawAll(requests, threads: 1, batchSize: 1)
        for (threads, batchSize) in [(2, 4), (1, 3), (2, 2)] {
            let drawn = try await model.drawAll(requests, threads: threads, batchSize: batchSize)
            #expect(drawn.map(\.tokens) == alone.map(\.tokens))
            #expect(drawn.map(\.picture) == alone.map(\.picture))
        }
    }

    @Test func aDraftIsTheSmallestPictureEnlarged() async throws {
        let part = try await model.generate(try request(16, .draft))
        let small = try await model.generate(try request(nil, width: 16))
        let expected = try model.encode(small.picture.resized(width: 32, height: 32))
        #expect(part.tokens.tokens[16...] == expected.tokens[16...])
    }

    @Test func whatCannotBeDrawnIsSaid() async throws {
        let model = model
        let below = try request(0)
        let above = try request(65)
        let draft = try request(3, .draft, width: 16)
        #expect(
            await message { _ = try await model.generate(below) } == "tokens must be in 1...64 for 32x32 high, got 0")
        #expect(
            await message { _ = try await model.generate(above) } == "tokens must be in 1...64 for 32x32 high, got 65")
        #expect(
            await message { _ = try await model.generate(draft) }
                == "fill draft: tiny draws no picture of the shape of 16x16 with fewer than 16 tokens")
    }

    @Test func aCutGridIsReadAndPainted() async throws {
        let part = try await model.generate(try request(10, .mean))
        let path = "\(tiny.output)/cut.json"
        try TokenGrid.write([part.tokens], to: path)
        let read = try TokenGrid.read(path: path)
        #expect(read == [part.tokens])
        #expect(try model.decode(read[0]) == part.picture)
        // A grid that lacks tokens and does not say so is damaged.
        var damaged = part.tokens
        damaged.fill = nil
        try TokenGrid.write([damaged], to: path)
        #expect(throws: WeftError.self) { try TokenGrid.read(path: path) }
    }
}
