// CategoricalSampler: a token by its probability.

/// Chooses a token with the probability that the softmax of the logits gives it.
///
/// The softmax subtracts the maximum and is summed in `Double`, in the order of the ids. One draw `u` in [0, 1) is taken
/// (see ``UnitInterval``), and the first token whose cumulative probability exceeds `u` is chosen (inverse of the
/// cumulative distribution). The result depends on the logits and that draw alone, and not on the machine.
public struct CategoricalSampler: Sampler, Equatable {
    /// Creates the sampler.
    public init() {}

    /// A token drawn from the softmax of the logits `[vocabulary]`, which stay as they are; one draw is used up.
    ///
    /// - Throws: ``SamplingError`` if the logits are empty, all masked, or if one is NaN or +infinity.
    public func sample(
        _ logits: inout MutableSpan<Float>, using generator: inout some RandomNumberGenerator
    ) throws -> Int {
        let span = logits.span
        let maximum = Double(try LogitsMaximum(of: span).value)
        let blocks = BlockSums(span, maximum: maximum)
        // Below the total even for the greatest draw, 1 - 2^-53: the product cannot round up to it.
        let threshold = UnitInterval.double(generator.next()) * blocks.total
        var before = 0.0
        for block in 0..<blocks.count {
            let after = before + blocks.sums[block]
            if after <= threshold {
                before = after
                continue
            }
            var within = 0.0
            for token in blocks.tokens(block) where span[token] != -.infinity {
                within += Elementary.exp(Double(span[token]) - maximum)
                if before + within > threshold { return token }
            }
        }
        throw SamplingError(.allMasked, "cannot sample: no token has a cumulative probability above \(threshold)")
    }

    /// The natural logarithm of a token's probability in the softmax of the logits `[vocabulary]`: 0 or less, and
    /// -infinity for a masked token.
    ///
    /// - Throws: ``SamplingError`` with `invalidToken` for a token outside of the logits, and as
    ///   ``sample(_:using:)``.
    public func logProbability(of token: Int, in logits: Span<Float>) throws -> Double {
        let maximum = Double(try LogitsMaximum(of: logits).value)
        guard token >= 0, token < logits.count else {
            throw SamplingError(.invalidToken, "token id \(token) is outside of the vocabulary 0..<\(logits.count)")
        }
        return Double(logits[token]) - maximum - Elementary.log(BlockSums(logits, maximum: maximum).total)
    }
}

/// The weights `exp(logit - maximum)`, summed in blocks of consecutive tokens, so that a search for a token computes
/// the weights of one block only. The same sums are made in the same order wherever they are needed.
private struct BlockSums {
    let count = 64
    let size: Int  // tokens in a block
    let vocabularySize: Int
    var sums = InlineArray<64, Double>(repeating: 0)
    var total = 0.0

    init(_ logits: Span<Float>, maximum: Double) {
        vocabularySize = logits.count
        size = (logits.count + count - 1) / count
        for block in 0..<count {
            var sum = 0.0
            for token in tokens(block) where logits[token] != -.infinity {
                sum += Elementary.exp(Double(logits[token]) - maximum)
            }
            sums[block] = sum
            total += sum
        }
    }

    func tokens(_ block: Int) -> Range<Int> {
        min(block * size, vocabularySize)..<min((block + 1) * size, vocabularySize)
    }
}
