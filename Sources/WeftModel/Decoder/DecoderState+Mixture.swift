// Sends the listed tokens to their experts: those that chose the same one go through one product.

import WeftTensor

extension DecoderState {
    /// `hidden += experts(normed)`, the experts of a token added in the order of its choice, then what is shared.
    func mixture(_ block: ExpertLayer, layer: Int, _ count: Int) {
        route(block, layer: layer, count)
        gather(block, count)
        runExperts(block, count)
        scatter(block, count)
        if let shared = block.shared { feedForward(shared, buffers.normed.pointer, norm: nil, count) }
    }

    /// Chooses the experts of every entry and gives each of its copies a slot, sorted by expert, then by entry.
    private func route(_ block: ExpertLayer, layer: Int, _ count: Int) {
        let (experts, topK) = (block.options.experts, block.options.topK)
        let (routing, weights) = (buffers.routing.pointer, buffers.weights.pointer)
        let (chosen, slots) = (buffers.chosen, buffers.slots)
        let (starts, next) = (buffers.starts, buffers.next)
        block.router.apply(buffers.normed.pointer, rows: count, to: routing, pool: pool)
        for index in 0..<count {
            block.choose(routing + index * experts, chosen: chosen + index * topK, weights: weights + index * topK)
        }
        next.update(repeating: 0, count: experts)
        for slot in 0..<count * topK { next[Int(chosen[slot])] += 1 }
        starts[0] = 0
        for expert in 0..<experts {
            buffers.loads[layer * experts + expert] += next[expert]
            starts[expert + 1] = starts[expert] + next[expert]
            next[expert] = starts[expert]
        }
        for copy in 0..<count * topK {
            let expert = Int(chosen[copy])
            slots[copy] = Int32(next[expert])
            next[expert] += 1
        }
    }

    /// Copies the rows of all entries to their slots.
    private func gather(_ block: ExpertLayer, _ count: Int) {
        let (topK, width) = (block.options.topK, plan.configuration.hiddenSize)
        let (normed, gathered, slots) = (buffers.normed.pointer, buffers.gathered.pointer, buffers.slots)
        forEachRow(count * topK, width: width, (normed, gathered, slots, topK, width)) { work, copy in
            let (normed, gathered, slots, topK, width) = work
            (gathered + Int(slots[copy]) * width).update(from: normed + copy / topK * width, count: width)
        }
    }

    /// Runs every expert over its slots: small ones side by side, each on one thread, large ones one after the other.
    private func runExperts(_ block: ExpertLayer, _ count: Int) {
        let options = block.options
        let size = options.hiddenSize * plan.configuration.hiddenSize * 3
        if size >= 1 << 20 {
            for expert in 0..<options.experts { run(block, expert, pool) }
        } else if size * count * options.topK >= 1 << 17 {
            pool.run(options.experts, with: (self, block)) { $0.0.run($0.1, $1, $0.0.alone) }
        } else {
            for expert in 0..<options.experts { run(block, expert, alone) }
        }
    }

    private func run(_ block: ExpertLayer, _ expert: Int, _ pool: ThreadPool) {
        let start = buffers.starts[expert]
        let rows = buffers.starts[expert + 1] - start
        guard rows > 0 else { return }
        let (width, hidden) = (plan.configuration.hiddenSize, block.options.hiddenSize)
        let layers = block.experts[expert]
        let x = buffers.gathered.pointer + start * width
        let (gate, up) = (buffers.gate.pointer + start * hidden, buffers.up.pointer + start * hidden)
        layers.gate.apply(x, rows: rows, to: gate, pool: pool)
        layers.up.apply(x, rows: rows, to: up, pool: pool)
        plan.configuration.feedForward.activation.apply(gate: gate, up: up, to: gate, count: rows * hidden)
        layers.down.apply(gate, rows: rows, to: buffers.expertOut.pointer + start * width, pool: pool)
    }

    /// Adds the weighted results of its experts to every entry, best expert first.
    private func scatter(_ block: ExpertLayer, _ count: Int) {
        let (topK, width) = (block.options.topK, plan.configuration.hiddenSize)
        let (hidden, out) = (buffers.hidden.pointer, buffers.expertOut.pointer)
        let (weights, slots) = (buffers.weights.pointer, buffers.slots)
        forEachRow(count, width: width * topK, (hidden, out, weights, slots, topK, width)) { work, row in
            let (hidden, out, weights, slots, topK, width) = work
            let target = hidden + row * width
            for rank in 0..<topK {
                let weight = weights[row * topK + rank]
                let result = out + Int(slots[row * topK + rank]) * width
                for index in 0..<width { target[index] += weight * result[index] }
            }
        }
    }
}
