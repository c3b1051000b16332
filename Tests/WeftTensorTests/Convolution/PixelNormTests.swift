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

    @Test(arguments: [(1, 3), (20, 12), (33, 700)]) func batchNorm(channels: Int, pixels: Int) {
        let x = noise(pixels * channels, seed: 1)
        let parts = (2...4).map { noise(channels, seed: UInt64($0)) }
        let variance = noise(channels, seed: 5).map { $0 + 1.25 }
        func tensor(_ values: [Float]) -> Tensor { Tensor(name: "", shape: [channels], floats: values) }
        let norm = BatchNorm(
            weight: tensor(parts[0]), bias: tensor(parts[1]), mean: tensor(parts[2]), variance: tensor(variance),
            epsilon: 1e-2)
        let expected = x.indices.map { i in
            let c = i % channels
            let scaled = (Double(x[i]) - Double(parts[2][c])) / (Double(variance[c]) + 1e-2).squareRoot()
            return scaled * Double(parts[0][c]) + Double(parts[1][c])
        }
        for activation in [PixelActivation.none, .swish] {
            let y = Guarded(count: x.count)
            norm.apply(x, pixels: pixels, to: y.pointer, activation: activation, pool: ThreadPool(threadCount: 2))
            #expect(y.isIntact && y.values.isClose(to: expected.map { Float(activated($0, activation)) }))
        }
    }

    /// Channels, groups, the condition's height, width and channels, and how many rows and columns repeat it.
    @Test(arguments: [(8, 2, 2, 3, 3, 4, 2), (5, 1, 1, 1, 2, 3, 5), (20, 5, 4, 3, 1, 1, 1)])
    func spatialNorm(
        channels: Int, groups: Int, rows: Int, columns: Int, inputs: Int, down: Int, across: Int
    ) {
        let (height, width) = (rows * down, columns * across)
        let x = noise(height * width * channels, seed: 1).map { $0 * 2 + 1 }
        let z = noise(rows * columns * inputs, seed: 2)
        let (weight, bias) = (noise(channels, seed: 3), noise(channels, seed: 4))
        let group = GroupNorm(
            weight: Tensor(name: "w", shape: [channels], floats: weight),
            bias: Tensor(name: "b", shape: [channels], floats: bias), groups: groups, epsilon: 1e-3)
        let matrices = [5, 6].map { noise(channels * inputs, seed: $0) }
        let offsets = [7, 8].map { noise(channels, seed: $0) }
        let convolutions = zip(matrices, offsets).map { matrix, offset in
            Conv2d(
                weight: Tensor(name: "w", shape: [channels, inputs, 1, 1], floats: matrix),
                bias: Tensor(name: "b", shape: [channels], floats: offset))
        }
        let norm = SpatialNorm(norm: group, scale: convolutions[0], shift: convolutions[1])
        let pool = ThreadPool(threadCount: 2)
        let plain = Guarded(count: x.count)
        let own = Buffer(count: GroupNorm.scratchCount(channels: channels, pixels: height * width))
        group.apply(x, pixels: height * width, to: plain.pointer, scratch: own.pointer, pool: pool)
        let expected = plain.values.indices.map { i -> Double in
            let (pixel, c) = i.quotientAndRemainder(dividingBy: channels)
            let place = pixel / width / down * columns + pixel % width / across
            let parts = (0..<2).map { part in
                (0..<inputs).reduce(Double(offsets[part][c])) {
                    $0 + Double(matrices[part][c * inputs + $1]) * Double(z[place * inputs + $1])
                }
            }
            return Double(plain.values[i]) * parts[0] + parts[1]
        }
        let count = SpatialNorm.scratchCount(
            channels: channels, pixels: height * width, conditionPixels: rows * columns)
        for activation in [PixelActivation.none, .swish] {
            let (scratch, y) = (Guarded(count: count), Guarded(count: x.count))
            z.withUnsafeBufferPointer { z in
                let condition = SpatialNorm.Condition(z.baseAddress!, height: rows, width: columns)
                let factors = norm.factors(
                    x, height: height, width: width, condition: condition, scratch: scratch.pointer, pool: pool)
                for row in 0..<height {  // one row at a time
                    let start = row * width * channels
                    let line = Array(x[start..<start + width * channels])
                    norm.apply(
                        line, rows: row..<row + 1, width: width, factors: factors, to: y.pointer + start,
                        activation: activation, pool: pool)
                }
            }
            #expect(scratch.isIntact && y.isIntact)
            #expect(y.values.isClose(to: expected.map { Float(activated($0, activation)) }))
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
