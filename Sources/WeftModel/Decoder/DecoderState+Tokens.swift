// The two ends of a pass: embeddings of tokens, and logits of hidden states.

import WeftTensor

extension DecoderState {
    /// Writes the embeddings of the first `count` entries to `buffers.hidden`.
    func embed(_ count: Int) {
        let width = plan.configuration.hiddenSize
        let (entries, hidden) = (buffers.entries, buffers.hidden.pointer)
        for index in 0..<count {
            switch entries[index].source {
            case .ready: continue
            case .text: decoder.textEmbedding?.write(Int(entries[index].token), to: hidden + index * width)
            case .visual:
                guard case .table(let table) = decoder.visualEmbedding else { continue }
                table.write(Int(entries[index].token), to: hidden + index * width)
            }
        }
        if case .projected(let projector) = decoder.visualEmbedding { embed(projector, count) }
    }

    /// Sends the codes of the visual entries through the projector.
    private func embed(_ projector: CodeProjector, _ count: Int) {
        let width = plan.configuration.hiddenSize
        let (normed, projected) = (buffers.normed.pointer, buffers.projected.pointer)
        var visual = 0
        for index in 0..<count where buffers.entries[index].source == .visual {
            projector.codes.write(
                Int(buffers.entries[index].token), to: buffers.codes.pointer + visual * projector.codes.size)
            visual += 1
        }
        projector.first.apply(buffers.codes.pointer, rows: visual, to: normed, pool: pool)
        gelu(normed, visual)
        projector.second.apply(normed, rows: visual, to: projected, pool: pool)
        visual = 0
        for index in 0..<count where buffers.entries[index].source == .visual {
            (buffers.hidden.pointer + index * width).update(from: projected + visual * width, count: width)
            visual += 1
        }
    }

    /// Writes logits `[outputs, visualVocabulary]` of the normalised hidden states in `buffers.last`.
    func writeLogits(_ outputs: Int, to logits: UnsafeMutablePointer<Float>) {
        let (last, normed) = (buffers.last.pointer, buffers.normed.pointer)
        switch decoder.head {
        case .linear(let head):
            head.apply(last, rows: outputs, to: logits, pool: pool)
        case .projected(let projector, let head):
            projector.apply(last, rows: outputs, to: normed, pool: pool)
            gelu(normed, outputs)
            head.apply(normed, rows: outputs, to: logits, pool: pool)
        }
    }

    /// `x = gelu(x)`, `[count, hiddenSize]`.
    private func gelu(_ x: UnsafeMutablePointer<Float>, _ count: Int) {
        let width = plan.configuration.hiddenSize
        forEachRow(count, width: width, (x, width)) { work, row in
            GatedActivation.gelu.apply(work.0 + row * work.1, count: work.1)
        }
    }
}
