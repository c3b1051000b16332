// Sends the listed tokens through the layers.

import WeftTensor

extension DecoderState {
    /// Runs the first `count` entries through all layers: their keys and values enter the caches, and those with an
    /// output leave their normalised hidden state in `buffers.last`.
    func forward(_ count: Int) {
        guard count > 0 else { return }
        let width = plan.configuration.hiddenSize
        let (hidden, normed) = (buffers.hidden.pointer, buffers.normed.pointer)
        tokenCount += count
        for index in 0..<count {
            let entry = buffers.entries[index]
            let table = entry.isVisual ? decoder.visualEmbedding : decoder.textEmbedding
            table.write(Int(entry.token), to: hidden + index * width)
        }
        for layer in 0..<plan.configuration.layers {
            normalise(decoder.layers[layer].attentionNorm, count)
            attention(decoder.layers[layer].attention, layer: layer, count)
            normalise(decoder.layers[layer].feedForwardNorm, count)
            switch decoder.layers[layer].block {
            case .dense(let block):
                feedForward(block, normed, count)
            case .mixture(let block):
                mixture(block, layer: layer, count)
            }
        }
        for index in 0..<count where buffers.entries[index].output >= 0 {
            let target = buffers.last.pointer + Int(buffers.entries[index].output) * width
            decoder.norm.apply(hidden + index * width, rows: 1, to: target)
        }
    }

    /// Makes the logits of the first `outputs` rows of `buffers.outputRows`.
    func finish(outputs: Int) {
        guard outputs > 0 else { return }
        let size = plan.configuration.visualVocabulary
        let rows = buffers.outputRows
        var areNeighbours = true
        for index in 0..<outputs where rows[index] != rows[0] + index { areNeighbours = false }
        if areNeighbours {
            let target = buffers.logits.pointer + rows[0] * size
            decoder.head.apply(buffers.last.pointer, rows: outputs, to: target, pool: pool)
            return
        }
        decoder.head.apply(buffers.last.pointer, rows: outputs, to: buffers.staged.pointer, pool: pool)
        for index in 0..<outputs {
            (buffers.logits.pointer + rows[index] * size).update(
                from: buffers.staged.pointer + index * size, count: size)
        }
    }

    /// Calls `body` with `context` and each of `count` rows, in pieces of about 16384 floats. `body` may capture nothing:
    /// a closure that does takes memory at every token.
    func forEachRow<Context>(
        _ count: Int, width: Int, _ context: Context, _ body: @escaping (Context, Int) -> Void
    ) {
        let size = max(1, (1 << 14) / max(1, width))
        pool.run((count + size - 1) / size, RowPieces(context: context, body: body, count: count, size: size))
    }

    /// The pieces of ``forEachRow(_:width:_:_:)``: `size` rows each.
    private struct RowPieces<Context>: PoolWork {
        let context: Context
        let body: (Context, Int) -> Void
        let count: Int
        let size: Int

        func run(piece: Int) {
            for row in piece * size..<min(count, (piece + 1) * size) { body(context, row) }
        }
    }

    /// `normed = norm(hidden)`
    private func normalise(_ norm: RMSNorm, _ count: Int) {
        let width = plan.configuration.hiddenSize
        let (hidden, normed) = (buffers.hidden.pointer, buffers.normed.pointer)
        forEachRow(count, width: width, (norm, hidden, normed, width)) { work, row in
            let (norm, hidden, normed, width) = work
            norm.apply(hidden + row * width, rows: 1, to: normed + row * width)
        }
    }

    /// `hidden += projected`
    func addProjected(_ count: Int) {
        let width = plan.configuration.hiddenSize
        let (hidden, projected) = (buffers.hidden.pointer, buffers.projected.pointer)
        forEachRow(count, width: width, (hidden, projected, width)) { work, row in
            let (hidden, projected, width) = work
            for index in row * width..<(row + 1) * width { hidden[index] += projected[index] }
        }
    }

    /// `hidden += down(activation(gate x) * up x)`
    func feedForward(_ block: GatedFeedForward, _ x: UnsafePointer<Float>, _ count: Int) {
        let width = block.gate.outputs
        let activation = plan.configuration.feedForward.activation
        let (gate, up) = (buffers.gate.pointer, buffers.up.pointer)
        block.gate.apply(x, rows: count, to: gate, pool: pool)
        block.up.apply(x, rows: count, to: up, pool: pool)
        forEachRow(count, width: width, (activation, gate, up, width)) { work, row in
            let (activation, gate, up, width) = work
            let start = row * width
            activation.apply(gate: gate + start, up: up + start, to: gate + start, count: width)
        }
        block.down.apply(gate, rows: count, to: buffers.projected.pointer, pool: pool)
        addProjected(count)
    }
}
