// The weights of a mixture-of-experts layer, and its choice of experts.

import WeftTensor

/// A router, its experts and what all rows share.
struct ExpertLayer: Sendable {
    let router: Linear
    let experts: [GatedFeedForward]
    let shared: GatedFeedForward?
    let options: DecoderConfiguration.MixtureOfExperts
    private let selectionBias: [Float]?

    /// Takes the tensors `<name>router.weight`, `<name>experts.*`, and what the options ask for.
    ///
    /// The experts stand one by one, `<name>experts.<index>.{gate,up,down}.weight`, or in two stacks,
    /// `<name>experts.gate_up.weight [experts, 2 * hidden, width]` and `<name>experts.down.weight`.
    init(
        _ configuration: DecoderConfiguration, _ options: DecoderConfiguration.MixtureOfExperts, name: String,
        tensors: TensorReader
    ) throws {
        let (count, width, hidden) = (options.experts, configuration.hiddenSize, options.hiddenSize)
        self.options = options
        router = try tensors.takeLinear(name + "router", outputs: count, inputs: width)
        selectionBias =
            options.selectionBias ? try tensors.take(name + "selection_bias", shape: [count]).floats() : nil
        if tensors.contains(name + "experts.gate_up.weight") {
            let halves = [Int](repeating: hidden, count: 2 * count)
            let gateUp = try tensors.takeMatrix(
                name + "experts.gate_up.weight", shape: [count, 2 * hidden, width], parts: halves)
            let down = try tensors.takeMatrix(
                name + "experts.down.weight", shape: [count, width, hidden],
                parts: [Int](repeating: width, count: count))
            experts = (0..<count).map { expert in
                GatedFeedForward(gate: gateUp[2 * expert], up: gateUp[2 * expert + 1], down: down[expert])
            }
        } else {
            experts = try (0..<count).map { expert in
                try GatedFeedForward("\(name)experts.\(expert).", width: width, hidden: hidden, tensors: tensors)
            }
        }
        shared =
            options.sharedExperts == 0
            ? nil
            : try GatedFeedForward(name + "shared.", width: width, hidden: options.sharedHiddenSize, tensors: tensors)
    }

    /// Chooses the experts of one row, best first; of equal scores the lowest index wins.
    ///
    /// - Parameters:
    ///   - scores: the row's logits `[experts]`, replaced by the scores.
    ///   - chosen: indices `[topK]`
    ///   - weights: what the experts' results are multiplied by, `[topK]`
    func choose(
        _ scores: UnsafeMutablePointer<Float>, chosen: UnsafeMutablePointer<Int32>, weights: UnsafeMutablePointer<Float>
    ) {
        switch options.router {
        case .softmax: Scores.softmax(scores, count: options.experts)
        case .sigmoid: Scores.sigmoid(scores, count: options.experts)
        }
        var total: Float = 0
        for rank in 0..<options.topK {
            var best = -1
            var bestScore: Float = 0
            for expert in 0..<options.experts where !Self.contains(chosen, rank, expert) {
                let score = scores[expert] + (selectionBias?[expert] ?? 0)
                if best < 0 || score > bestScore { (best, bestScore) = (expert, score) }
            }
            chosen[rank] = Int32(best)
            weights[rank] = scores[best]
            total += scores[best]
        }
        let scale = options.renormalize ? options.scaling / total : options.scaling
        for rank in 0..<options.topK { weights[rank] *= scale }
    }

    private static func contains(_ chosen: UnsafePointer<Int32>, _ count: Int, _ expert: Int) -> Bool {
        for rank in 0..<count where chosen[rank] == Int32(expert) { return true }
        return false
    }
}
