// One generation: the caches of its rows, and the calls that feed tokens to them.

import WeftTensor

/// What a row starts from: a class or a text.
package struct Prefix: Sendable, Equatable {
    /// The row whose cache is reset to it.
    package let row: Int
    /// Text tokens, at least one.
    package let tokens: [Int]
    /// Columns of the picture's grid, at least 1; not used in one dimension.
    package let columns: Int

    /// Describes the prefix of one row.
    package init(row: Int, tokens: [Int], columns: Int) {
        self.row = row
        self.tokens = tokens
        self.columns = columns
    }
}

/// The state of rows that are generated side by side; belongs to one thread at a time.
///
/// A row's logits depend on its own tokens only: not on the other rows, on the calls that its tokens came in, nor on
/// the number of threads.
package final class DecoderState {
    /// The sizes it was made for.
    package let plan: DecoderPlan
    /// How many tokens have gone through the layers since it was made.
    package internal(set) var tokenCount = 0

    let decoder: Decoder
    let pool: ThreadPool
    let buffers: DecoderBuffers
    let rotary: RotaryEmbedding
    let layout: KeyValueLayout
    /// Runs products that are too small to share, inside of a piece.
    let alone = ThreadPool(threadCount: 1)
    var call = 0

    /// How far a row has come.
    struct Row: BitwiseCopyable {
        var prefix = 0
        var visual = 0
        var columns = 1
    }
    let rows: UnsafeMutablePointer<Row>

    /// Takes all memory; see ``Decoder/makeState(rows:prefixCapacity:visualCapacity:pool:)``.
    init(_ decoder: Decoder, plan: DecoderPlan, pool: ThreadPool) {
        self.decoder = decoder
        self.plan = plan
        self.pool = pool
        buffers = DecoderBuffers(plan)
        layout = plan.layout
        let configuration = plan.configuration
        rotary = RotaryEmbedding(
            headDim: configuration.headDim, theta: configuration.rope.theta, kind: configuration.rope.kind,
            pairs: configuration.rope.pairs, positions: plan.positions)
        rows = .allocate(capacity: plan.rows)
        rows.initialize(repeating: Row(), count: plan.rows)
    }

    deinit { rows.deallocate() }

    /// The logits `[visualVocabulary]` after a row's last token; may be changed, for the next call writes them anew.
    package func logits(_ row: Int) -> UnsafeMutableBufferPointer<Float> {
        precondition(row >= 0 && row < plan.rows, "row \(row) of \(plan.rows)")
        let count = plan.configuration.visualVocabulary
        return UnsafeMutableBufferPointer(start: buffers.logits.pointer + row * count, count: count)
    }

    /// How many visual tokens have been fed to a row since its prefix.
    package func visualCount(_ row: Int) -> Int {
        precondition(row >= 0 && row < plan.rows, "row \(row) of \(plan.rows)")
        return rows[row].visual
    }

    /// How many tokens each expert has had, `[layers][experts]`; empty arrays for dense layers.
    package var expertLoads: [[Int]] {
        let experts = plan.configuration.moe?.experts ?? 0
        return (0..<plan.configuration.layers).map { layer in
            guard plan.configuration.isMixture(layer) else { return [] }
            return (0..<experts).map { buffers.loads[layer * experts + $0] }
        }
    }

    /// Sets all counts of ``expertLoads`` to 0.
    package func resetExpertLoads() { buffers.loads.update(repeating: 0, count: buffers.loadCount) }

    // MARK: - Visual tokens

    /// Feeds one visual token to each listed row, without taking memory.
    ///
    /// Throws ``DecoderError``, before anything has changed, for a row that does not exist, is listed twice, has no
    /// prefix or is full, and for a token outside of the visual vocabulary.
    package func step(rows listed: UnsafeBufferPointer<Int>, tokens: UnsafeBufferPointer<Int>) throws {
        guard listed.count == tokens.count else {
            throw DecoderError(.token, "\(tokens.count) tokens for \(listed.count) rows")
        }
        call += 1
        for index in 0..<listed.count {
            let row = try checked(listed[index])
            try check(visual: tokens[index], row: row, feeding: 1)
        }
        for index in 0..<listed.count {
            append(visual: tokens[index], row: listed[index], at: index, output: index)
            buffers.outputRows[index] = listed[index]
        }
        forward(listed.count)
        finish(outputs: listed.count)
    }

    /// Feeds one visual token to each listed row.
    package func step(rows listed: [Int], tokens: [Int]) throws {
        try listed.withUnsafeBufferPointer { rows in
            try tokens.withUnsafeBufferPointer { tokens in try step(rows: rows, tokens: tokens) }
        }
    }

    /// Feeds several consecutive visual tokens to one row in as few passes as fit; leaves the logits after the last.
    ///
    /// Throws ``DecoderError`` as ``step(rows:tokens:)`` does, and for no tokens.
    package func extend(row: Int, tokens: [Int]) throws {
        guard !tokens.isEmpty else { throw DecoderError(.token, "row \(row): no tokens to feed") }
        call += 1
        let row = try checked(row)
        for token in tokens { try check(visual: token, row: row, feeding: tokens.count) }
        var count = 0
        for (index, token) in tokens.enumerated() {
            append(visual: token, row: row, at: count, output: index == tokens.count - 1 ? 0 : -1)
            count += 1
            if count == plan.chunk {
                forward(count)
                count = 0
            }
        }
        forward(count)
        buffers.outputRows[0] = row
        finish(outputs: 1)
    }

    private func check(visual token: Int, row: Int, feeding count: Int) throws {
        guard rows[row].prefix > 0 else { throw DecoderError(.row, "row \(row) has no prefix yet") }
        guard token >= 0, token < plan.configuration.visualVocabulary else {
            throw DecoderError(
                .token, "row \(row): visual token \(token) is not in 0..<\(plan.configuration.visualVocabulary)")
        }
        guard rows[row].visual + count <= plan.visualCapacity else {
            let total = rows[row].visual + count
            throw DecoderError(
                .capacity, "row \(row): \(total) visual tokens exceed the \(plan.visualCapacity) planned")
        }
    }

    /// Puts a visual token at the end of a row and in the list of the next pass.
    private func append(visual token: Int, row: Int, at index: Int, output: Int) {
        let state = rows[row]
        let position = state.prefix + state.visual
        let isGrid = plan.configuration.rope.kind == .grid
        buffers.entries[index] = DecoderEntry(
            row: Int32(row), position: Int32(position),
            gridRow: Int32(isGrid ? state.visual / state.columns : position),
            gridColumn: Int32(isGrid ? state.visual % state.columns : 0), token: Int32(token), output: Int32(output),
            isVisual: true, isZeroed: false)
        rows[row].visual += 1
    }

    /// A row that exists and that this call has not listed before.
    func checked(_ row: Int) throws -> Int {
        guard row >= 0, row < plan.rows else { throw DecoderError(.row, "row \(row) is not in 0..<\(plan.rows)") }
        guard buffers.marks[row] != call else { throw DecoderError(.row, "row \(row) is listed twice") }
        buffers.marks[row] = call
        return row
    }
}
