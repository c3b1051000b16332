// Sends the tokens of a pass to their experts: those that chose the same one go through one product.

import WeftTensor

extension DecoderState {
    /// `hidden += experts(normed)`, the experts of a token added in the order of its choice, then what is shared.
    func mixture(_ block: ExpertLayer, layer: Int, _ pass: DecoderPass) {
        route(block, layer: layer, pass)
        gather(block, pass)
        runExperts(block, pass)
        scatter(block, pass)
        if let shared = block.shared { feedForward(shared, pass.normed, norm: nil, pass) }
    }

    /// Chooses the experts of every entry and gives each of its copies a slot, sorted by expert, then by entry.
    private func route(_ block: ExpertLayer, layer: Int, _ pass: DecoderPass) {
        let (experts, topK) = (block.options.experts, block.options.topK)
        let (routing, weights, chosen) = (pass.routing, pass.weights, pass.chosen)
        let (slots, starts, next) = (pass.slots, pass.starts, pass.next)
        block.router.apply(pass.normed, rows: pass.count, to: routing, pool: pass.pool)
        for index in 0..<pass.count {
            block.choose(routing + index * experts, chosen: chosen + index * topK, weights: weights + index * topK)
        }
        next.update(repeating: 0, count: experts)
        for slot in 0..<pass.count * topK { next[Int(chosen[slot])] += 1 }
        starts[0] = 0
        for expert in 0..<experts {
            pass.loads[layer * experts + expert] += next[expert]
            starts[expert + 1] = starts[expert] + next[expert]
            next[expert] = starts[expert]
        }
        for copy in 0..<pass.count * topK {
            let expert = Int(chosen[copy])
            slots[copy] = Int32(next[expert])
            next[expert] += 1
        }
    }

    /// Copies the rows of all entries to their slots.
    private func gather(_ block: ExpertLayer, _ pass: DecoderPass) {
        let (topK, width) = (block.options.topK, plan.configuration.hiddenSize)
        let context = (pass.normed, pass.gathered, pass.slots, topK, width)
        forEachRow(pass.count * topK, width: width, pool: pass.pool, context) { work, copies in
            let (normed, gathered, slots, topK, width) = work
            for copy in copies {
                (gathered + Int(slots[copy]) * width).update(from: normed + copy / topK * width, count: width)
            }
        }
    }

    /// Runs every expert over its slots: small ones side by side, each on one thread, large ones one after the other.
    private func runExperts(_ block: ExpertLayer, _ pass: DecoderPass) {
        let options = block.options
        let size = options.hiddenSize * plan.configuration.hiddenSize * 3
        if size >= 1 << 20 {
            for expert in 0..<options.experts { run(block, expert, pass, pass.pool) }
        } else if size * pass.count * options.topK >= 1 << 17 {
            pass.pool.run(options.experts, with: (self, block, pass)) { work, expert in
                let (state, block, pass) = work
                state.run(block, expert, pass, state.alone)
            }
        } else {
            for expert in 0..<options.experts { run(block, expert, pass, alone) }
        }
    }

    private func run(_ block: ExpertLayer, _ expert: Int, _ pass: DecoderPass, _ pool: ThreadPool) {
        let start = pass.starts[expert]
        let rows = pass.starts[expert + 1] - start
        guard rows > 0 else { return }
        let (width, hidden) = (plan.configuration.hiddenSize, block.options.hiddenSize)
        let layers = block.experts[expert]
        let x = pass.gathered + start * width
        let (gate, up) = (pass.gate + start * hidden, pass.up + start * hidden)
        let scratch = pass.quantised + start * plan.quantisedSize
        Linear.apply(x, rows: rows, to: (layers.gate, gate), (layers.up, up), pool: pool, scratch: scratch)
        plan.configuration.feedForward.activation.apply(gate: gate, up: up, to: gate, count: rows * hidden)
        layers.down.apply(gate, rows: rows, to: pass.expertOut + start * width, pool: pool, scratch: scratch)
    }

    /// Adds the weighted results of its experts to every entry, best expert first.
    private func scatter(_ block: ExpertLayer, _ pass: DecoderPass) {
        let (topK, width) = (block.options.topK, plan.configuration.hiddenSize)
        let context = (pass.hidden, pass.expertOut, pass.weights, pass.slots, topK, width)
        forEachRow(pass.count, width: width * topK, pool: pass.pool, context) { work, rows in
            let (hidden, out, weights, slots, topK, width) = work
            for choice in rows.lowerBound * topK..<rows.upperBound * topK {
                let target = hidden + choice / topK * width
                let (weight, result) = (weights[choice], out + Int(slots[choice]) * width)
                for index in 0..<width { target[index] += weight * result[index] }
            }
        }
    }
}
