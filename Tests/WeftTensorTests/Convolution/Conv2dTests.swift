// Tests of Conv2d against a convolution of four plain loops.

import Testing
import WeftTensor

@Suite struct Conv2dTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var inputs = 5
        var outputs = 7
        var kernel = 3
        var stride = 1
        var padding = Conv2d.Padding.same(kernel: 3)
        var upsampling = 1
        var height = 6
        var width = 9
        var testDescription: String { "\(inputs)->\(outputs) k\(kernel) s\(stride) x\(upsampling) \(height)x\(width)" }
    }

    static let cases = [
        Case(),
        Case(height: 1, width: 1),
        Case(kernel: 1, padding: .none),
        Case(kernel: 1, stride: 2, padding: .none, height: 7, width: 5),
        Case(stride: 2, padding: .downsample, height: 8, width: 10),
        Case(stride: 2, padding: .downsample, height: 7, width: 9),
        Case(inputs: 3, kernel: 4, stride: 4, padding: .none, height: 8, width: 12),
        Case(kernel: 5, padding: .same(kernel: 5), height: 2, width: 3),
        Case(padding: .init(top: 0, left: 3, bottom: 2, right: 0)),
        Case(upsampling: 2, height: 3, width: 4),
        Case(upsampling: 3, height: 2, width: 3),
        // More patches than one tile holds.
        Case(inputs: 320, outputs: 2, height: 40, width: 41),
    ]

    @Test(arguments: cases) func equalsPlainLoops(_ c: Case) {
        let weight = noise(c.outputs * c.inputs * c.kernel * c.kernel, seed: 1)
        let bias = noise(c.outputs, seed: 2)
        let x = noise(c.height * c.width * c.inputs, seed: 3)
        let convolution = make(c, weight: weight, bias: bias)
        let size = convolution.outputSize(height: c.height, width: c.width)
        #expect(run(convolution, c, x).isClose(to: loops(c, weight, bias, x, size)))
    }

    @Test func resultsDoNotDependOnTheThreadCount() {
        for c in Conv2dTests.cases {
            let weight = noise(c.outputs * c.inputs * c.kernel * c.kernel, seed: 1)
            let convolution = make(c, weight: weight, bias: noise(c.outputs, seed: 2))
            let x = noise(c.height * c.width * c.inputs, seed: 3)
            #expect(run(convolution, c, x, threads: 1) == run(convolution, c, x, threads: 2))
            #expect(run(convolution, c, x, threads: 1) == run(convolution, c, x, threads: 3))
        }
    }

    @Test(arguments: cases) func someRowsHaveTheBitsOfTheWhole(_ c: Case) {
        let weight = noise(c.outputs * c.inputs * c.kernel * c.kernel, seed: 1)
        let convolution = make(c, weight: weight, bias: noise(c.outputs, seed: 2))
        let x = noise(c.height * c.width * c.inputs, seed: 3)
        let size = convolution.outputSize(height: c.height, width: c.width)
        let line = size.width * c.outputs
        let scratch = Guarded(count: convolution.scratchCount(height: c.height, width: c.width))
        var result: [Float] = []
        for first in stride(from: 0, to: size.height, by: 2) {
            let rows = first..<min(size.height, first + 2)
            let needed = convolution.inputRows(rows, height: c.height)
            let part = Array(x[needed.lowerBound * c.width * c.inputs..<needed.upperBound * c.width * c.inputs])
            let y = Guarded(count: rows.count * line)
            convolution.apply(
                part, firstRow: needed.lowerBound, height: c.height, width: c.width, rows: rows, to: y.pointer,
                scratch: scratch.pointer, pool: ThreadPool(threadCount: 2))
            #expect(scratch.isIntact && y.isIntact)
            result += y.values
        }
        #expect(result == run(convolution, c, x, threads: 1))
    }

    @Test func outputSizes() {
        let weight = Tensor(name: "w", shape: [1, 1, 3, 3], floats: [Float](repeating: 1, count: 9))
        let down = Conv2d(weight: weight, stride: 2, padding: .downsample)
        #expect(down.outputSize(height: 8, width: 6) == (4, 3))
        #expect(down.outputSize(height: 1, width: 6) == (0, 3))
        #expect(Conv2d(weight: weight).outputSize(height: 8, width: 6) == (6, 4))
    }

    @Test func aPointwiseConvolutionNeedsNoScratch() {
        let weight = Tensor(name: "w", shape: [4, 2, 1, 1], floats: noise(8, seed: 1))
        #expect(Conv2d(weight: weight).scratchCount(height: 100, width: 100) == 0)
    }

    @Test func scratchIsBounded() {
        let weight = Tensor(name: "w", shape: [1, 8, 3, 3], floats: noise(72, seed: 1))
        let convolution = Conv2d(weight: weight, padding: .same(kernel: 3))
        #expect(convolution.scratchCount(height: 4, width: 5) == 20 * 72)
        #expect(convolution.scratchCount(height: 4000, width: 5000) <= 1 << 22)
        #expect(Conv2d.scratchBound(inputs: 8, kernel: 3, padding: .same(kernel: 3), height: 4, width: 5) == 20 * 72)
    }

    @Test func weightsAreLaidOutForChannelsLast() {
        let weight = Tensor(name: "w", shape: [1, 2, 2, 2], floats: [0, 1, 2, 3, 10, 11, 12, 13])
        let matrix = weight.convolutionMatrix()
        #expect(matrix.shape == [1, 8])
        #expect(matrix.floats() == [0, 10, 1, 11, 2, 12, 3, 13])
        #expect(matrix.dtype == .float32)
    }

    // MARK: - Helpers

    private func make(_ c: Case, weight: [Float], bias: [Float]) -> Conv2d {
        Conv2d(
            weight: Tensor(name: "w", shape: [c.outputs, c.inputs, c.kernel, c.kernel], floats: weight),
            bias: Tensor(name: "b", shape: [c.outputs], floats: bias), stride: c.stride, padding: c.padding,
            upsampling: c.upsampling)
    }

    private func run(_ convolution: Conv2d, _ c: Case, _ x: [Float], threads: Int = 2) -> [Float] {
        let size = convolution.outputSize(height: c.height, width: c.width)
        let scratch = Guarded(count: convolution.scratchCount(height: c.height, width: c.width))
        let y = Guarded(count: size.height * size.width * c.outputs)
        convolution.apply(
            x, height: c.height, width: c.width, to: y.pointer, scratch: scratch.pointer,
            pool: ThreadPool(threadCount: threads))
        #expect(scratch.isIntact && y.isIntact)
        return y.values
    }

    private func loops(
        _ c: Case, _ weight: [Float], _ bias: [Float], _ x: [Float], _ size: (height: Int, width: Int)
    ) -> [Float] {
        var result: [Float] = []
        for position in 0..<size.height * size.width {
            for output in 0..<c.outputs {
                var sum = Double(bias[output])
                for tap in 0..<c.kernel * c.kernel {
                    let row = position / size.width * c.stride + tap / c.kernel - c.padding.top
                    let column = position % size.width * c.stride + tap % c.kernel - c.padding.left
                    guard row >= 0, column >= 0, row < c.height * c.upsampling, column < c.width * c.upsampling else {
                        continue
                    }
                    let pixel = row / c.upsampling * c.width + column / c.upsampling
                    for input in 0..<c.inputs {
                        let factor = weight[(output * c.inputs + input) * c.kernel * c.kernel + tap]
                        sum += Double(x[pixel * c.inputs + input]) * Double(factor)
                    }
                }
                result.append(Float(sum))
            }
        }
        return result
    }
}
