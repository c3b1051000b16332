// Rows that threads take through all layers by themselves.

import Testing
import WeftModel
import WeftTensor

@Suite struct DecoderPassTests {
    /// Enough rows for several passes on two to four threads, whose counts leave a rest.
    private static let rows = 37

    private func prefixes(_ lengths: [Int]) -> [Prefix] {
        lengths.enumerated().map { row, length in
            Prefix(row: row, tokens: (0..<length).map { ($0 * 7 + row) % 40 }, columns: 3 + row % 2)
        }
    }

    /// Bits of all rows after the prefix and after each step, and the loads of the experts.
    private func run(
        _ decoder: WeftModel.Decoder, lengths: [Int], threads: Int, tokensPerStep: Int = 1
    ) throws -> (bits: [[[UInt32]]], loads: [[Int]]) {
        let state = decoder.makeState(
            rows: lengths.count, prefixCapacity: lengths.max() ?? 1, fedCapacity: 12, tokensPerStep: tokensPerStep,
            pool: ThreadPool(threadCount: threads))
        try state.prefill(prefixes(lengths))
        var bits = [lengths.indices.map { state.bits($0) }]
        for step in 0..<3 {
            // Every third row gets one token only, so that passes cannot be cut at equal places.
            let listed = lengths.indices.flatMap { row in
                [Int](repeating: row, count: row % 3 == 0 ? 1 : tokensPerStep)
            }
            try state.step(
                rows: listed,
                tokens: listed.enumerated().map { .visual(($0.offset * 31 + $0.element * 11 + step) % 300) })
            bits.append(lengths.indices.map { state.bits($0) })
        }
        return (bits, state.expertLoads)
    }

    @Test(arguments: DecoderDeterminismTests.shapes, [1, 2])
    func passesDoNotShow(shape: (expertWidth: Int, topK: Int), tokensPerStep: Int) throws {
        let configuration = try RandomDecoder.configuration(expertWidth: shape.expertWidth, topK: shape.topK)
        let decoder = try RandomDecoder.make(configuration)
        let lengths = (0..<Self.rows).map { 2 + $0 % 4 }
        let alone = try run(decoder, lengths: lengths, threads: 1, tokensPerStep: tokensPerStep)
        #expect(Set(alone.bits[3]).count == Self.rows)
        for threads in 2...4 {
            let shared = try run(decoder, lengths: lengths, threads: threads, tokensPerStep: tokensPerStep)
            #expect(shared.bits == alone.bits, "\(threads) threads")
            #expect(shared.loads == alone.loads, "\(threads) threads")
        }
    }

    /// One row has most of the tokens: they stay together, in one pass with all others.
    @Test func unevenRows() throws {
        let decoder = try RandomDecoder.make(RandomDecoder.configuration())
        let lengths = [90] + [Int](repeating: 2, count: 20)
        let alone = try run(decoder, lengths: lengths, threads: 1)
        #expect(try run(decoder, lengths: lengths, threads: 3).bits == alone.bits)
    }

    /// The tokens of a row that fill several passes follow each other.
    @Test func manyTokensOfFewRows() throws {
        let decoder = try RandomDecoder.make(RandomDecoder.configuration())
        let tokens = (0..<40).map { FedToken.visual($0 * 13 % 300) }
        let bits = try [1, 2].map { threads in
            let state = decoder.makeState(
                rows: 2, prefixCapacity: 1, fedCapacity: 40, tokensPerStep: 40, pool: ThreadPool(threadCount: threads))
            try state.prefill(prefixes([1, 1]))
            try state.step(
                rows: [Int](repeating: 1, count: 40) + [Int](repeating: 0, count: 40),
                tokens: tokens + tokens.reversed())
            return [state.bits(0), state.bits(1)]
        }
        #expect(bits[0] == bits[1])
        let slow = decoder.makeState(
            rows: 2, prefixCapacity: 1, fedCapacity: 40, pool: ThreadPool(threadCount: 1))
        try slow.prefill(prefixes([1, 1]))
        for index in tokens.indices { try slow.step(rows: [0, 1], tokens: [tokens[39 - index], tokens[index]]) }
        #expect([slow.bits(0), slow.bits(1)] == bits[0])
    }

    @Test func loadsOfAllPassesAreReset() throws {
        let decoder = try RandomDecoder.make(RandomDecoder.configuration())
        let state = decoder.makeState(
            rows: 32, prefixCapacity: 4, fedCapacity: 4, pool: ThreadPool(threadCount: 2))
        try state.prefill(prefixes([Int](repeating: 2, count: 32)))
        try state.step(rows: Array(0..<32), tokens: (0..<32).map(FedToken.visual))
        #expect(state.expertLoads[1].reduce(0, +) == 2 * state.tokenCount)
        state.resetExpertLoads()
        #expect(state.expertLoads[1].allSatisfy { $0 == 0 })
    }
}
