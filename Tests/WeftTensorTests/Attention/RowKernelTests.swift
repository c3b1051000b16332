// Functions of rows give the same bits with every instruction set, and add in the order that they promise.

import Testing
import WeftTensor

@Suite struct RowKernelTests {
    /// Counts of heads and vectors that fill tiles, leave a rest, or do not fill a vector; lengths beyond one tile.
    @Test(arguments: [1, 2, 3, 5], [2, 16, 20, 64, 100, 208])
    func attentionIsTheSameEverywhere(heads: Int, headDim: Int) {
        for format in KeyValueFormat.allCases {
            for length in [1, 16, 17, 31, 49, 64, 65, 100, 130, 193] {
                let results = Kernels.available.map {
                    attention(heads: heads, headDim: headDim, length: length, format, $0)
                }
                #expect(results[0].allSatisfy { Float(bitPattern: $0).isFinite })
                for (kernels, result) in zip(Kernels.available, results) {
                    #expect(result == results[0], "\(kernels.name), \(format), length \(length)")
                }
            }
        }
    }

    @Test(arguments: KeyValueFormat.allCases, [2, 16, 20, 100])
    func cachesAreTheSameEverywhere(_ format: KeyValueFormat, headDim: Int) {
        // The second position has a number that is not finite, the third nothing but zeros.
        var keys = gaussians(40 * headDim, seed: 30)
        keys[headDim + 1] = .infinity
        for index in 2 * headDim..<3 * headDim { keys[index] = 0 }
        let results = Kernels.available.map { kernels in
            let cache = TestCache(headDim: headDim, capacity: 40, format: format)
            for position in 0..<40 {
                let key = Array(keys[position * headDim..<(position + 1) * headDim])
                cache.layout.store(
                    key: key, value: key.reversed(), at: position, in: cache.memory.pointer, kernels: kernels)
            }
            return cache.bits
        }
        #expect(Set(results[0]).count > headDim)
        for (kernels, result) in zip(Kernels.available, results) { #expect(result == results[0], "\(kernels.name)") }
    }

    /// With all weights equal to 1, an output is the sum of the values in order, divided by their count.
    @Test(arguments: [1, 5, 64, 65, 131])
    func valuesAreAddedInOrder(length: Int) {
        let headDim = 20
        let (values, cache) = filledCache(headDim: headDim, length: length, .float32)
        for kernels in Kernels.available {
            let out = cache.attend([Float](repeating: 0, count: headDim), heads: 1, length: length, kernels)
            for index in 0..<headDim {
                var sum: Float = 0
                for position in 0..<length { sum += values[position * headDim + index] }
                #expect(out[index] == sum * (1 / Float(length)), "\(kernels.name), element \(index)")
            }
        }
    }

    @Test(arguments: [1, 15, 16, 31, 64, 100, 256])
    func normsAreTheSameEverywhere(size: Int) {
        let x = gaussians(3 * size, seed: 21).map { $0 * 3 }
        let weight = Tensor(name: "w", shape: [size], floats: gaussians(size, seed: 22))
        let rows = RMSNorm(weight: weight, epsilon: 1e-5)
        let pixels = ChannelNorm(weight: weight, epsilon: 1e-5)
        let pool = ThreadPool(threadCount: 1)
        func results(_ kernels: Kernels) -> [[UInt32]] {
            var (y, plain, swish) = (x, x, x)
            rows.apply(x, rows: 3, to: &y, kernels: kernels)
            pixels.apply(x, pixels: 3, to: &plain, pool: pool, kernels: kernels)
            pixels.apply(x, pixels: 3, to: &swish, activation: .swish, pool: pool, kernels: kernels)
            return [y, plain, swish].map { $0.map(\.bitPattern) }
        }
        let portable = results(Kernels.available[0])
        #expect(portable[1] != portable[2])
        for kernels in Kernels.available { #expect(results(kernels) == portable, "\(kernels.name)") }
    }

    @Test(arguments: [8, 19, 96, 100])
    func channelNormsAddInEightParts(channels: Int) {
        let (x, weight) = (gaussians(channels, seed: 23), gaussians(channels, seed: 24))
        var parts = [Float](repeating: 0, count: 8)
        for (index, value) in x.enumerated() { parts[index % 8] += value * value }
        var total = parts[0]
        for part in parts[1...] { total += part }
        let scale = 1 / (total / Float(channels) + 1e-6).squareRoot()
        let norm = ChannelNorm(weight: Tensor(name: "w", shape: [channels], floats: weight), epsilon: 1e-6)
        var y = x
        norm.apply(y, pixels: 1, to: &y, pool: ThreadPool(threadCount: 1))
        #expect(y == zip(x, weight).map { $0 * scale * $1 })
    }

    @Test(arguments: GatedActivation.allCases, [1, 16, 37, 200])
    func activationsAreTheSameEverywhere(_ activation: GatedActivation, count: Int) {
        // Both ends of what the exponential takes, zeros of both signs, and what lies between.
        let special: [Float] = [-1e9, -88.1, -86, -0.0, 0, 1e-30, 86, 88.1, 1e9]
        let gate = Array((gaussians(count, seed: 25).map { $0 * 20 } + special).suffix(max(count, 9)))
        let up = gaussians(gate.count, seed: 26)
        func results(_ kernels: Kernels) -> [[UInt32]] {
            var (gated, alone) = (gate, gate)
            activation.apply(gate: gate, up: up, to: &gated, count: gate.count, kernels: kernels)
            activation.apply(&alone, count: gate.count, kernels: kernels)
            return [gated, alone].map { $0.map(\.bitPattern) }
        }
        let portable = results(Kernels.available[0])
        #expect(portable[0] != portable[1])
        for kernels in Kernels.available { #expect(results(kernels) == portable, "\(kernels.name)") }
    }

    private func attention(
        heads: Int, headDim: Int, length: Int, _ format: KeyValueFormat, _ kernels: Kernels
    ) -> [UInt32] {
        let queries = gaussians(heads * headDim, seed: 27).map { $0 * 2 }
        let cache = filledCache(headDim: headDim, length: length, format).cache
        return cache.attend(queries, heads: heads, length: length, kernels).map(\.bitPattern)
    }

    private func filledCache(
        headDim: Int, length: Int, _ format: KeyValueFormat
    ) -> (values: [Float], cache: TestCache) {
        let (keys, values) = (gaussians(length * headDim, seed: 28), gaussians(length * headDim, seed: 29))
        let cache = TestCache(headDim: headDim, capacity: length + 5, format: format)
        for position in 0..<length {
            let place = position * headDim..<(position + 1) * headDim
            cache.layout.store(
                key: Array(keys[place]), value: Array(values[place]), at: position, in: cache.memory.pointer)
        }
        return (values, cache)
    }
}
