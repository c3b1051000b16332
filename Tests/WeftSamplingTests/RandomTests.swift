// RandomTests: Philox 4x32-10 and the generator that is made from it.

import Testing
import WeftSampling

@Suite struct RandomTests {
    @Test("Philox 4x32-10 gives the known answers of Random123")
    func knownAnswers() {
        #expect(
            Philox4x32.block(counter: [0, 0, 0, 0], key: [0, 0])
                == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
        let ones = UInt32.max
        #expect(
            Philox4x32.block(counter: [ones, ones, ones, ones], key: [ones, ones])
                == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
        #expect(
            Philox4x32.block(
                counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0])
                == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    }

    @Test("the first 64 draws of a seed, and draws of large keys, are those of the reference")
    func pinnedDraws() throws {
        let cases = try Fixture.load().random
        #expect(cases.first?.draws.count == 64)
        for reference in cases {
            var generator = CounterRandom(
                seed: try #require(UInt64(reference.seed)),
                tokenIndex: try #require(UInt64(reference.tokenIndex)), stream: reference.stream)
            for draw in reference.draws { #expect(generator.next() == UInt64(draw, radix: 16)) }
        }
    }

    @Test("draws depend on the key alone: not on other generators, nor on when they are made")
    func keyAlone() {
        for number in 0..<1000 as Range<UInt64> {
            var one = CounterRandom(seed: number &* 0x9E37_79B9_7F4A_7C15, tokenIndex: number)
            var other = CounterRandom(seed: number, tokenIndex: number)
            let expected = (0..<5).map { _ in one.next() }
            var again = CounterRandom(seed: number &* 0x9E37_79B9_7F4A_7C15, tokenIndex: number)
            let interleaved = (0..<5).map { _ in
                _ = other.next()
                return again.next()
            }
            #expect(interleaved == expected)
        }
    }

    @Test("seed, token index and stream each change the draws")
    func keysDiffer() {
        var firsts = Set<UInt64>()
        for seed in 0..<10 as Range<UInt64> {
            for tokenIndex in 0..<10 as Range<UInt64> {
                for stream in 0..<10 as Range<UInt32> {
                    var generator = CounterRandom(seed: seed, tokenIndex: tokenIndex, stream: stream)
                    firsts.insert(generator.next())
                }
            }
        }
        #expect(firsts.count == 1000)
    }

    @Test("uniform numbers use the top bits and stay below 1")
    func unitInterval() {
        #expect(UnitInterval.double(0) == 0)
        #expect(UnitInterval.double(.max) == 1 - 0x1p-53)
        #expect(UnitInterval.double(1 << 63) == 0.5)
        #expect(UnitInterval.double(1 << 11) == 0x1p-53)
        #expect(UnitInterval.double(1 << 11 - 1) == 0)
        #expect(UnitInterval.float(.max) == 1 - 0x1p-24)
        #expect(UnitInterval.float(1 << 63) == 0.5)
        #expect(UnitInterval.float(1 << 40) == 0x1p-24)
        var bits = CounterRandom(seed: 3, tokenIndex: 4)
        var numbers = bits
        #expect(numbers.nextDouble() == UnitInterval.double(bits.next()))
        #expect(numbers.nextFloat() == UnitInterval.float(bits.next()))
    }

    @Test("each bit of the first draws of 20000 tokens is set in half of them, within five sigma")
    func bitsAreFair() {
        var counts = [Int](repeating: 0, count: 64)
        for tokenIndex in 0..<20000 as Range<UInt64> {
            var generator = CounterRandom(seed: 11, tokenIndex: tokenIndex)
            let bits = generator.next()
            for bit in 0..<64 where bits >> UInt64(bit) & 1 == 1 { counts[bit] += 1 }
        }
        // Standard deviation: sqrt(20000 / 4) = 70.7.
        for bit in 0..<64 { #expect(abs(counts[bit] - 10000) <= 353, "bit \(bit)") }
    }
}
