// The ways in which models stretch rotary position embedding beyond the lengths that they were first trained with.

import Foundation

/// Changes the frequencies of rotary position embedding in one dimension.
///
/// Frequencies are computed in float32 in the order in which transformers' `modeling_rope_utils.py` computes them, since
/// the angles of distant positions hang on their last bits.
package struct RotaryScaling: Sendable, Equatable, Codable {
    /// How frequencies change.
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// All are divided by the factor: https://arxiv.org/abs/2306.15595
        case linear
        /// Slow ones are divided by the factor, fast ones stay, those between are blended: https://arxiv.org/abs/2407.21783
        case llama3
        /// As `llama3`, blended by the index of the pair, and cosines and sines grow: https://arxiv.org/abs/2309.00071
        case yarn
    }

    /// How frequencies change.
    package let kind: Kind
    /// By how much the context is stretched, above 0.
    package let factor: Double
    /// Positions that the model was first trained with, at least 1; not used by `linear`.
    package let originalPositions: Int
    /// `llama3`: at least so many turns within the original positions make a frequency one to blend; above 0.
    package let lowFrequencyFactor: Double
    /// `llama3`: more turns make it one that stays; above `lowFrequencyFactor`.
    package let highFrequencyFactor: Double
    /// `yarn`: with more turns within the original positions a frequency stays; above 0.
    package let betaFast: Double
    /// `yarn`: with fewer it is divided by the factor; above 0.
    package let betaSlow: Double
    /// `yarn`: whether the bounds of the blend are rounded to whole pairs.
    package let truncates: Bool
    /// `yarn`: what cosines and sines are multiplied by.
    package let attentionFactor: Double

    enum CodingKeys: String, CodingKey {
        case kind, factor
        case originalPositions = "original_positions"
        case lowFrequencyFactor = "low_freq_factor"
        case highFrequencyFactor = "high_freq_factor"
        case betaFast = "beta_fast"
        case betaSlow = "beta_slow"
        case truncates = "truncate"
        case attentionFactor = "attention_factor"
    }

    /// Describes a scaling; ``problem`` says whether it makes sense.
    package init(
        kind: Kind, factor: Double, originalPositions: Int = 1, lowFrequencyFactor: Double = 1,
        highFrequencyFactor: Double = 4, betaFast: Double = 32, betaSlow: Double = 1, truncates: Bool = true,
        attentionFactor: Double = 1
    ) {
        self.kind = kind
        self.factor = factor
        self.originalPositions = originalPositions
        self.lowFrequencyFactor = lowFrequencyFactor
        self.highFrequencyFactor = highFrequencyFactor
        self.betaFast = betaFast
        self.betaSlow = betaSlow
        self.truncates = truncates
        self.attentionFactor = attentionFactor
    }

    /// What is wrong with the values, key first; nil if nothing is.
    package var problem: String? {
        let numbers = [
            ("factor", factor), ("low_freq_factor", lowFrequencyFactor), ("high_freq_factor", highFrequencyFactor),
            ("beta_fast", betaFast), ("beta_slow", betaSlow), ("attention_factor", attentionFactor),
        ]
        for (key, value) in numbers where !(value > 0 && value.isFinite) {
            return "\(key): \(value) is not a number above 0"
        }
        if originalPositions < 1 { return "original_positions: \(originalPositions) is not a number from 1 up" }
        if highFrequencyFactor <= lowFrequencyFactor {
            return "high_freq_factor: \(highFrequencyFactor) is not above low_freq_factor, \(lowFrequencyFactor)"
        }
        return nil
    }

    /// What `yarn` multiplies cosines and sines by where a model does not say it.
    ///
    /// - Parameters:
    ///   - factor: by how much the context is stretched
    ///   - mscale: weight of the logarithm above; only used together with the one below
    ///   - mscaleAllDim: weight of the logarithm below
    package static func attentionFactor(_ factor: Double, mscale: Double?, mscaleAllDim: Double?) -> Double {
        func scale(_ weight: Double) -> Double { factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1 }
        guard let mscale, let mscaleAllDim, mscale != 0, mscaleAllDim != 0 else { return scale(1) }
        return scale(mscale) / scale(mscaleAllDim)
    }

    /// The angles by which the pairs of a head turn from one position to the next, `[headDim / 2]`.
    static func frequencies(headDim: Int, theta: Double, scaling: RotaryScaling?) -> [Float] {
        let powers = (0..<headDim / 2).map { pow(Float(theta), Float(2 * $0) / Float(headDim)) }
        guard let scaling else { return powers.map { 1 / $0 } }
        let factor = Float(scaling.factor)
        switch scaling.kind {
        case .linear: return powers.map { 1 / $0 / factor }
        case .llama3: return powers.map { scaling.blended(1 / $0) }
        case .yarn:
            let bounds = scaling.bounds(headDim: headDim, theta: theta)
            return powers.enumerated().map { index, power in
                let ramp = min(max((Float(index) - Float(bounds.low)) / Float(bounds.high - bounds.low), 0), 1)
                let kept = 1 - ramp
                return 1 / (factor * power) * (1 - kept) + 1 / power * kept
            }
        }
    }

    private func blended(_ frequency: Float) -> Float {
        let length = Float(originalPositions)
        let (low, high) = (Float(lowFrequencyFactor), Float(highFrequencyFactor))
        let wavelength = Float(2 * Double.pi) / frequency
        if Double(wavelength) > Double(originalPositions) / lowFrequencyFactor { return frequency / Float(factor) }
        if Double(wavelength) < Double(originalPositions) / highFrequencyFactor { return frequency }
        let share = (length / wavelength - low) / (high - low)
        return (1 - share) * frequency / Float(factor) + share * frequency
    }

    /// The pairs between which frequencies are blended.
    private func bounds(headDim: Int, theta: Double) -> (low: Double, high: Double) {
        func pair(turns: Double) -> Double {
            Double(headDim) * log(Double(originalPositions) / (turns * 2 * .pi)) / (2 * log(theta))
        }
        var (low, high) = (pair(turns: betaFast), pair(turns: betaSlow))
        if truncates { (low, high) = (low.rounded(.down), high.rounded(.up)) }
        (low, high) = (max(low, 0), min(high, Double(headDim - 1)))
        return low == high ? (low, high + 0.001) : (low, high)
    }
}
