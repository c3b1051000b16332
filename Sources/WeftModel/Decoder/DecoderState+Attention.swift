// Attention of the listed tokens over the caches of their rows.

import WeftTensor

extension DecoderState {
    /// The keys and values of one layer, row and key head, laid out as `layout` says.
    func cache(layer: Int, row: Int, head: Int) -> UnsafeMutablePointer<Float> {
        buffers.cache.pointer + ((layer * plan.rows + row) * plan.configuration.kvHeads + head) * layout.count
    }

    /// `hidden += attention(normed)`
    func attention(_ block: AttentionLayer, layer: Int, _ count: Int) {
        let (normed, attended) = (buffers.normed.pointer, buffers.attended.pointer)
        block.query.apply(normed, rows: count, to: buffers.query.pointer, pool: pool)
        block.key.apply(normed, rows: count, to: buffers.key.pointer, pool: pool)
        block.value.apply(normed, rows: count, to: buffers.value.pointer, pool: pool)
        forEachRow(count, width: block.query.outputs) { remember(block, layer: layer, $0) }
        attend(layer: layer, count)
        block.output.apply(attended, rows: count, to: buffers.projected.pointer, pool: pool)
        addProjected(count)
    }

    /// Normalises and rotates the query and key of one entry, and puts its key and value into the cache.
    private func remember(_ block: AttentionLayer, layer: Int, _ index: Int) {
        let (heads, kvHeads) = (plan.configuration.heads, plan.configuration.kvHeads)
        let headDim = plan.configuration.headDim
        let entry = buffers.entries[index]
        let query = buffers.query.pointer + index * heads * headDim
        let key = buffers.key.pointer + index * kvHeads * headDim
        let value = buffers.value.pointer + index * kvHeads * headDim
        block.queryNorm?.apply(query, rows: heads, to: query)
        block.keyNorm?.apply(key, rows: kvHeads, to: key)
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
        let (query, attended) = (buffers.query.pointer, buffers.attended.pointer)
        let (scratch, scratchCount) = (buffers.scratch.pointer, layout.scratchCount(heads: group))
        pool.run(pieces) { piece in
            for unit in units * piece / pieces..<units * (piece + 1) / pieces {
                let entry = entries[unit / kvHeads]
                WeftTensor.attend(
                    query + unit * groupSize, heads: group, length: Int(entry.position) + 1,
                    cache: cache(layer: layer, row: Int(entry.row), head: unit % kvHeads), layout: layout,
                    scratch: scratch + piece * scratchCount, to: attended + unit * groupSize)
            }
        }
    }
}
