// ProcessorTests: exact logits of each step for tiny vocabularies.

import Testing
import WeftSampling

@Suite struct ProcessorTests {
    @Test func temperatureDivides() throws {
        #expect(try processed([1, -2, 0, masked], by: Temperature(0.5)) == [2, -4, 0, masked])
        #expect(try processed([1, -2, 0, masked], by: Temperature(1)) == [1, -2, 0, masked])
    }

    @Test("top-k keeps the tokens that tie with the k-th")
    func topKTies() throws {
        #expect(try processed([3, 1, 2, 2, 0], by: TopK(2)) == [3, masked, 2, 2, masked])
        #expect(try processed([3, 1, 2, 2, 0], by: TopK(1)) == [3, masked, masked, masked, masked])
        #expect(try processed([5, 5, 5], by: TopK(1)) == [5, 5, 5])
    }

    @Test("top-k of 0, of the vocabulary and above is off")
    func topKOff() throws {
        for count in [0, 3, 4, Int.max] { #expect(try processed([3, 1, 2], by: TopK(count)) == [3, 1, 2]) }
    }

    @Test("top-k counts masked tokens last")
    func topKMasked() throws {
        #expect(try processed([masked, 1, masked, 2], by: TopK(3)) == [masked, 1, masked, 2])
        #expect(try processed([masked, 1, masked, 2], by: TopK(1)) == [masked, masked, masked, 2])
    }

    @Test("negative zero and zero tie")
    func signedZeros() throws {
        #expect(kept(try processed([-0.0, 0.0, -1], by: TopK(1))) == [0, 1])
        #expect(kept(try processed([0.0, -0.0, -1], by: TopK(1))) == [0, 1])
        #expect(kept(try processed([-0.0, 0.0], by: TopP(0.25))) == [0])
        #expect(kept(try processed([0.0, -0.0], by: TopP(0.25))) == [0])
    }

    @Test("top-p keeps the first token above p, and exactly p is not above")
    func topPBoundary() throws {
        // Probabilities 1/2, 1/4, 1/8, 1/8.
        let step = Float(0.6931472)
        let logits = [-2 * step, -step, -3 * step, -3 * step]
        #expect(kept(try processed(logits, by: TopP(0.49))) == [1])
        #expect(kept(try processed(logits, by: TopP(0.51))) == [0, 1])
        #expect(kept(try processed(logits, by: TopP(0.76))) == [0, 1, 2])
        #expect(kept(try processed(logits, by: TopP(0.88))) == [0, 1, 2, 3])
        // Four equal ones have probabilities of exactly 1/4, so that 1/2 is reached but not exceeded by two.
        #expect(kept(try processed([7, 7, 7, 7], by: TopP(0.5))) == [0, 1, 2])
        #expect(kept(try processed([7, 7, 7, 7], by: TopP(0.49))) == [0, 1])
    }

    @Test("top-p takes equal logits with the lowest id first, and always keeps one token")
    func topPTies() throws {
        #expect(try processed([1, 4, 4, 4], by: TopP(0.4)) == [masked, 4, 4, masked])
        #expect(try processed([1, 4, 4], by: TopP(1e-30)) == [masked, 4, masked])
        #expect(try processed([masked, 4], by: TopP(0.99)) == [masked, 4])
        #expect(try processed([1, 4, -50], by: TopP(1)) == [1, 4, -50])
    }

    @Test func minPIsAShareOfTheMaximum() throws {
        let logits: [Float] = [0, -0.69, -0.70, -2.30, -2.31, masked]
        #expect(kept(try processed(logits, by: MinP(0.5))) == [0, 1])
        #expect(kept(try processed(logits, by: MinP(0.1))) == [0, 1, 2, 3])
        #expect(try processed(logits, by: MinP(0)) == logits)
        #expect(kept(try processed([2, 1.999, 2], by: MinP(1))) == [0, 2])
    }

    @Test("alike-min-p compares sums of tokens that look alike, of which the most unlikely ones do not count")
    func alikeMinP() throws {
        // Probabilities 6, 3, 2, 2, 1 and 0.001; those of 2 and 3 look alike, and so do those of 1 and 0.001.
        let logits: [Float] = [1.791759, 1.098612, 0.693147, 0.693147, 0, -6.907755, masked]
        let pairs = [2: [3], 3: [2], 4: [5, 6], 5: [4, 6], 6: [4, 5]]
        func step(_ share: Float) throws -> AlikeMinP { try AlikeMinP(share) { pairs[$0] ?? [] } }
        #expect(kept(try processed(logits, by: step(0.49))) == [0, 1, 2, 3])
        #expect(kept(try processed(logits, by: step(0.51))) == [0, 2, 3])
        #expect(kept(try processed(logits, by: step(0.67))) == [0])
        // 0.001 has the sum of 1 beside it, and adds nothing to that: 1 / 6.
        #expect(kept(try processed(logits, by: step(0.1666))) == [0, 1, 2, 3, 4, 5])
        #expect(kept(try processed(logits, by: step(0.1668))) == [0, 1, 2, 3, 5])
        #expect(try processed(logits, by: step(0)) == logits)
        #expect(kept(try processed(logits, by: step(1))) == [0])
        // Together they are more than the likeliest one.
        #expect(kept(try processed([0, -0.1, -0.2], by: AlikeMinP(0.7) { [[], [2], [1]][$0] })) == [1, 2])
        #expect(throws: SamplingError.self) { try processed([masked], by: step(0.5)) }
        #expect(throws: SamplingError.self) { try processed([.nan, 1], by: step(0.5)) }
    }

    @Test("alike-min-p keeps what min-p keeps where no token looks like another", arguments: [Float(0.02), 0.3, 1])
    func alikeMinPAlone(share: Float) throws {
        for seed in 0..<20 as Range<UInt64> {
            var random = CounterRandom(seed: seed, tokenIndex: 0)
            let logits = (0..<50).map { _ in Float.random(in: -5...1, using: &random) }
            #expect(
                kept(try processed(logits, by: AlikeMinP(share))) == kept(try processed(logits, by: MinP(share))))
        }
    }

