// Attention of the listed tokens over the caches of their rows.

import WeftTensor

extension DecoderState {
    /// The keys and values of one layer, row and key head, laid out as `layout` says.
    func cache(layer: Int, row: Int, head: Int) -> UnsafeMutablePointer<Float> {
        buffers.cache.pointer + ((layer * plan.rows + row) * plan.configuration.kvHeads + head) * layout.count
    }

    /// `hidden += attention(x)`, what is added normalised if there is a norm.
    func attention(_ block: AttentionLayer, _ x: UnsafePointer<Float>, norm: RMSNorm?, layer: Int, _ count: Int) {
        block.query.apply(x, rows: count, to: buffers.query.pointer, pool: pool)
        block.key.apply(x, rows: count, to: buffers.key.pointer, pool: pool)
        block.value.apply(x, rows: count, to: buffers.value.pointer, pool: pool)
        forEachRow(count, width: block.query.outputs, (self, block, layer)) { work, index in
            work.0.remember(work.1, layer: work.2, index)
        }
        attend(layer: layer, count)
        block.output.apply(buffers.attended.pointer, rows: count, to: buffers.projected.pointer, pool: pool)
        addProjected(norm, count)
    }

    /// Normalises and rotates the query and key of one entry, and puts its key and value into the cache.
    private func remember(_ block: AttentionLayer, layer: Int, _ index: Int) {
        let (heads, kvHeads) = (plan.configuration.heads, plan.configuration.kvHeads)
        let headDim = plan.configuration.headDim
        let entry = buffers.entries[index]
        let query = buffers.query.pointer + index * heads * headDim
        let key = buffers.key.pointer + index * kvHeads * headDim
        let value = buffers.value.pointer + index * kvHeads * headDim
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
    private func attend(layer: Int, _ count: Int) {
        let kvHeads = plan.configuration.kvHeads
        let group = plan.configuration.heads / kvHeads
        let groupSize = group * plan.configuration.headDim
        let entries = buffers.entries
        var work = 0  // multiplications of all scores
        for index in 0..<count { work += (Int(entries[index].position) + 1) * groupSize * kvHeads }
        let units = count * kvHeads
        let pieces = max(1, min(work >> 15, units, DecoderPlan.attentionPieces))
        pool.run(pieces, AttentionPieces(state: self, layer: layer, group: group, units: units, count: pieces))
    }

    /// The pieces of ``attend(layer:_:)``: each takes a stretch of the units.
    private struct AttentionPieces: PoolWork {
        let state: DecoderState
        let layer: Int
        let group: Int
        let units: Int
        let count: Int

        func run(piece: Int) {
            let (buffers, layout) = (state.buffers, state.layout)
            let kvHeads = state.plan.configuration.kvHeads
            let groupSize = group * state.plan.configuration.headDim
            let scratch = buffers.scratch.pointer + piece * layout.scratchCount(heads: group)
            for unit in units * piece / count..<units * (piece + 1) / count {
                let entry = buffers.entries[unit / kvHeads]
                WeftTensor.attend(
                    buffers.query.pointer + unit * groupSize, heads: group, length: Int(entry.position) + 1,
                    cache: state.cache(layer: layer, row: Int(entry.row), head: unit % kvHeads), layout: layout,
                    scratch: scratch, to: buffers.attended.pointer + unit * groupSize)
            }
        }
    }
}
