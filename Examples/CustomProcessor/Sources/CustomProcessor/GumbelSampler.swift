// GumbelSampler: a token by its probability, without computing a softmax.

import Foundation
public import WeftSampling

/// Chooses the token with the greatest sum of its logit and a random number of the Gumbel distribution.
///
/// That is a draw from the softmax of the logits (Gumbel 1954; Maddison, Tarlow, Minka, "A* Sampling", 2014). It takes
/// one draw for each token that is not masked. `log` comes from the C library of the machine, so that another machine may
/// choose another token where two sums are all but equal; `CategoricalSampler` does not have that weakness.
public struct GumbelSampler: Sampler {
    /// Creates the sampler.
    public init() {}

    /// A token drawn from the softmax of the logits `[vocabulary]`, which stay as they are.
    ///
    /// - Throws: `SamplingError` if the logits are empty, all masked, or if one is NaN or +infinity.
    public func sample(
        _ logits: inout MutableSpan<Float>, using generator: inout some RandomNumberGenerator
    ) throws -> Int {
        // Refuses what cannot be sampled from before anything is drawn.
        var best = try GreedySampler().sample(&logits, using: &generator)
        var greatest = -Double.infinity
        for token in logits.indices where logits[token] != -.infinity {
            // In (0, 1), so that neither logarithm is infinite.
            let uniform = UnitInterval.double(generator.next()) + 0x1p-54
            let sum = Double(logits[token]) - log(-log(uniform))
            if sum > greatest { (greatest, best) = (sum, token) }
        }
        return best
    }
}