    @Test("min-p and top-p do not overflow on large logits")
    func largeLogits() throws {
        #expect(kept(try processed([3e38, -3e38, 3e38], by: MinP(0.5))) == [0, 2])
        #expect(kept(try processed([3e38, -3e38, 3e38], by: TopP(0.9))) == [0, 2])
    }

    @Test func tokenMaskKeepsAllowedIds() throws {
        let mask = try TokenMask(allowing: [3, 0, 3], vocabularySize: 4)
        #expect(mask.allowedCount == 2)
        #expect(try processed([1, 2, 3, 4], by: mask) == [1, masked, masked, 4])
        #expect((-1..<5).filter(mask.allows) == [0, 3])
        let range = try TokenMask(allowing: 1..<3, vocabularySize: 4)
        #expect(try processed([1, 2, 3, 4], by: range) == [masked, 2, 3, masked])
    }

    @Test("ranges of a mask cross the words of its bit set")
    func tokenMaskRanges() throws {
        let ranges = [0..<1, 5..<5, 60..<70, 64..<129, 199..<200]
        let mask = try TokenMask(allowingRanges: ranges, vocabularySize: 200)
        let result = try processed([Float](repeating: 1, count: 200), by: mask)
        #expect(kept(result) == (0..<200).filter { id in ranges.contains { $0.contains(id) } })
        #expect(mask.allowedCount == kept(result).count)
    }

    @Test("guidance of 1 changes no bit, 0 gives the unconditional logits, a masked token stays masked")
    func guidance() throws {
        func combined(_ with: [Float], _ without: [Float], _ scale: Float) throws -> [Float] {
            var with = with
            var span = with.mutableSpan
            try ClassifierFreeGuidance(scale: scale).combine(&span, unconditional: without.span)
            return with
        }
        #expect(try combined([1, 2, 3], [3, 2, 0], 2) == [-1, 2, 6])
        #expect(try combined([0.1, 0.7, 1e30], [0.3, 1e10, -7], 1) == [0.1, 0.7, 1e30])
        #expect(try combined([1, 2], [3, 4], 0) == [3, 4])
        #expect(try combined([masked, masked, 1], [masked, .infinity, 3], 2) == [masked, masked, -1])
        #expect(throws: SamplingError.self) { try combined([1, 2], [masked, 2], 2) }
        #expect(throws: SamplingError.self) { try combined([1e38, 2], [-1e38, 2], 100) }
        #expect(throws: SamplingError.self) { try combined([1, 2], [.nan, 2], 2) }
    }

    @Test("typical-p leaves out what is too likely as well as what is too unlikely")
    func typicalP() throws {
        // Probabilities 1/2, 1/4, 1/8, 1/8 and an entropy of 1.75 bits: 2 bits are nearest, then 1 bit, then 3.
        let step = Float(0.6931472)
        let logits = [-3 * step, -step, -2 * step, -3 * step]
        #expect(kept(try processed(logits, by: TypicalP(0.2))) == [2])
        #expect(kept(try processed(logits, by: TypicalP(0.26))) == [1, 2])
        #expect(kept(try processed(logits, by: TypicalP(0.76))) == [0, 1, 2, 3])
        #expect(try processed([1, 4, -50], by: TypicalP(1)) == [1, 4, -50])
        #expect(try processed([masked, 4], by: TypicalP(0.5)) == [masked, 4])
        #expect(try processed([5, 5, 5], by: TypicalP(0.01)) == [5, 5, 5])
    }

