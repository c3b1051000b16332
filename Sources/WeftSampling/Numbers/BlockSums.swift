// BlockSums: the weights of a softmax, summed once and looked up later.

/// The weights `exp(logit - maximum)`, summed in blocks of consecutive tokens, so that a search for a token computes
/// the weights of one block only. The same sums are made in the same order wherever they are needed.
struct BlockSums {
    static let count = 64

    let maximum: Double
    let size: Int  // tokens in a block
    let vocabularySize: Int
    private(set) var sums = InlineArray<64, Double>(repeating: 0)
    /// The sum of all weights, at least 1.
    private(set) var total = 0.0

    /// The entropy of the softmax in nats, 0 or more; 0 if it was not asked for.
    private(set) var entropy = 0.0

    /// Sums the weights of `logits` `[vocabulary]`.
    ///
    /// - Parameter withEntropy: computes ``entropy`` too, with the same sums.
    /// - Throws: ``SamplingError`` if they are empty, all masked, or if one is NaN or +infinity.
    init(_ logits: Span<Float>, withEntropy: Bool = false) throws {
        let greatest = try LogitsMaximum(of: logits)
        maximum = Double(greatest.value)
        vocabularySize = logits.count
        size = (logits.count + Self.count - 1) / Self.count
        // Of a few logits each is a case of its own; both ways give the same sums.
        let sparse = greatest.unmasked < logits.count / 4
        var spread = Elementary.Lanes.zero  // of weight * (logit - maximum)
        logits.withUnsafeBufferPointer { logits in
            var block = 0
            while block < Self.count {
                if !sparse, (block + 8) * size <= vocabularySize {
                    let eight =
                        withEntropy
                        ? sumsOfEight(block, logits, spread: &spread, isWanted: true)
                        : sumsOfEight(block, logits, spread: &spread, isWanted: false)
                    for lane in 0..<8 { sums[block + lane] = eight[lane] }
                    block += 8
                } else {
                    sums[block] = sum(block, logits, spread: &spread[block % 8])
                    block += 1
                }
            }
        }
        for block in 0..<Self.count { total += sums[block] }
        if withEntropy { entropy = max(0, Elementary.log(total) - spread.sum() / total) }
    }

    /// The tokens of a block.
    func tokens(_ block: Int) -> Range<Int> {
        min(block * size, vocabularySize)..<min((block + 1) * size, vocabularySize)
    }

    /// The natural logarithm of the probability of a logit; -infinity for a masked one.
    func logProbability(of logit: Float) -> Double { Double(logit) - maximum - Elementary.log(total) }

    private func sum(_ block: Int, _ logits: UnsafeBufferPointer<Float>, spread: inout Double) -> Double {
        var sum = 0.0
        for token in tokens(block) where logits[token] != -.infinity {
            let difference = Double(logits[token]) - maximum
            let weight = Elementary.exp(difference)
            sum += weight
            spread += weight * difference
        }
        return sum
    }

    /// The sums of eight full blocks, one in each lane, so that each is summed in the order of its tokens.
    @inline(__always)
    private func sumsOfEight(
        _ block: Int, _ logits: UnsafeBufferPointer<Float>, spread: inout Elementary.Lanes, isWanted: Bool
    ) -> Elementary.Lanes {
        guard let start = logits.baseAddress else { return .zero }
        var sums = Elementary.Lanes.zero
        for token in block * size..<(block + 1) * size {
            let place = start + token
            let logits = Elementary.Lanes(
                Double(place[0]), Double(place[size]), Double(place[2 * size]), Double(place[3 * size]),
                Double(place[4 * size]), Double(place[5 * size]), Double(place[6 * size]), Double(place[7 * size]))
            let differences = logits - maximum
            let weights = Elementary.exp(differences)
            sums += weights
            // A weight of 0 may belong to an infinite difference.
            if isWanted { spread += weights * differences.replacing(with: 0, where: differences .< -708) }
        }
        return sums
    }
}

extension MutableSpan<Float> {
    /// Masks the logits whose probability is below a bound, but not the greatest one and its equals.
    mutating func mask(belowLogProbability bound: Double, _ weights: BlockSums) {
        mask(fartherThan: max(0, -(bound + Elementary.log(weights.total))), below: weights.maximum)
    }
}
