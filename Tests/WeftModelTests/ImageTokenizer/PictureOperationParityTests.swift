// Tests of the picture operations against numbers of PyTorch.

import Foundation
import Testing
import WeftTensor

@Suite struct PictureOperationParityTests {
    private let file: SafeTensors
    private let pool = ThreadPool(threadCount: 2)

    init() throws { file = try SafeTensors(path: url("image_tokenizer_operations", "safetensors").path) }

    private func tensor(_ name: String) throws -> Tensor { try #require(file[name], "\(name)") }

    @Test(arguments: ["same", "one", "down", "down_odd", "patch", "wide", "asymmetric", "up"])
    func convolution(name: String) throws {
        let (x, y) = (try tensor("conv.\(name).x"), try tensor("conv.\(name).y"))
        let settings = try tensor("conv.\(name).settings").floats().map { Int($0) }
        let convolution = Conv2d(
            weight: try tensor("conv.\(name).weight"), bias: try tensor("conv.\(name).bias"), stride: settings[1],
            padding: .init(top: settings[2], left: settings[3], bottom: settings[4], right: settings[5]),
            upsampling: settings[6])
        let (height, width) = (x.shape[0], x.shape[1])
        #expect(convolution.outputSize(height: height, width: width) == (y.shape[0], y.shape[1]))
        let scratch = Buffer(count: convolution.scratchCount(height: height, width: width))
        let result = output(y.count) {
            convolution.apply(
                x.floats(), height: height, width: width, to: $0, scratch: scratch.pointer, pool: pool)
        }
        #expect(largestDifference(result, y.floats()) < 2e-5)
    }

    @Test func weightsKeepTheirTypeWhenTheyAreLaidOut() throws {
        let weight = try #require(try TokenizerFixture.scalar.weights()["decoder.conv_out.weight"])
        let matrix = weight.convolutionMatrix()
        #expect(weight.dtype == .bfloat16 && matrix.dtype == .bfloat16)
        #expect(weight.shape == [48, 12, 3, 3] && matrix.shape == [48, 108])
        let (source, target) = (weight.floats(), matrix.floats())
        for i in target.indices {
            let (output, tap, input) = (i / 108, i % 108 / 12, i % 12)
            #expect(target[i] == source[(output * 12 + input) * 9 + tap])
        }
    }

    @Test(arguments: [("plain", 32), ("one", 1)]) func groupNorm(name: String, groups: Int) throws {
        let x = try tensor("group_norm.\(name).x")
        let norm = GroupNorm(
            weight: try tensor("group_norm.\(name).weight"), bias: try tensor("group_norm.\(name).bias"),
            groups: groups, epsilon: 1e-6)
        let pixels = x.shape[0] * x.shape[1]
        let scratch = Buffer(count: GroupNorm.scratchCount(channels: x.shape[2], pixels: pixels))
        for (key, activation) in [("y", PixelActivation.none), ("swish", .swish)] {
            let result = output(x.count) {
                norm.apply(
                    x.floats(), pixels: pixels, to: $0, activation: activation, scratch: scratch.pointer, pool: pool)
            }
            #expect(largestDifference(result, try tensor("group_norm.\(name).\(key)").floats()) < 2e-5)
        }
    }

    @Test func channelNorm() throws {
        let x = try tensor("channel_norm.x")
        let norm = ChannelNorm(weight: try tensor("channel_norm.weight"), epsilon: 1e-2)
        for (key, activation) in [("y", PixelActivation.none), ("swish", .swish)] {
            let result = output(x.count) {
                norm.apply(x.floats(), pixels: x.shape[0] * x.shape[1], to: $0, activation: activation, pool: pool)
            }
            #expect(largestDifference(result, try tensor("channel_norm.\(key)").floats()) < 1e-5)
        }
    }

    @Test func swish() throws {
        // With a weight of zero a group norm hands its bias to the activation.
        let x = try tensor("swish.x").floats()
        let y = try tensor("swish.y").floats()
        for (value, expected) in zip(x, y) {
            let norm = GroupNorm(
                weight: Tensor(name: "w", shape: [1], floats: [0]),
                bias: Tensor(name: "b", shape: [1], floats: [value]), groups: 1, epsilon: 1e-6)
            let scratch = Buffer(count: GroupNorm.scratchCount(channels: 1, pixels: 2))
            let result = output(2) {
                norm.apply([-1, 1], pixels: 2, to: $0, activation: .swish, scratch: scratch.pointer, pool: pool)
            }
            #expect(abs(result[0] - expected) <= 1e-6 * max(1e-3, abs(expected)), "swish(\(value))")
        }
    }

    @Test func pixelShuffle() throws {
        let (x, y) = (try tensor("pixel_shuffle.x"), try tensor("pixel_shuffle.y"))
        let result = output(y.count) {
            PixelShuffle(factor: 4).apply(
                x.floats(), height: x.shape[0], width: x.shape[1], channels: 3, to: $0, pool: pool)
        }
        #expect(result == y.floats())
    }

    @Test func attention() throws {
        let query = try tensor("attention.q")
        let (pixels, channels) = (query.shape[0], query.shape[1])
        let (key, value) = (try tensor("attention.k").floats(), try tensor("attention.v").floats())
        let scratch = Buffer(count: PixelAttention.scratchCount(channels: channels, pixels: pixels))
        let result = output(query.count) {
            PixelAttention(channels: channels).apply(
                query: query.floats(), key: key, value: value, pixels: pixels, to: $0, scratch: scratch.pointer,
                pool: pool)
        }
        #expect(largestDifference(result, try tensor("attention.y").floats()) < 1e-5)
    }

    private func output(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
        let buffer = Buffer(count: count)
        body(buffer.pointer)
        return Array(UnsafeBufferPointer(start: buffer.pointer, count: count))
    }
}
