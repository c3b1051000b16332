// The two ends of a pass: embeddings of tokens, and logits of hidden states.

import WeftTensor

extension DecoderState {
    /// Writes the embeddings of a pass to `hidden`.
    func embed(_ pass: DecoderPass) {
        let width = plan.configuration.hiddenSize
        let (entries, hidden) = (pass.entries, pass.hidden)
        for index in 0..<pass.count {
            switch entries[index].source {
            case .ready: continue
            case .text: decoder.textEmbedding?.write(Int(entries[index].token), to: hidden + index * width)
            case .visual:
                guard case .table(let table) = decoder.visualEmbedding else { continue }
                table.write(Int(entries[index].token), to: hidden + index * width)
            }
        }
        if case .projected(let projector) = decoder.visualEmbedding { embed(projector, pass) }
    }

    /// Sends the codes of the visual entries through the projector.
    private func embed(_ projector: CodeProjector, _ pass: DecoderPass) {
        let width = plan.configuration.hiddenSize
        let (entries, normed, projected) = (pass.entries, pass.normed, pass.projected)
        var visual = 0
        for index in 0..<pass.count where entries[index].source == .visual {
            projector.codes.write(Int(entries[index].token), to: pass.codes + visual * projector.codes.size)
            visual += 1
        }
        projector.first.apply(pass.codes, rows: visual, to: normed, pool: pass.pool)
        gelu(normed, visual, pass.pool)
        projector.second.apply(normed, rows: visual, to: projected, pool: pass.pool)
        visual = 0
        for index in 0..<pass.count where entries[index].source == .visual {
            (pass.hidden + index * width).update(from: projected + visual * width, count: width)
            visual += 1
        }
    }

    /// Writes logits `[outputs, visualVocabulary]` of normalised hidden states `[outputs, hiddenSize]`, at most a chunk of
    /// them, which are not in `buffers.normed`.
    func writeLogits(
        _ outputs: Int, of states: UnsafePointer<Float>, to logits: UnsafeMutablePointer<Float>
    ) {
        let (normed, quantised) = (buffers.normed.pointer, UnsafeMutableRawPointer(buffers.quantised.pointer))
        switch decoder.head {
        case .linear(let head):
            head.apply(states, rows: outputs, to: logits, pool: pool, scratch: quantised)
        case .projected(let projector, let head):
            projector.apply(states, rows: outputs, to: normed, pool: pool)
            gelu(normed, outputs, pool)
            head.apply(normed, rows: outputs, to: logits, pool: pool, scratch: quantised)
        }
    }

    /// `x = gelu(x)`, `[count, hiddenSize]`.
    private func gelu(_ x: UnsafeMutablePointer<Float>, _ count: Int, _ pool: ThreadPool) {
        let width = plan.configuration.hiddenSize
        forEachRow(count, width: width, pool: pool, (x, width)) { work, rows in
            GatedActivation.gelu.apply(work.0 + rows.lowerBound * work.1, count: rows.count * work.1)
        }
    }
}
