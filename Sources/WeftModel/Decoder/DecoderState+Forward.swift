// Sends a pass through the layers.

import WeftTensor

extension DecoderState {
    /// Runs a pass through all layers.
    func run(_ pass: DecoderPass) {
        embed(pass)
        let isPost = plan.configuration.normPlacement == .post
        let input = isPost ? pass.hidden : pass.normed
        for (index, layer) in decoder.layers.enumerated() {
            if !isPost { normalise(layer.attentionNorm, pass.hidden, to: pass.normed, pass) }
            attention(layer.attention, input, norm: isPost ? layer.attentionNorm : nil, layer: index, pass)
            if !isPost { normalise(layer.feedForwardNorm, pass.hidden, to: pass.normed, pass) }
            switch layer.block {
            case .dense(let block):
                feedForward(block, input, norm: isPost ? layer.feedForwardNorm : nil, pass)
            case .mixture(let block):
                mixture(block, layer: index, pass)
            }
        }
        let width = plan.configuration.hiddenSize
        for index in 0..<pass.count where pass.entries[index].output >= 0 {
            let target = buffers.last.pointer + Int(pass.entries[index].output) * width
            decoder.norm.apply(pass.hidden + index * width, rows: 1, to: target)
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
            return writeLast(outputs, to: buffers.logits.pointer + rows[0] * size)
        }
        stageLogits(outputs)
        for index in 0..<outputs {
            (buffers.logits.pointer + rows[index] * size).update(
                from: buffers.staged.pointer + index * size, count: size)
        }
    }

    /// Makes the logits of the first `outputs` hidden states of `buffers.last`, in their order.
    func stageLogits(_ outputs: Int) { writeLast(outputs, to: buffers.staged.pointer) }

    private func writeLast(_ outputs: Int, to logits: UnsafeMutablePointer<Float>) {
        let (size, width) = (plan.configuration.visualVocabulary, plan.configuration.hiddenSize)
        for start in stride(from: 0, to: outputs, by: plan.chunk) {
            writeLogits(
                min(plan.chunk, outputs - start), of: buffers.last.pointer + start * width,
                to: logits + start * size)
        }
    }

    /// Calls `body` with `context` and stretches of `count` rows, of about 16384 floats each. `body` may capture nothing:
    /// a closure that does takes memory at every token.
    func forEachRow<Context>(
        _ count: Int, width: Int, pool: ThreadPool, _ context: Context, _ body: @escaping (Context, Range<Int>) -> Void
    ) {
        let size = max(1, (1 << 14) / max(1, width))
        pool.run((count + size - 1) / size, RowPieces(context: context, body: body, count: count, size: size))
    }

    /// The pieces of ``forEachRow(_:width:pool:_:_:)``: `size` rows each.
    private struct RowPieces<Context>: PoolWork {
        let context: Context
        let body: (Context, Range<Int>) -> Void
        let count: Int
        let size: Int

        func run(piece: Int) { body(context, piece * size..<min(count, (piece + 1) * size)) }
    }

    /// `y = norm(x)`, both `[count, hiddenSize]`; `y` may be `x`.
    private func normalise(
        _ norm: RMSNorm, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, _ pass: DecoderPass
    ) {
        let width = plan.configuration.hiddenSize
        forEachRow(pass.count, width: width, pool: pass.pool, (norm, x, y, width)) { work, rows in
            let (norm, x, y, width) = work
            let start = rows.lowerBound * width
            norm.apply(x + start, rows: rows.count, to: y + start)
        }
    }

    /// `hidden += norm(projected)`, or `projected` itself without a norm.
    func addProjected(_ norm: RMSNorm?, _ pass: DecoderPass) {
        let width = plan.configuration.hiddenSize
        if let norm { normalise(norm, pass.projected, to: pass.projected, pass) }
        forEachRow(pass.count, width: width, pool: pass.pool, (pass.hidden, pass.projected, width)) { work, rows in
            let (hidden, projected, width) = work
            for index in rows.lowerBound * width..<rows.upperBound * width { hidden[index] += projected[index] }
        }
    }

    /// `hidden += down(activation(gate x) * up x)`, what is added normalised if there is a norm.
    func feedForward(_ block: GatedFeedForward, _ x: UnsafePointer<Float>, norm: RMSNorm?, _ pass: DecoderPass) {
        let width = block.gate.outputs
        let activation = plan.configuration.feedForward.activation
        pass.apply(x, to: (block.gate, pass.gate), (block.up, pass.up))
        forEachRow(pass.count, width: width, pool: pass.pool, (activation, pass.gate, pass.up, width)) { work, rows in
            let (activation, gate, up, width) = work
            let start = rows.lowerBound * width
            activation.apply(gate: gate + start, up: up + start, to: gate + start, count: rows.count * width)
        }
        pass.apply(block.down, pass.gate, to: pass.projected)
        addProjected(norm, pass)
    }
}
