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
        embed(count)
        let isPost = plan.configuration.normPlacement == .post
        let input = isPost ? hidden : normed
        for (index, layer) in decoder.layers.enumerated() {
            if !isPost { normalise(layer.attentionNorm, hidden, to: normed, count) }
            attention(layer.attention, input, norm: isPost ? layer.attentionNorm : nil, layer: index, count)
            if !isPost { normalise(layer.feedForwardNorm, hidden, to: normed, count) }
            switch layer.block {
            case .dense(let block):
                feedForward(block, input, norm: isPost ? layer.feedForwardNorm : nil, count)
            case .mixture(let block):
                mixture(block, layer: index, count)
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
            writeLogits(outputs, to: target)
            return
        }
        writeLogits(outputs, to: buffers.staged.pointer)
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

    /// `y = norm(x)`, both `[count, hiddenSize]`; `y` may be `x`.
    private func normalise(
        _ norm: RMSNorm, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        let width = plan.configuration.hiddenSize
        forEachRow(count, width: width, (norm, x, y, width)) { work, row in
            let (norm, x, y, width) = work
            norm.apply(x + row * width, rows: 1, to: y + row * width)
        }
    }

    /// `hidden += norm(projected)`, or `projected` itself without a norm.
    func addProjected(_ norm: RMSNorm?, _ count: Int) {
        let width = plan.configuration.hiddenSize
        let (hidden, projected) = (buffers.hidden.pointer, buffers.projected.pointer)
        if let norm { normalise(norm, projected, to: projected, count) }
        forEachRow(count, width: width, (hidden, projected, width)) { work, row in
            let (hidden, projected, width) = work
            for index in row * width..<(row + 1) * width { hidden[index] += projected[index] }
        }
    }

    /// `hidden += down(activation(gate x) * up x)`, what is added normalised if there is a norm.
    func feedForward(_ block: GatedFeedForward, _ x: UnsafePointer<Float>, norm: RMSNorm?, _ count: Int) {
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
        addProjected(norm, count)
    }
}