    @Test("epsilon and eta cutoffs keep the greatest logit and its equals in any case")
    func cutoffs() throws {
        let quarters: [Float] = [7, 7, masked, 7, 7]
        #expect(try processed(quarters, by: EpsilonCutoff(0.9)) == quarters)
        #expect(try processed(quarters, by: EtaCutoff(0.9)) == quarters)
        // Probabilities 4/7, 2/7, 1/7.
        let step = Float(0.6931472)
        let logits = [0, 2 * step, step]
        #expect(kept(try processed(logits, by: EpsilonCutoff(0.14))) == [0, 1, 2])
        #expect(kept(try processed(logits, by: EpsilonCutoff(0.15))) == [1, 2])
        #expect(kept(try processed(logits, by: EpsilonCutoff(0.3))) == [1])
        #expect(try processed(logits, by: EpsilonCutoff(0)) == logits)
        // Entropy 0.9557: sqrt(0.2) * exp(-0.9557) = 0.172 is less than 0.2, sqrt(0.1) * 0.3845 = 0.122 more than 0.1.
        #expect(kept(try processed(logits, by: EtaCutoff(0.2))) == [1, 2])
        #expect(kept(try processed(logits, by: EtaCutoff(0.1))) == [0, 1, 2])
        #expect(try processed(logits, by: EtaCutoff(0)) == logits)
    }

    @Test("top-n-sigma measures from the greatest logit in deviations of those that are not masked")
    func topNSigma() throws {
        // Mean 3, variance (4 + 1 + 0 + 1 + 4) / 5 = 2.
        let logits: [Float] = [1, masked, 2, 3, 4, 5]
        #expect(kept(try processed(logits, by: TopNSigma(0.7))) == [5])
        #expect(kept(try processed(logits, by: TopNSigma(0.71))) == [4, 5])
        #expect(kept(try processed(logits, by: TopNSigma(1.42))) == [3, 4, 5])
        #expect(kept(try processed(logits, by: TopNSigma(2.83))) == [0, 2, 3, 4, 5])
        #expect(try processed(logits, by: TopNSigma(0)) == logits)
        #expect(try processed([4, 4, 4], by: TopNSigma(0.01)) == [4, 4, 4])
        #expect(try processed([masked, -4], by: TopNSigma(1)) == [masked, -4])
        #expect(kept(try processed([3e38, -3e38, 3e38], by: TopNSigma(1))) == [0, 2])
    }

    @Test("a repetition penalty divides what is positive and multiplies what is negative, in the cells nearby")
    func repetitionPenalty() throws {
        // The token to come stands in the middle of 0 1 2 | 3 . . ; with 4 in a row further up.
        let context = try SamplingContext(tokens: [4, 4, 4, 0, 1, 2, 3], rows: 3, columns: 3)
        let logits: [Float] = [1, -1, 0, masked, 8, 8]
        #expect(try processed(logits, by: RepetitionPenalty(2), in: context) == [0.5, -2, 0, masked, 8, 8])
        #expect(try processed(logits, by: RepetitionPenalty(2, window: 2), in: context) == [0.5, -2, 0, masked, 4, 8])
        #expect(try processed(logits, by: RepetitionPenalty(0.5), in: context) == [2, -0.5, 0, masked, 8, 8])
        #expect(try processed(logits, by: RepetitionPenalty(1), in: context) == logits)
        // At the end of a row, what stands at the start of it is not nearby.
        let end = try SamplingContext(tokens: [4, 5, 0, 0], rows: 1, columns: 5)
        #expect(try processed(logits, by: RepetitionPenalty(2), in: end) == [0.5, -1, 0, masked, 8, 8])
    }

    @Test("temperatures by row are spread over the rows")
    func temperatureByRow() throws {
        func values(_ temperatures: [Float], rows: Int) throws -> [Float] {
            let step = try TemperatureByRow(temperatures)
            return (0..<rows).map { step.temperature(row: $0, rows: rows) }
        }
        #expect(try values([2, 1], rows: 5) == [2, 1.75, 1.5, 1.25, 1])
        #expect(try values([2, 1, 3], rows: 5) == [2, 1.5, 1, 2, 3])
        #expect(try values([0.1, 0.7, 0.3], rows: 3) == [0.1, 0.7, 0.3])
        #expect(try values([1, 2, 3, 4, 5], rows: 3) == [1, 3, 5])
        #expect(try values([0.7], rows: 3) == [0.7, 0.7, 0.7])
        #expect(try values([0.7, 2], rows: 1) == [0.7])
        let step = try TemperatureByRow([2, 0.5])
        #expect(try processed([1, masked, -2], by: step, in: place(2, rows: 2, columns: 3)) == [0.5, masked, -1])
        #expect(try processed([1, masked, -2], by: step, in: place(3, rows: 2, columns: 3)) == [2, masked, -4])
    }
}
