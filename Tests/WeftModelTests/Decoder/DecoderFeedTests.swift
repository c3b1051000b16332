// Tokens that are fed several at a time and taken back, and prefixes that stand in rows already.

import Testing
import WeftModel
import WeftTensor

@Suite struct DecoderFeedTests {
    private func state(threads: Int, rows: Int = 3, tokensPerStep: Int = 4) throws -> DecoderState {
        let decoder = try RandomDecoder.make(RandomDecoder.configuration())
        let plan = DecoderPlan(
            decoder.configuration, rows: rows, prefixCapacity: 1, fedCapacity: 8, tokensPerStep: tokensPerStep,
            outputsPerStep: 4)
        return decoder.makeState(plan, pool: ThreadPool(threadCount: threads))
    }

    private func bits(_ logits: UnsafeMutableBufferPointer<Float>) -> [UInt32] { logits.map(\.bitPattern) }

    @Test("logits are those of single steps, whatever was taken back", arguments: [1, 2], [1, 4])
    func drafts(threads: Int, tokensPerStep: Int) throws {
        let tokens = [7, 99, 3, 250, 41, 8, 0]
        let alone = try state(threads: 1, rows: 1)
        try alone.prefill([Prefix(row: 0, tokens: [4], columns: 3)])
        var expected: [[UInt32]] = []
        for token in tokens {
            try alone.step(rows: [0], tokens: [token])
            expected.append(alone.bits(0))
        }
        let state = try state(threads: threads, tokensPerStep: tokensPerStep)
        try state.prefill((0..<3).map { Prefix(row: $0, tokens: [4], columns: 3) })
        let before = state.bits(2)
        // Row 0 gets two tokens and two drafts that are wrong, row 1 the first token alone.
        try state.feed(
            rows: [1, 0, 0, 0, 0], tokens: ([tokens[0]] + tokens[..<2] + [11, 12]).map { .visual($0) },
            isWanted: [true, true, true, true, false])
        #expect(bits(state.fedLogits(0)) == expected[0])
        #expect(bits(state.fedLogits(1)) == expected[0] && bits(state.fedLogits(2)) == expected[1])
        #expect(bits(state.fedLogits(3)) != expected[2])
        #expect(state.bits(2) == before, "logits after a prefix stay")
        state.rewind(row: 0, tokens: 2, visual: 2)
        #expect(state.visualCount(0) == 2)
        // Taken back too far as well: the same tokens once more.
        for start in [2, 1] {
            state.rewind(row: 0, tokens: start, visual: start)
            try state.feed(
                rows: [0, 0, 0, 0], tokens: tokens[start..<start + 4].map { .visual($0) },
                isWanted: [Bool](repeating: true, count: 4))
            for index in 0..<4 { #expect(bits(state.fedLogits(index)) == expected[start + index]) }
        }
    }

    @Test("a prefix that stands in a row is not computed again")
    func heldPrefixes() throws {
        let decoder = try RandomDecoder.make(RandomDecoder.configuration())
        let state = decoder.makeState(
            rows: 3, prefixCapacity: 40, fedCapacity: 4, pool: ThreadPool(threadCount: 2))
        let contents = (0..<4).map { key in (0..<20 + key).map { ($0 * 7 + key) % 40 } }
        var expected: [[[UInt32]]] = []
        for content in contents {
            let alone = decoder.makeState(
                rows: 1, prefixCapacity: 40, fedCapacity: 4, pool: ThreadPool(threadCount: 1))
            try alone.prefill([Prefix(row: 0, tokens: content, columns: 3)])
            let first = alone.bits(0)
            try alone.step(rows: [0], tokens: [9])
            expected.append([first, alone.bits(0)])
        }
        /// Prefills rows, and says how many tokens that took; every row must come to what it comes to alone.
        func prefill(_ rows: [(row: Int, content: Int)]) throws -> Int {
            let before = state.tokenCount
            try state.prefill(rows.map { Prefix(row: $0.row, tokens: contents[$0.content], columns: 3) })
            let count = state.tokenCount - before
            for (row, content) in rows { #expect(state.bits(row) == expected[content][0], "row \(row)") }
            for (row, _) in rows { try state.step(rows: [row], tokens: [9]) }
            for (row, content) in rows { #expect(state.bits(row) == expected[content][1], "row \(row)") }
            return count
        }
        #expect(try prefill([(0, 0), (1, 1), (2, 0)]) == 20 + 21)
        #expect(try prefill([(0, 0), (1, 1)]) == 0, "their own")
        #expect(try prefill([(1, 0)]) == 0, "another row's")
        #expect(try prefill([(2, 2), (0, 3)]) == 22 + 23)
        // Row 1 gives its prefix to row 0 before it gets another, and row 2 has row 0's then.
        #expect(try prefill([(0, 0), (1, 1), (2, 0)]) == 21)
        // The only row with it is taken before another asks for it.
        #expect(try prefill([(1, 2), (0, 1)]) == 22 + 21)
    }
}
