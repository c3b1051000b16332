// ElementaryTests: exp and log against the C library.

import Foundation
import Testing

@testable import WeftSampling

@Suite struct ElementaryTests {
    @Test func exponential() {
        #expect(Elementary.exp(0) == 1)
        #expect(Elementary.exp(-708.5) == 0)
        #expect(Elementary.exp(-1e300) == 0)
        var generator = CounterRandom(seed: 1, tokenIndex: 1)
        for number in 0..<20000 {
            let x = -generator.nextDouble() * (number.isMultiple(of: 2) ? 708 : 2)
            let expected = exp(x)
            #expect(abs(Elementary.exp(x) - expected) <= expected * 4e-16, "x = \(x)")
        }
    }

    @Test("eight exponentials at once are those of one to the bit")
    func lanes() {
        var generator = CounterRandom(seed: 1, tokenIndex: 3)
        for number in 0..<5000 {
            var lanes = Elementary.Lanes.zero
            for lane in 0..<8 { lanes[lane] = -generator.nextDouble() * (number.isMultiple(of: 2) ? 720 : 3) }
            if number % 5 == 0 { lanes[number % 8] = [-.infinity, -708, -708.0000001, -0.0, -1e300][number / 5 % 5] }
            let result = Elementary.exp(lanes)
            for lane in 0..<8 { #expect(result[lane].bitPattern == Elementary.exp(lanes[lane]).bitPattern) }
        }
    }

    @Test("the weights of many logits are summed block by block in the order of their ids, however they are summed")
    func blockSums() throws {
        for size in [1, 2, 63, 64, 65, 128, 500, 1000, 1024, 4097] {
            // From no masked logit to so many that they are summed one by one.
            for maskedShare in [0, 0.5, 0.74, 0.76, 0.99] {
                var generator = CounterRandom(seed: 2, tokenIndex: UInt64(size))
                var logits = (0..<size).map { _ in
                    generator.nextDouble() < maskedShare ? masked : generator.nextFloat() * 40
                }
                logits[size / 2] = 41
                let blocks = try BlockSums(logits.span, withEntropy: true)
                var total = 0.0
                var entropy = 0.0
                for block in 0..<64 {
                    let tokens = blocks.tokens(block)
                    let sum = tokens.reduce(0.0) { $0 + Elementary.exp(Double(logits[$1]) - 41) }
                    #expect(blocks.sums[block] == sum)
                    total += sum
                    for token in tokens where logits[token] != masked {
                        let difference = Double(logits[token]) - 41
                        entropy -= exp(difference) * difference
                    }
                }
                #expect(blocks.total == total)
                #expect(abs(blocks.entropy - (log(total) + entropy / total)) <= 1e-12)
                #expect(try BlockSums(logits.span).total == total)
            }
        }
    }

    @Test("the greatest logit and what cannot be used are found at every place")
    func maximum() throws {
        for size in [1, 15, 16, 17, 33] {
            for place in 0..<size {
                var logits = [Float](repeating: masked, count: size)
                logits[place] = -7
                let maximum = try LogitsMaximum(of: logits.span)
                #expect(maximum.value == -7)
                #expect(maximum.unmasked == 1)
                for (bad, code) in [(Float.nan, SamplingError.Code.notANumber), (.infinity, .positiveInfinity)] {
                    logits[place] = bad
                    #expect {
                        try LogitsMaximum(of: logits.span)
                    } throws: {
                        ($0 as? SamplingError)?.code == code && "\($0)".contains("token \(place) ")
                    }
                }
            }
        }
    }

    @Test func logarithm() {
        #expect(Elementary.log(1) == 0)
        var generator = CounterRandom(seed: 1, tokenIndex: 2)
        for number in 0..<20000 {
            let x = exp((generator.nextDouble() - 0.5) * (number.isMultiple(of: 2) ? 400 : 1))
            let expected = log(x)
            #expect(abs(Elementary.log(x) - expected) <= abs(expected) * 6e-16, "x = \(x)")
        }
    }

    @Test("keys order logits descending and give them back")
    func keys() {
        let logits: [Float] = [
            .greatestFiniteMagnitude, 3, .leastNonzeroMagnitude, 0, -.leastNonzeroMagnitude, -1, -3e38, -.infinity,
        ]
        let keys = logits.map(SamplingScratch.descendingKey)
        #expect(keys == keys.sorted())
        #expect(Set(keys).count == logits.count)
        #expect(keys.map(SamplingScratch.logit) == logits)
        #expect(SamplingScratch.descendingKey(-0.0) == SamplingScratch.descendingKey(0))
    }
}
