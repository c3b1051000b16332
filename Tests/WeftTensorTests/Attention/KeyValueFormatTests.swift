// What bfloat16 and 8 bits make of keys and values, and how much memory they take.

import Testing
import WeftTensor

@Suite struct KeyValueFormatTests {
    /// 64 positions of 20 elements: a key of 20 numbers, a value of 20 in a place of 32, and their scales.
    @Test func everyFormatHasItsBytes() {
        func bytes(_ format: KeyValueFormat, headDim: Int = 20) -> Int {
            KeyValueLayout(headDim: headDim, capacity: 50, format: format).byteCount
        }
        #expect(bytes(.float32) == 64 * 52 * 4)
        #expect(bytes(.bfloat16) == 64 * 52 * 2)
        #expect(bytes(.q8) == 64 * 52 + 64 * 8)
        #expect(KeyValueLayout(headDim: 3, capacity: 1, format: .q8).byteCount == 448)  // 16 x 19 + 128, in lines of 64
    }

    /// Attention over a bfloat16 cache is attention over the rounded numbers, bit for bit.
    @Test(arguments: [1, 4], [(20, 37), (64, 130)])
    func bfloat16IsExactOnceRounded(heads: Int, size: (headDim: Int, length: Int)) {
        let (headDim, length) = size
        let queries = gaussians(heads * headDim, seed: 41)
        let (keys, values) = (gaussians(length * headDim, seed: 42), gaussians(length * headDim, seed: 43))
        let narrow = result(queries, keys, values, headDim: headDim, .bfloat16)
        let rounded = result(queries, keys.map(rounded), values.map(rounded), headDim: headDim, .float32)
        #expect(narrow.map(\.bitPattern) == rounded.map(\.bitPattern))
        #expect(narrow != result(queries, keys, values, headDim: headDim, .float32))
    }

    /// Numbers that 8 bits hold exactly give what float32 gives, up to rounding; others are off by half a step at most.
    @Test(arguments: [1, 4], [(20, 37), (64, 130)])
    func eightBitsAreOffByHalfAStep(heads: Int, size: (headDim: Int, length: Int)) {
        let (headDim, length) = size
        let queries = gaussians(heads * headDim, seed: 44)
        func codes(_ seed: UInt64) -> [Float] {
            var codes = gaussians(length * headDim, seed: seed).map { ($0 * 40).rounded().clamped(to: -127...127) }
            for position in 0..<length { codes[position * headDim] = 127 }
            return codes.map { $0 / 64 }
        }
        let (keys, values) = (codes(45), codes(46))
        let exact = result(queries, keys, values, headDim: headDim, .float32)
        let same = result(queries, keys, values, headDim: headDim, .q8)
        #expect(zip(same, exact).allSatisfy { abs($0 - $1) < 1e-5 })
        // An average of values is off by no more than the values, half a step of a greatest magnitude below 5.
        let (zeros, others) = ([Float](repeating: 0, count: length * headDim), gaussians(length * headDim, seed: 47))
        let wanted = result(queries, zeros, others, headDim: headDim, .float32)
        let near = result(queries, zeros, others, headDim: headDim, .q8)
        #expect(zip(near, wanted).allSatisfy { abs($0 - $1) < 5 / 127 / 2 })
        #expect(near != wanted)
    }

    @Test func numbersAreRoundedToTheNearest() {
        let x: [Float] = [
            1, 1 + 0x1p-8, 1 + 0x1.8p-7, 1 + 0x1.1p-8, -3.4e38, .infinity, Float(bitPattern: 0x7f80_0001), -0.0,
        ]
        let halves: [UInt16] = [0x3f80, 0x3f80, 0x3f82, 0x3f81, 0xff80, 0x7f80, 0x7fc0, 0x8000]
        #expect(
            stored(x, .bfloat16).prefix(4).flatMap { [UInt16(truncatingIfNeeded: $0), UInt16($0 >> 16)] } == halves)
        // Steps of 1: ties go to the even number.
        let codes = stored([127, 0.5, 1.5, -2.5, -127, 126.6, 3, -0.2], .q8).prefix(2)
        let wanted: [Int8] = [127, 0, 2, -2, -127, 127, 3, 0]
        #expect(codes.flatMap { word in (0..<4).map { Int8(truncatingIfNeeded: word >> (8 * $0)) } } == wanted)
    }

    @Test(arguments: [Float.nan, .infinity], KeyValueFormat.allCases)
    func whatIsNotFiniteStaysSo(_ number: Float, _ format: KeyValueFormat) {
        let (queries, plain) = ([Float](repeating: 1, count: 16), [Float](repeating: 1, count: 3 * 16))
        var bad = plain
        bad[20] = number
        #expect(result(queries, plain, plain, headDim: 16, format).allSatisfy { abs($0 - 1) < 1e-6 })
        #expect(result(queries, bad, plain, headDim: 16, format).contains { !$0.isFinite })
        #expect(result(queries, plain, bad, headDim: 16, format).contains { !$0.isFinite })
    }

    private func result(
        _ queries: [Float], _ keys: [Float], _ values: [Float], headDim: Int, _ format: KeyValueFormat
    ) -> [Float] {
        let length = keys.count / headDim
        let cache = TestCache(headDim: headDim, capacity: length, format: format)
        for position in 0..<length {
            let place = position * headDim..<(position + 1) * headDim
            cache.layout.store(
                key: Array(keys[place]), value: Array(values[place]), at: position, in: cache.memory.pointer)
        }
        return cache.attend(queries, heads: queries.count / headDim, length: length)
    }

    /// The words of a value as it is stored.
    private func stored(_ value: [Float], _ format: KeyValueFormat) -> ArraySlice<UInt32> {
        let cache = TestCache(headDim: value.count, capacity: 1, format: format)
        cache.layout.store(
            key: [Float](repeating: 0, count: value.count), value: value, at: 0, in: cache.memory.pointer)
        return cache.bits.dropFirst(16 * value.count * (format == .q8 ? 1 : 2) / 4)
    }

    private func rounded(_ x: Float) -> Float {
        let bits = x.bitPattern
        return Float(bitPattern: (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000)
    }
}

extension Float {
    fileprivate func clamped(to range: ClosedRange<Float>) -> Float {
        max(range.lowerBound, min(range.upperBound, self))
    }
}
