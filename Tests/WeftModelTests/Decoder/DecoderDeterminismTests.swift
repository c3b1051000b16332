// A row's logits are the same bits whatever runs beside it.

import Testing
import WeftModel
import WeftTensor

@Suite struct DecoderDeterminismTests {
    /// Expert widths and counts of choices that take each way through the expert layers.
    static let shapes = [(64, 2), (64, 6), (2800, 1)]

    /// Prefixes of different lengths, some above the size of a chunk together.
    private static let prefixes = (0..<8).map { row in (0..<10 + 7 * row).map { ($0 * 5 + row * 3) % 40 } }

    /// Bits of the logits of every row after the prefix and after each of four tokens.
    private func run(
        _ decoder: WeftModel.Decoder, rows: [Int], threads: Int, order: [Int]? = nil, cache: KeyValueFormat = .float32
    ) throws -> [[[UInt32]]] {
        let pool = ThreadPool(threadCount: threads)
        let state = decoder.makeState(
            rows: rows.count, prefixCapacity: 60, fedCapacity: 6, cache: cache, pool: pool)
        let order = order ?? Array(rows.indices)
        try state.prefill(order.map { Prefix(row: $0, tokens: Self.prefixes[rows[$0]], columns: 2 + rows[$0] % 3) })
        var bits = rows.indices.map { [state.bits($0)] }
        for step in 0..<4 {
            try state.step(rows: order, tokens: order.map { (rows[$0] * 31 + step * 17) % 300 })
            for row in rows.indices { bits[row].append(state.bits(row)) }
        }
        return bits
    }

