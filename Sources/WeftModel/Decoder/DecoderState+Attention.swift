// Attention of the tokens of a pass over the caches of their rows.

import WeftTensor

extension DecoderState {
    /// The keys and values of one layer, row and key head, laid out as `layout` says.
    func cache(layer: Int, row: Int, head: Int) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(buffers.cache.pointer)
            + ((layer * plan.rows + row) * plan.configuration.kvHeads + head) * layout.byteCount
    }

    /// `hidden += attention(x)`, what is added normalised if there is a norm.
    func attention(
        _ block: AttentionLayer, _ x: UnsafePointer<Float>, norm: RMSNorm?, layer: Int, _ pass: DecoderPass
    ) {
        pass.apply(x, to: (block.query, pass.query), (block.key, pass.key), (block.value, pass.value))
        forEachRow(pass.count, width: block.query.outputs, pool: pass.pool, (self, block, layer, pass)) { work, rows in
            let (state, block, layer, pass) = work
            for index in rows { state.remember(block, layer: layer, pass, index) }
        }
        attend(layer: layer, pass)
        pass.apply(block.output, pass.attended, to: pass.projected)
        addProjected(norm, pass)
    }

    /// Normalises and rotates the query and key of one entry, and puts its key and value into the cache.
    private func remember(_ block: AttentionLayer, layer: Int, _ pass: DecoderPass, _ index: Int) {
        let (heads, kvHeads) = (plan.configuration.heads, plan.configuration.kvHeads)
        let headDim = plan.configuration.headDim
        let entry = pass.entries[index]
        let query = pass.query + index * heads * headDim
        let key = pass.key + index * kvHeads * headDim
        let value = pass.value + index * kvHeads * headDim
        block.queryNorm.apply(query)
        block.keyNorm.apply(key)
        if entry.isZeroed {
            query.update(repeating: 0, count: heads * headDim)
            key.update(repeating: 0, count: kvHeads * headDim)
        } else {
            let (row, column) = (Int(entry.gridRow), Int(entry.gridColumn))
            rotary.apply(query, heads: heads, row: row, column: column)
            rotary.apply(key, heads: kvHeads, row: row, column: column)
        }
        for head in 0..<kvHeads {
            layout.store(
                key: key + head * headDim, value: value + head * headDim, at: Int(entry.position),
                in: cache(layer: layer, row: Int(entry.row), head: head))
        }
    }

    /// Shares the pairs of entry and key head over the threads; each entry sees its row up to itself.
    private func attend(layer: Int, _ pass: DecoderPass) {
        let kvHeads = plan.configuration.kvHeads
        let group = plan.configuration.heads / kvHeads
        let groupSize = group * plan.configuration.headDim
        var work = 0  // multiplications of all scores
        for index in 0..<pass.count { work += (Int(pass.entries[index].position) + 1) * groupSize * kvHeads }
        let units = pass.count * kvHeads
        let isAlone = pass.pool.threadCount == 1
        let pieces = isAlone ? 1 : max(1, min(work >> 15, units, DecoderPlan.attentionPieces))
        pass.pool.run(
            pieces, AttentionPieces(state: self, pass: pass, layer: layer, group: group, units: units, count: pieces))
    }

    /// The pieces of ``attend(layer:_:)``: each takes a stretch of the units.
    private struct AttentionPieces: PoolWork {
        let state: DecoderState
        let pass: DecoderPass
        let layer: Int
        let group: Int
        let units: Int
        let count: Int

        func run(piece: Int) {
            let layout = state.layout
            let kvHeads = state.plan.configuration.kvHeads
            let groupSize = group * state.plan.configuration.headDim
            let scratch = pass.scratch + piece * layout.scratchCount(heads: group)
            for unit in units * piece / count..<units * (piece + 1) / count {
                let entry = pass.entries[unit / kvHeads]
                WeftTensor.attend(
                    pass.query + unit * groupSize, heads: group, length: Int(entry.position) + 1,
                    cache: state.cache(layer: layer, row: Int(entry.row), head: unit % kvHeads), layout: layout,
                    scratch: scratch, to: pass.attended + unit * groupSize)
            }
        }
    }
}
