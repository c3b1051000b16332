// The events of a generation, and how it stops.

import Testing
import Weft
import WeftSampling

@Suite struct EventTests {
    private let tiny: TinyModel
    private let model: Model

    init() throws {
        tiny = try TinyModel()
        model = try Model(at: tiny.folder)
    }

    /// An event in few words.
    private func name(_ event: GenerationEvent) -> String {
        switch event {
        case .prefilled(let count): "prefilled \(count)"
        case .step(let tokens, let total): "step \(tokens)/\(total)"
        case .row(let row): "row \(row.index) \(row.tokens.rows)/\(row.totalRows)"
        case .picture(let picture): "picture \(picture.index)"
        case .tokens(let made): "tokens \(made.index)"
        case .failed(let failed): "failed \(failed.index)"
        }
    }

    private func names(
        _ requests: [GenerationRequest], batchSize: Int = 16, rows: Bool = false
    ) async throws -> [String] {
        var names: [String] = []
        for try await event in model.events(for: requests, batchSize: batchSize, rows: rows) {
            names.append(name(event))
        }
        return names
    }

    @Test func everyStepIsToldInOrder() async throws {
        let prompt = GenerationRequest.Prompt.tokens([4, 5, 6])
        var request = try model.request(guidance: 1)
        request.prompt = prompt
        let expected = ["prefilled 3"] + (1...16).map { "step \($0)/16" } + ["picture 0"]
        #expect(try await names([request]) == expected)
        request.sampling.guidanceScale = 2
        #expect(try await names([request]).first == "prefilled 6")
    }

    @Test func rowsAreToldWhenTheyAreAskedFor() async throws {
        let requests = [try model.request(width: 24), try model.request(width: 16)]
        let rows = try await names(requests, rows: true).filter { $0.hasPrefix("row") }
        let expected = ["1 1/4", "0 1/4", "1 2/4", "0 2/4", "1 3/4", "1 4/4", "0 3/4", "0 4/4"]
        #expect(rows == expected.map { "row \($0)" })
        #expect(try await names(requests).allSatisfy { !$0.hasPrefix("row") })
    }

    @Test func partialPicturesAreTheTopOfWholeOnes() async throws {
        var partial: [TokenGrid] = []
        var whole: [TokenGrid] = []
        for try await event in model.events(for: [try model.request(width: 24)], rows: true) {
            if case .row(let row) = event { partial.append(row.tokens) }
            if case .picture(let picture) = event { whole.append(picture.tokens) }
        }
        let tokens = try #require(whole.first).tokens
        #expect(partial.map(\.rows) == [1, 2, 3, 4])
        for grid in partial { #expect(grid.tokens == Array(tokens[..<(grid.rows * grid.columns)])) }
    }

    @Test func picturesFollowEachOther() async throws {
        let requests = try (0..<5).map { try model.request(seed: UInt64($0)) }
        let names = try await names(requests, batchSize: 2)
        let pictures = names.filter { $0.hasPrefix("picture") }
        #expect(pictures == (0..<5).map { "picture \($0)" })
        #expect(names.filter { $0.hasPrefix("prefilled") }.count == 3)
        let steps = names.filter { $0.hasPrefix("step") }
        #expect(steps == (1...32).map { "step \(2 * $0)/80" } + (65...80).map { "step \($0)/80" })
    }

    @Test("the place of a finished picture is taken at once")
    func placesAreTakenAtOnce() async throws {
        // 16 tokens beside 64: the second place draws four small pictures while the first draws a large one.
        let sizes = [32, 16, 16, 16, 16]
        let requests = try sizes.map { try model.request(width: $0) }
        let names = try await names(requests, batchSize: 2)
        #expect(names.filter { $0.hasPrefix("picture") } == [1, 2, 3, 0, 4].map { "picture \($0)" })
        #expect(names.filter { $0.hasPrefix("step") }.count == 64)
        #expect(names.last { $0.hasPrefix("step") } == "step 128/128")
    }

    @Test func aPictureThatFailsLeavesTheOthersAlone() throws {
        let requests = try (0..<4).map { try model.request(seed: UInt64($0)) }
        let custom = CustomSampling(processors: { $0.seed == 2 ? [Refusing(from: 5)] : [] })
        var names: [String] = []
        try model.draw(requests, DrawingOptions(batchSize: 3, keepsGoing: true, custom: custom)) { event in
            names.append(name(event))
            return true
        }
        #expect(names.filter { $0.hasPrefix("failed") } == ["failed 2"])
        #expect(names.filter { $0.hasPrefix("picture") } == ["picture 0", "picture 1", "picture 3"])
        #expect(throws: SamplingError.self) {
            try model.draw(requests, DrawingOptions(batchSize: 3, custom: custom)) { _ in true }
        }
    }

