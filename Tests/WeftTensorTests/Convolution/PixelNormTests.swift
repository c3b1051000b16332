// Tests of the norms of pictures against their definitions in double precision.

import Foundation
import Testing
import WeftTensor

@Suite struct PixelNormTests {
    @Test(arguments: [(64, 32, 30, 20), (6, 1, 21, 20), (12, 12, 1, 2), (40, 4, 3000, 20)] as [(Int, Int, Int, Float)])
    func groupNorm(channels: Int, groups: Int, pixels: Int, offset: Float) {
        let x = noise(pixels * channels, seed: 1).map { $0 * 3 + offset }
        let (weight, bias) = (noise(channels, seed: 2), noise(channels, seed: 3))
        let norm = GroupNorm(
            weight: Tensor(name: "w", shape: [channels], floats: weight),
            bias: Tensor(name: "b", shape: [channels], floats: bias), groups: groups, epsilon: 1e-3)
        var expected = [Double](repeating: 0, count: x.count)
        let size = channels / groups
        for group in 0..<groups {
            let indices = x.indices.filter { $0 % channels / size == group }
            let mean = indices.map { Double(x[$0]) }.reduce(0, +) / Double(indices.count)
            let variance = indices.map { pow(Double(x[$0]) - mean, 2) }.reduce(0, +) / Double(indices.count)
            for i in indices {
                let scaled = (Double(x[i]) - mean) / (variance + 1e-3).squareRoot()
                expected[i] = scaled * Double(weight[i % channels]) + Double(bias[i % channels])
            }
        }
        for activation in [PixelActivation.none, .swish] {
            let results = [1, 2, 3].map { threads in
                let scratch = Guarded(count: GroupNorm.scratchCount(channels: channels, pixels: pixels))
                let y = Guarded(count: x.count)
                norm.apply(
                    x, pixels: pixels, to: y.pointer, activation: activation, scratch: scratch.pointer,
                    pool: ThreadPool(threadCount: threads))
                #expect(scratch.isIntact && y.isIntact)
                return y.values
            }
            #expect(results[0].isClose(to: expected.map { Float(activated($0, activation)) }))
            #expect(results[0] == results[1] && results[0] == results[2])
        }
    }

    @Test(arguments: [(1, 3), (20, 12), (33, 700), (300, 500)])
    func channelNorm(channels: Int, pixels: Int) {
        let x = noise(pixels * channels, seed: 1).map { $0 * 0.1 }
        let weight = noise(channels, seed: 2)
        let norm = ChannelNorm(weight: Tensor(name: "w", shape: [channels], floats: weight), epsilon: 1e-2)
        let expected = x.indices.map { i in
            let row = x[i / channels * channels..<(i / channels + 1) * channels]
            let square = row.map { Double($0) * Double($0) }.reduce(0, +) / Double(channels)
            return Double(x[i]) / (square + 1e-2).squareRoot() * Double(weight[i % channels])
        }
        for activation in [PixelActivation.none, .swish] {
            let results = [1, 2].map { threads in
                let y = Guarded(count: x.count)
                let pool = ThreadPool(threadCount: threads)
                norm.apply(x, pixels: pixels, to: y.pointer, activation: activation, pool: pool)
                #expect(y.isIntact)
                return y.values
            }
            #expect(results[0].isClose(to: expected.map { Float(activated($0, activation)) }))
            #expect(results[0] == results[1])
        }
    }

    @Test func swishOfLargeValues() {
        // With one channel and a tiny input the norm hands large values to the activation.
        let norm = ChannelNorm(weight: Tensor(name: "w", shape: [1], floats: [1e6]), epsilon: 1e-12)
        var values: [Float] = [1, -1, 0]
        values.withUnsafeMutableBufferPointer {
            let x = $0.baseAddress!
            norm.apply(x, pixels: 3, to: x, activation: .swish, pool: ThreadPool(threadCount: 1))
        }
        #expect(abs(values[0] - 1e6) < 1)
        #expect(values[1].isFinite && abs(values[1]) < 1e-20)
        #expect(values[2] == 0)
    }

    private func activated(_ x: Double, _ activation: PixelActivation) -> Double {
        switch activation {
        case .none: x
        case .swish: x / (1 + exp(-x))
        }
    }
}
