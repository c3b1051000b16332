// DraftDistributions: what drafts were drawn from, and the draws that make a draft a token of the model.

/// The distributions that the drafts of a window were drawn from, as the logits that the pipeline left; belongs to one
/// generation.
final class DraftDistributions {
    private let vocabularySize: Int
    private let slots: Int
    private let logits: UnsafeMutablePointer<Float>  // [slots, vocabulary]
    private let maxima: UnsafeMutablePointer<Double>  // [slots]
    private let totals: UnsafeMutablePointer<Double>  // [slots]: sums of exp(logit - maximum)

    /// Takes the memory for that many positions at a time; position `i` has slot `i % slots`.
    init(vocabularySize: Int, slots: Int) {
        self.vocabularySize = vocabularySize
        self.slots = slots
        logits = .allocate(capacity: slots * vocabularySize)
        logits.initialize(repeating: 0, count: slots * vocabularySize)
        maxima = .allocate(capacity: slots)
        maxima.initialize(repeating: 0, count: slots)
        totals = .allocate(capacity: slots)
        totals.initialize(repeating: 1, count: slots)
    }

    deinit {
        logits.deallocate()
        maxima.deallocate()
        totals.deallocate()
    }

    /// Makes the softmax of `logits` `[vocabulary]`, whose weights these are, that of a position.
    func keep(_ logits: Span<Float>, _ weights: BlockSums, at position: Int) {
        let slot = position % slots
        logits.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            start(slot).update(from: base, count: vocabularySize)
        }
        maxima[slot] = weights.maximum
        totals[slot] = weights.total
    }

    /// Gives a position the distribution that has no token but one.
    func keep(only token: Int, at position: Int) {
        let slot = position % slots
        start(slot).update(repeating: -.infinity, count: vocabularySize)
        start(slot)[token] = 0
        maxima[slot] = 0
        totals[slot] = 1
    }

    /// A token of the softmax of `logits` `[vocabulary]`, whose weights these are: the draft if it stays.
    ///
    /// - Parameters:
    ///   - draft: a draw from the distribution of the position; nil for none.
    ///   - generator: the first draw decides whether the draft stays, the second one is for another token.
    func choose(
        _ logits: Span<Float>, _ weights: BlockSums, over draft: Int?, at position: Int, scratch: SamplingScratch,
        using generator: inout CounterRandom
    ) throws -> Int {
        let test = generator.nextDouble()
        if let draft {
            if stays(draft, at: position, in: logits, weights, draw: test) { return draft }
            var other = generator
            let draw = other.nextDouble()
            if let token = rest(of: logits, weights, at: position, draw: draw, scratch: scratch) { return token }
        }
        return try CategoricalSampler().token(of: logits, weights: weights, using: &generator)
    }

    /// Whether `draw`, in [0, 1), is below p / q of a draft.
    private func stays(
        _ draft: Int, at position: Int, in logits: Span<Float>, _ weights: BlockSums, draw: Double
    ) -> Bool {
        let slot = position % slots
        let q = Elementary.exp(Double(start(slot)[draft]) - maxima[slot]) * weights.total
        let p = Elementary.exp(Double(logits[draft]) - weights.maximum) * totals[slot]
        return draw * q < p
    }

    /// A token of max(0, p - q) over its sum; nil if p and q are so close that rounding leaves nothing of it.
    private func rest(
        of logits: Span<Float>, _ weights: BlockSums, at position: Int, draw: Double, scratch: SamplingScratch
    ) -> Int? {
        let slot = position % slots
        let (old, shares) = (start(slot), scratch.weights)
        let (maximum, oldMaximum) = (weights.maximum, maxima[slot])
        let (scale, oldScale) = (1 / weights.total, 1 / totals[slot])
        var total = 0.0
        logits.withUnsafeBufferPointer { logits in
            let bytes = UnsafeRawBufferPointer(logits)
            var token = 0
            while token + 8 <= vocabularySize {
                let eight = bytes.loadUnaligned(fromByteOffset: 4 * token, as: SIMD8<Float>.self)
                // Filters leave few tokens, and masked ones have no share.
                if all(eight .== -.infinity) {
                    for lane in 0..<8 { shares[token + lane] = 0 }
                } else {
                    var q = Elementary.Lanes.zero
                    for lane in 0..<8 { q[lane] = Double(old[token + lane]) }
                    let new = Elementary.exp(Elementary.Lanes(eight) - maximum) * scale
                    let rest = new - Elementary.exp(q - oldMaximum) * oldScale
                    for lane in 0..<8 {
                        shares[token + lane] = max(0, rest[lane])
                        total += shares[token + lane]
                    }
                }
                token += 8
            }
            for token in token..<vocabularySize {
                let p = Elementary.exp(Double(logits[token]) - maximum) * scale
                shares[token] = max(0, p - Elementary.exp(Double(old[token]) - oldMaximum) * oldScale)
                total += shares[token]
            }
        }
        var sum = 0.0
        for token in 0..<vocabularySize where shares[token] > 0 {
            sum += shares[token]
            if sum > draw * total { return token }
        }
        return nil
    }

    private func start(_ slot: Int) -> UnsafeMutablePointer<Float> { logits + slot * vocabularySize }
}