    @Test func allRequestsAreCheckedBeforeTheFirstToken() async throws {
        var bad = try model.request()
        bad.prompt = .tokens([1 << 30])
        let requests = [try model.request(), bad]
        var seen = 0
        await #expect(throws: WeftError.self) {
            for try await _ in model.events(for: requests, batchSize: 1) { seen += 1 }
        }
        #expect(seen == 0)
    }

    @Test func aBatchSizeBelowOneIsOne() async throws {
        let requests = [try model.request(seed: 1), try model.request(seed: 2)]
        #expect(try await model.drawAll(requests, batchSize: 0).count == 2)
        #expect(try await model.drawAll(requests, threads: -1, batchSize: -3).count == 2)
    }

    @Test func noRequestsNoEvents() async throws {
        #expect(try await names([]) == [])
    }

    @Test func breakingOutOfTheLoopStopsTheWork() async throws {
        let requests = Array(repeating: try model.request(width: 32), count: 100_000)
        var seen = 0
        for try await event in model.events(for: requests, batchSize: 1) {
            if case .step = event { seen += 1 }
            if seen == 3 { break }
        }
        #expect(seen == 3)
        // The model is at once free for other work.
        #expect(try await model.generate(try model.request()).tokens.tokens.count == 16)
    }

    @Test func aReportThatSaysStopIsTheLast() throws {
        let requests = Array(repeating: try model.request(), count: 3)
        for stop in [1, 2, 17, 18, 19, 20] {
            var seen: [String] = []
            try model.draw(requests, DrawingOptions(threads: 1, batchSize: 1)) { event in
                seen.append(name(event))
                return seen.count < stop
            }
            #expect(seen.count == stop)
        }
    }

    @Test func whatAReportThrowsComesOut() throws {
        struct Full: Error {}
        var seen = 0
        #expect(throws: Full.self) {
            try model.draw([try model.request()], DrawingOptions(threads: 2, batchSize: 1, rows: true)) { _ in
                seen += 1
                if seen == 4 { throw Full() }
                return true
            }
        }
        #expect(seen == 4)
    }

    @Test func aCancelledTaskEnds() async throws {
        let requests = Array(repeating: try model.request(width: 32), count: 100_000)
        let (started, start) = AsyncStream<Void>.makeStream()
        let model = model
        let task = Task {
            var pictures = 0
            for try await event in model.events(for: requests, batchSize: 1) {
                if case .picture = event { pictures += 1 }
                start.yield()
            }
            return pictures
        }
        for await _ in started { break }
        task.cancel()
        #expect(try await task.value < requests.count)
    }

    @Test func generateThrowsWhenItsTaskIsCancelled() async throws {
        let request = try model.request(width: 32)
        let model = model
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await model.generate(request)
        }
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }
}

/// Throws at a token.
private struct Refusing: LogitsProcessor {
    let index: Int

    init(from index: Int) { self.index = index }

    func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) throws {
        if context.index == index { throw SamplingError(.allMasked, "refused") }
    }
}