    @Test(arguments: shapes)
    func batchesAndThreads(expertWidth: Int, topK: Int) throws {
        let decoder = try RandomDecoder.make(RandomDecoder.configuration(expertWidth: expertWidth, topK: topK))
        let all = try run(decoder, rows: Array(0..<8), threads: 2)
        #expect(Set(all.map { $0[0] }).count == 8)
        #expect(all.allSatisfy { $0.allSatisfy { $0.allSatisfy { Float(bitPattern: $0).isFinite } } })
        #expect(try run(decoder, rows: Array(0..<8), threads: 1) == all)
        #expect(try run(decoder, rows: [5, 1, 6], threads: 2) == [all[5], all[1], all[6]])
        for row in [0, 7] { #expect(try run(decoder, rows: [row], threads: 3) == [all[row]]) }
    }

    @Test(arguments: Quantisation.allCases, shapes)
    func quantisedBatchesAndThreads(_ kind: Quantisation, shape: (Int, Int)) throws {
        let configuration = try RandomDecoder.configuration(expertWidth: shape.0, topK: shape.1)
        let decoder = try RandomDecoder.make(configuration, format: .quantised(kind))
        #expect(decoder.isQuantised)
        let all = try run(decoder, rows: Array(0..<8), threads: 2)
        #expect(try run(decoder, rows: Array(0..<8), threads: 1) == all)
        #expect(try run(decoder, rows: [5, 1, 6], threads: 2) == [all[5], all[1], all[6]])
        for row in [0, 7] { #expect(try run(decoder, rows: [row], threads: 3) == [all[row]]) }
        // Near the logits of float32, and not the same.
        let exact = try run(RandomDecoder.make(configuration), rows: Array(0..<8), threads: 2)
        let relative = error(of: all.map { $0[0] }, from: exact.map { $0[0] })
        #expect(relative > 1e-4 && relative < (kind == .q8 ? 0.05 : 0.4), "\(kind) \(relative)")
    }

    @Test(arguments: [KeyValueFormat.bfloat16, .q8])
    func narrowCachesOnBatchesAndThreads(_ cache: KeyValueFormat) throws {
        let decoder = try RandomDecoder.make(RandomDecoder.configuration())
        let all = try run(decoder, rows: Array(0..<8), threads: 2, cache: cache)
        #expect(try run(decoder, rows: Array(0..<8), threads: 1, cache: cache) == all)
        #expect(
            try run(decoder, rows: [5, 1, 6], threads: 2, order: [2, 0, 1], cache: cache) == [all[5], all[1], all[6]])
        for row in [0, 7] { #expect(try run(decoder, rows: [row], threads: 3, cache: cache) == [all[row]]) }
        let exact = try run(decoder, rows: Array(0..<8), threads: 2)
        let relative = error(of: all.map { $0[4] }, from: exact.map { $0[4] })
        #expect(relative > 1e-5 && relative < (cache == .q8 ? 0.02 : 0.01), "\(cache) \(relative)")
    }

    /// Tokens of a row that come in one call, in several passes or one by one, and prefixes that are copied or cut.
    @Test(arguments: [KeyValueFormat.bfloat16, .q8])
    func narrowCachesOfPrefixesInPieces(_ cache: KeyValueFormat) throws {
        let decoder = try RandomDecoder.make(RandomDecoder.configuration())
        let pool = ThreadPool(threadCount: 2)
        let tokens = (0..<40).map { $0 * 7 % 40 }
        func bits(rows: Int, _ work: (DecoderState) throws -> Void) throws -> [[UInt32]] {
            let state = decoder.makeState(rows: rows, prefixCapacity: 40, fedCapacity: 8, cache: cache, pool: pool)
            try work(state)
            return (0..<min(rows, 2)).map { state.bits($0) }
        }
        let whole = try bits(rows: 1) { state in
            try state.prefill([Prefix(row: 0, tokens: tokens, columns: 3)])
            try state.extend(row: 0, tokens: [7, 99, 3, 250].map(FedToken.visual))
        }
        let copied = try bits(rows: 2) { state in
            try state.prefill([0, 1].map { Prefix(row: $0, tokens: tokens, columns: 3) })
            for token in [7, 99, 3, 250] { try state.step(rows: [1, 0], tokens: [.visual(token), .visual(token)]) }
        }
        #expect(copied == [whole[0], whole[0]])
        let rewound = try bits(rows: 1) { state in
            try state.prefill([Prefix(row: 0, tokens: tokens, columns: 3)])
            try state.extend(row: 0, tokens: [7, 99, 11, 12, 13].map(FedToken.visual))
            state.rewind(row: 0, tokens: 2, visual: 2)
            try state.extend(row: 0, tokens: [3, 250].map(FedToken.visual))
        }
        #expect(rewound == whole)
    }

    /// The root of the squared errors of rows of logits over that of what was wanted.
    private func error(of rows: [[UInt32]], from wanted: [[UInt32]]) -> Float {
        var (error, total): (Float, Float) = (0, 0)
        for (bits, other) in zip(rows.joined(), wanted.joined()) {
            let (value, wanted) = (Float(bitPattern: bits), Float(bitPattern: other))
            error += (value - wanted) * (value - wanted)
            total += wanted * wanted
        }
        return (error / total).squareRoot()
    }

    @Test func longPrefixesOnManyThreads() throws {
        let decoder = try RandomDecoder.make(RandomDecoder.configuration())
        // Each pass takes milliseconds, long enough for several threads to be at work at once.
        let prefix = Prefix(row: 0, tokens: (0..<400).map { $0 * 7 % 40 }, columns: 2)
        let alone = decoder.makeState(
            rows: 1, prefixCapacity: 400, fedCapacity: 0, pool: ThreadPool(threadCount: 1))
        try alone.prefill([prefix])
        let pool = ThreadPool(threadCount: 4)
        for _ in 0..<6 {
            let state = decoder.makeState(rows: 1, prefixCapacity: 400, fedCapacity: 0, pool: pool)
            try state.prefill([prefix])
            #expect(state.bits(0) == alone.bits(0))
        }
    }

    @Test func orderOfRows() throws {
        let decoder = try RandomDecoder.make(RandomDecoder.configuration())
        let straight = try run(decoder, rows: [0, 1, 2, 3], threads: 2)
        #expect(try run(decoder, rows: [0, 1, 2, 3], threads: 2, order: [2, 0, 3, 1]) == straight)
    }

    @Test func extendingEqualsStepping() throws {
        let decoder = try RandomDecoder.make(RandomDecoder.configuration())
        let pool = ThreadPool(threadCount: 2)
        // Three rows and a prefix of one token make chunks of three, so that the tokens take several passes.
        let state = decoder.makeState(rows: 3, prefixCapacity: 1, fedCapacity: 8, pool: pool)
        try state.prefill([0, 1].map { Prefix(row: $0, tokens: [4], columns: 3) })
        let tokens = [7, 99, 3, 250, 41, 8, 0]
        for token in tokens { try state.step(rows: [0], tokens: [token]) }
        try state.extend(row: 1, tokens: tokens)
        #expect(state.bits(0) == state.bits(1))
        #expect(state.visualCount(1) == 7)
    }

    @Test func equalPrefixesAreComputedOnce() throws {
        let decoder = try RandomDecoder.make(RandomDecoder.configuration())
        let pool = ThreadPool(threadCount: 2)
        let state = decoder.makeState(rows: 4, prefixCapacity: 40, fedCapacity: 6, pool: pool)
        let (a, b) = (Self.prefixes[3], Self.prefixes[1])
        try state.prefill(
            [a, b, a, b].enumerated().map { Prefix(row: $0.offset, tokens: $0.element, columns: 2 + $0.offset / 2) })
        #expect(state.tokenCount == a.count + b.count)
        let alone = decoder.makeState(rows: 1, prefixCapacity: 40, fedCapacity: 6, pool: pool)
        for (row, prefix) in [a, b, a, b].enumerated() {
            try alone.prefill([Prefix(row: 0, tokens: prefix, columns: 2 + row / 2)])
            #expect(alone.bits(0) == state.bits(row))
            for token in [row, 9, 200] {
                try alone.step(rows: [0], tokens: [token])
                try state.step(rows: [row], tokens: [token])
            }
            #expect(alone.bits(0) == state.bits(row))
        }
    }

    @Test func rowsThatAreNotListedKeepTheirLogits() throws {
        let state = try RandomDecoder.make(RandomDecoder.configuration()).makeState(
            rows: 3, prefixCapacity: 60, fedCapacity: 4, pool: ThreadPool(threadCount: 2))
        try state.prefill((0..<3).map { Prefix(row: $0, tokens: Self.prefixes[$0], columns: 2) })
        let before = state.bits(1)
        try state.step(rows: [0, 2], tokens: [1, 2])
        try state.prefill([Prefix(row: 2, tokens: [1], columns: 2)])
        #expect(state.bits(1) == before)
        #expect((0..<3).map { state.visualCount($0) } == [1, 0, 0])
    }

    @Test func equalScoresGoToTheLowestIndices() throws {
        let decoder = try RandomDecoder.make(RandomDecoder.configuration(), zero: "router")
        let state = decoder.makeState(
            rows: 1, prefixCapacity: 60, fedCapacity: 0, pool: ThreadPool(threadCount: 1))
        try state.prefill([Prefix(row: 0, tokens: Self.prefixes[0], columns: 2)])
        #expect(state.expertLoads[1] == [10, 10, 0, 0, 0, 0])
    }

    @Test func expertLoadsAreCounted() throws {
        let state = try RandomDecoder.make(RandomDecoder.configuration()).makeState(
            rows: 2, prefixCapacity: 60, fedCapacity: 4, pool: ThreadPool(threadCount: 2))
        try state.prefill((0..<2).map { Prefix(row: $0, tokens: Self.prefixes[$0], columns: 2) })
        try state.step(rows: [0, 1], tokens: [1, 2])
        #expect(state.expertLoads[0].isEmpty)
        #expect(state.expertLoads[1].count == 6 && state.expertLoads[1].reduce(0, +) == 2 * state.tokenCount)
        state.resetExpertLoads()
        #expect(state.expertLoads[1] == [0, 0, 0, 0, 0, 0])
    }
}
