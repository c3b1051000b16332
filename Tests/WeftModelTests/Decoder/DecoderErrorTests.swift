// What decoders refuse, and what they say then.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct DecoderErrorTests {
    private func makeState() throws -> DecoderState {
        let state = try DecoderFixture.grid.decoder().makeState(
            rows: 2, prefixCapacity: 4, fedCapacity: 3, pool: ThreadPool(threadCount: 1))
        try state.prefill([Prefix(row: 0, tokens: [1, 2], columns: 2)])
        return state
    }

    static let prefixes: [(Prefix, String)] = [
        (Prefix(row: 2, tokens: [1], columns: 2), "row 2 is not in 0..<2"),
        (Prefix(row: -1, tokens: [1], columns: 2), "row -1 is not in 0..<2"),
        (Prefix(row: 1, tokens: [], columns: 2), "row 1: the prefix is empty"),
        (Prefix(row: 1, tokens: [1, 1, 1, 1, 1], columns: 2), "row 1: a prefix of 5 tokens exceeds the 4 planned"),
        (Prefix(row: 1, tokens: [23], columns: 2), "row 1: text token 23 is not in 0..<23"),
        (Prefix(row: 1, tokens: [-1], columns: 2), "row 1: text token -1 is not in 0..<23"),
        (Prefix(row: 1, tokens: [1], columns: 0), "row 1: a grid of 0 columns"),
        (Prefix(row: 0, tokens: [3], columns: 2), "row 0 is listed twice"),
        (Prefix(row: 1, embeddings: [], columns: 2), "row 1: the prefix is empty"),
        (Prefix(row: 1, embeddings: [1, 2], columns: 2), "row 1: 2 numbers are no embeddings of 48"),
        (
            Prefix(row: 1, embeddings: [Float](repeating: 0, count: 5 * 48), columns: 2),
            "row 1: a prefix of 5 tokens exceeds the 4 planned"
        ),
        (
            Prefix(row: 1, embeddings: [Float](repeating: .nan, count: 48), columns: 2),
            "row 1: an embedding of the prefix is not finite"
        ),
    ]

    @Test(arguments: prefixes)
    func refusedPrefixes(prefix: Prefix, message: String) throws {
        let state = try makeState()
        let before = state.bits(0)
        let error = #expect(throws: DecoderError.self) {
            try state.prefill([Prefix(row: 0, tokens: [4], columns: 2), prefix])
        }
        #expect(error?.description == message)
        #expect(state.bits(0) == before && state.tokenCount == 2)
    }

    static let steps: [([Int], [Int], String)] = [
        ([0, 1, 0], [1, 1, 1], "row 1 has no prefix yet"),
        ([2], [1], "row 2 is not in 0..<2"),
        ([1], [1], "row 1 has no prefix yet"),
        ([0], [97], "row 0: visual token 97 is not in 0..<97"),
        ([0], [-5], "row 0: visual token -5 is not in 0..<97"),
        ([0], [1, 2], "2 tokens for 1 rows"),
    ]

    @Test(arguments: steps)
    func refusedSteps(rows: [Int], tokens: [Int], message: String) throws {
        let state = try makeState()
        let error = #expect(throws: DecoderError.self) { try state.step(rows: rows, tokens: tokens) }
        #expect(error?.description == message)
        #expect(state.visualCount(0) == 0 && state.tokenCount == 2)
        try state.step(rows: [0], tokens: [96])
    }

    @Test func refusedTextTokensAndSplitRows() throws {
        let grid = try makeState()
        let text = #expect(throws: DecoderError.self) { try grid.step(rows: [0], tokens: [.text(1)]) }
        #expect(text?.description == "row 0: text token 1 has no place on a grid")
        let state = try DecoderFixture.sequence.decoder().makeState(
            rows: 2, prefixCapacity: 4, fedCapacity: 3, pool: ThreadPool(threadCount: 1))
        try state.prefill((0..<2).map { Prefix(row: $0, tokens: [1], columns: 1) })
        let split = #expect(throws: DecoderError.self) { try state.step(rows: [0, 1, 0], tokens: [1, 1, 1]) }
        #expect(split?.description == "row 0 is listed twice")
        let outside = #expect(throws: DecoderError.self) { try state.step(rows: [0], tokens: [.text(19)]) }
        #expect(outside?.description == "row 0: text token 19 is not in 0..<19")
        let full = #expect(throws: DecoderError.self) {
            try state.step(rows: [1, 0, 0, 0, 0], tokens: [1, 1, 1, 1, 1])
        }
        #expect(full?.description == "row 0: 4 tokens after the prefix exceed the 3 planned")
        #expect(state.tokenCount == 1)
        try state.step(rows: [1, 0, 0, 0], tokens: [.visual(1), .text(2), .visual(3), .text(4)])
        #expect(state.visualCount(0) == 1 && state.tokenCount == 5)
    }

    @Test func refusedExtensions() throws {
        let state = try makeState()
        try state.step(rows: [0], tokens: [1])
        let full = #expect(throws: DecoderError.self) { try state.extend(row: 0, tokens: [1, 2, 3]) }
        #expect(full?.description == "row 0: 4 tokens after the prefix exceed the 3 planned")
        #expect(full?.code == .capacity)
        let empty = #expect(throws: DecoderError.self) { try state.extend(row: 0, tokens: [Int]()) }
        #expect(empty?.description == "row 0: no tokens to feed")
        try state.extend(row: 0, tokens: [1, 2])
        #expect(throws: DecoderError.self) { try state.step(rows: [0], tokens: [1]) }
    }

    @Test func missingAndLeftOverTensors() throws {
        let fixture = DecoderFixture.sequence
        let configuration = try fixture.configuration()
        let moe = try #require(configuration.moe)
        let wide = try configuration.with(
            moe: .init(
                layers: moe.layers, experts: 7, topK: 3, hiddenSize: 12, router: .sigmoid, renormalize: false))
        let error = #expect(throws: WeightsError.self) { try fixture.decoder(wide) }
        #expect(error?.tensor == "layers.0.moe.router.weight")
        #expect(error?.reason == "has the shape [6, 32] instead of [7, 32]")
        let all = try configuration.with(
            moe: .init(
                layers: [0, 1, 2], experts: 6, topK: 3, hiddenSize: 12, router: .sigmoid, renormalize: false))
        let missing = #expect(throws: WeightsError.self) { try fixture.decoder(all) }
        #expect(missing?.tensor == "layers.1.moe.router.weight")
        #expect(missing?.reason == "is missing")
    }
}
