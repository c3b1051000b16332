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
