// One generation: the caches of its rows, and the calls that feed tokens to them.

import WeftTensor

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
    /// Runs what is not shared, inside of a piece.
    let alone = ThreadPool(threadCount: 1)
    var call = 0
    /// The prefix that stands at the beginning of each row's cache, `[rows]`; nil before the first one.
    var heldPrefixes: [Prefix.Content?]

    /// How far a row has come.
    struct Row: BitwiseCopyable {
        var prefix = 0
        var fed = 0
        var visual = 0
        var columns = 1
    }
    let rows: UnsafeMutablePointer<Row>

    /// Takes all memory; see ``Decoder/makeState(rows:prefixCapacity:fedCapacity:tokensPerStep:cache:pool:)``.
    init(_ decoder: Decoder, plan: DecoderPlan, pool: ThreadPool) {
        self.decoder = decoder
        self.plan = plan
        self.pool = pool
        buffers = DecoderBuffers(plan)
        layout = plan.layout
        let configuration = plan.configuration
        rotary = RotaryEmbedding(
            headDim: configuration.headDim, theta: configuration.rope.theta, kind: configuration.rope.kind,
            pairs: configuration.rope.pairs, positions: plan.positions, scaling: configuration.rope.scaling)
        heldPrefixes = Array(repeating: nil, count: plan.rows)
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
            return (0..<experts).map { expert in
                (0..<plan.sidePasses).reduce(0) {
                    $0 + buffers.loads[$1 * buffers.loadCount + layer * experts + expert]
                }
            }
        }
    }

    /// Sets all counts of ``expertLoads`` to 0.
    package func resetExpertLoads() {
        buffers.loads.update(repeating: 0, count: plan.sidePasses * buffers.loadCount)
    }

    /// A row that exists and that this call has not listed before.
    func checked(_ row: Int) throws -> Int {
        guard row >= 0, row < plan.rows else { throw DecoderError(.row, "row \(row) is not in 0..<\(plan.rows)") }
        guard buffers.marks[row] != call else { throw DecoderError(.row, "row \(row) is listed twice") }
        buffers.marks[row] = call
        return row
    }
}
