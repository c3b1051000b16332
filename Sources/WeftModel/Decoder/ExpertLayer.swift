// The weights of a mixture-of-experts layer, and its choice of experts.

import WeftTensor

/// A router, its experts and what all rows share.
struct ExpertLayer: Sendable {
    /// One expert: gate and up in one product, `[2 * hidden, hiddenSize]`, the gate first.
    struct Expert: Sendable {
        let gateUp: Linear
        let down: Linear
    }

    let router: Linear
    let experts: [Expert]
    let shared: GatedFeedForward?
    let options: DecoderConfiguration.MixtureOfExperts
    private let selectionBias: [Float]?

    /// Takes the tensors `<name>router.weight`, `<name>experts.*`, and what the options ask for.
    init(
        _ configuration: DecoderConfiguration, _ options: DecoderConfiguration.MixtureOfExperts, name: String,
        tensors: TensorReader
    ) throws {
        let (count, width, hidden) = (options.experts, configuration.hiddenSize, options.hiddenSize)
        self.options = options
        router = Linear(try tensors.take(name + "router.weight", shape: [count, width]))
        selectionBias =
            options.selectionBias ? try tensors.take(name + "selection_bias", shape: [count]).floats() : nil
        let gateUp = try tensors.take(name + "experts.gate_up.weight", shape: [count, 2 * hidden, width])
        let down = try tensors.take(name + "experts.down.weight", shape: [count, width, hidden])
        experts = (0..<count).map { expert in
            Expert(
                gateUp: Linear(gateUp.rows(expert..<expert + 1).reshaped([2 * hidden, width])),
                down: Linear(down.rows(expert..<expert + 1).reshaped([width, hidden])))
        }
        shared =
            options.sharedExperts == 0
            ? nil
            : try GatedFeedForward(
                configuration, hidden: options.sharedHiddenSize, name: name + "shared.", tensors: tensors)
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
