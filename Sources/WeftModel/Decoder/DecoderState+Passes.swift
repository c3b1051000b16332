// Cuts the listed tokens into passes.

import WeftTensor

extension DecoderState {
    /// Runs the first `count` entries through all layers: their keys and values enter the caches, and those with an
    /// output leave their normalised hidden state in `buffers.last`.
    ///
    /// In a small decoder the threads would spend as much time on handing over pieces of products as on the pieces. As
    /// long as there are enough rows, each thread takes some of them through all layers by itself instead; since a row's
    /// bits do not depend on the others, nobody can tell.
    func forward(_ count: Int) {
        guard count > 0 else { return }
        tokenCount += count
        let passes = cut(count)
        if passes > 1 {
            pool.run(passes, SidePasses(state: self))
        } else {
            run(DecoderPass(buffers, plan, index: 0, 0..<count, pool: pool))
        }
    }

    /// Writes where passes end to `buffers.cuts` and returns how many there are.
    ///
    /// The tokens of a row stay together, as the later ones attend to the earlier ones. One pass is better than several
    /// of which the largest has half as much again as its share.
    private func cut(_ count: Int) -> Int {
        let wanted = min(pool.threadCount, plan.sidePasses, count / DecoderPlan.sideTokens)
        guard wanted > 1, plan.layerWeights <= DecoderPlan.smallLayer else { return 1 }
        let (entries, cuts) = (buffers.entries, buffers.cuts)
        var passes = 0
        cuts[0] = 0
        for index in 1..<count where entries[index].row != entries[index - 1].row {
            guard index >= count * (passes + 1) / wanted else { continue }
            passes += 1
            cuts[passes] = index
        }
        passes += 1
        cuts[passes] = count
        for pass in 0..<passes where 2 * (cuts[pass + 1] - cuts[pass]) * wanted > 3 * count { return 1 }
        return passes
    }

    /// The passes between the cuts, each on one thread.
    private struct SidePasses: PoolWork {
        let state: DecoderState

        func run(piece: Int) {
            let (buffers, plan) = (state.buffers, state.plan)
            let range = buffers.cuts[piece]..<buffers.cuts[piece + 1]
            state.run(DecoderPass(buffers, plan, index: piece, range, pool: state.alone))
        }
    }
}
