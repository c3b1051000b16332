// Tests of convolutions in bfloat16 against convolutions of plain loops over rounded numbers.

import CKernels
import CMatrixUnit
import Testing

@testable import WeftTensor

@Suite struct StripConvolutionTests {
    /// All kernels, and those for matrix units on a unit in plain C.
    static let kernels = Kernels.available + [Kernels(table: weft_kernels_emulated())]
    /// Kernels that give the same bits by definition.
    static let equal = kernels.filter { ["portable", "avx2", "avx512"].contains($0.name) }
    static let cases =
        Conv2dTests.cases.dropLast() + [
            // Channels and outputs that fill panels and blocks, in part and whole; rows of one, two and three blocks.
            .init(inputs: 33, outputs: 33, height: 3, width: 16),
            .init(inputs: 32, outputs: 48, height: 2, width: 33),
            .init(inputs: 64, outputs: 16, upsampling: 2, height: 2, width: 25),
            // Tiles of pictures of odd sizes, in several blocks, enlarged and not.
            .init(inputs: 16, outputs: 16, height: 7, width: 5),
            .init(inputs: 48, outputs: 24, height: 13, width: 21),
            .init(inputs: 40, outputs: 70, upsampling: 2, height: 7, width: 9),
            .init(inputs: 16, outputs: 17, height: 1, width: 1),
            // Runs so long that sums are stored between them.
            .init(inputs: 290, outputs: 18, height: 3, width: 5),
            // An incomplete panel, and more pixels than are computed beside the picture at a time.
            .init(inputs: 8, outputs: 3, height: 2, width: 130),
        ]

    @Test(arguments: cases) func equalsPlainLoops(_ c: Conv2dTests.Case) {
        let network = Network(c)
        let expected = network.expected
        var results: [[Float]] = []
        for kernels in Self.kernels {
            let y = network.run(kernels)
            #expect(y.isClose(to: expected, tolerance: 3e-6), "\(kernels.name)")
            if Self.equal.contains(where: { $0.name == kernels.name }) { results.append(y) }
        }
        #expect(results.allSatisfy { $0 == results[0] })
    }

    @Test func resultsDoNotDependOnTheThreadCount() {
        for c in Self.cases {
            let network = Network(c)
            for kernels in Self.kernels {
                let y = network.run(kernels, threads: 1)
                #expect(y == network.run(kernels, threads: 2) && y == network.run(kernels, threads: 3))
            }
        }
    }

    @Test(arguments: cases) func someRowsHaveTheBitsOfTheWhole(_ c: Conv2dTests.Case) {
        let network = Network(c)
        for kernels in Self.kernels {
            let convolution = network.convolution(kernels)
            let size = convolution.outputSize(height: c.height, width: c.width)
            var result: [Float] = []
            for first in stride(from: 0, to: size.height, by: 2) {
                let rows = first..<min(size.height, first + 2)
                let needed = convolution.inputRows(rows, height: c.height)
                let line = c.width * c.inputs
                let part = Array(network.x[needed.lowerBound * line..<needed.upperBound * line])
                let scratch = Guarded(count: convolution.scratchCount(height: c.height, width: c.width))
                let y = Guarded(count: rows.count * size.width * c.outputs)
                convolution.apply(
                    part, firstRow: needed.lowerBound, height: c.height, width: c.width, rows: rows, to: y.pointer,
                    scratch: scratch.pointer, pool: ThreadPool(threadCount: 2))
                #expect(scratch.isIntact && y.isIntact)
                result += y.values
            }
            #expect(result == network.run(kernels), "\(kernels.name)")
        }
    }

    /// A picture of several strips is what its parts are, which begin at a tile where there are tiles.
    @Test(arguments: [(15, 4500), (17, 1000)]) func theSeamsOfStripsDoNotShow(outputs: Int, width: Int) {
        let c = Conv2dTests.Case(inputs: 64, outputs: outputs, height: 45, width: width)
        let network = Network(c)
        let convolution = network.convolution(.best)
        let line = c.width * c.inputs
        if case .tiles = convolution.weights {
            #expect(TileShape(inputs: c.inputs, upsampling: 1, width: c.width).rows < 20)
        } else {
            #expect(StripShape(convolution, width: c.width).rows < 40)
        }
        let upper = network.run(.best, picture: Array(network.x[..<(40 * line)]), height: 40)
        let whole = network.run(.best)
        let lower = network.run(.best, picture: Array(network.x[(6 * line)...]), height: 39)
        let row = c.width * c.outputs
        #expect(whole[..<(39 * row)] == upper[..<(39 * row)])
        #expect(whole[(7 * row)...] == lower[row...])
    }

    /// Rounding the points of tiles instead of pixels and weights costs little: three times the error at most.
    @Test(arguments: [1, 2]) func tilesAreNearlyAsExactAsPatches(upsampling: Int) throws {
        let c = Conv2dTests.Case(inputs: 128, outputs: 32, upsampling: upsampling, height: 12, width: 12)
        let network = Network(c)
        guard case .tiles = network.convolution(.best).weights else { throw MissingTiles() }
        let exact = network.exact(rounded: false)
        func error(_ y: [Float]) -> Float {
            zip(y, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
        let (tiles, patches) = (error(network.run(.best)), error(network.exact(rounded: true)))
        #expect(tiles < 3 * patches && tiles < 0.01 * exact.reduce(0) { $0 + $1 * $1 }.squareRoot())
    }

    @Test func normAndSwishOnTheWayAreTheSameAsBefore() {
        let c = Conv2dTests.Case(inputs: 24, outputs: 20, height: 7, width: 19)
        let network = Network(c)
        let norm = GroupNorm(
            weight: Tensor(name: "w", shape: [24], floats: noise(24, seed: 5)),
            bias: Tensor(name: "b", shape: [24], floats: noise(24, seed: 6)), groups: 4, epsilon: 1e-6)
        let pool = ThreadPool(threadCount: 2)
        let pixels = c.height * c.width
        let scratch = Guarded(count: GroupNorm.scratchCount(channels: 24, pixels: pixels))
        let factors = norm.factors(network.x, pixels: pixels, scratch: scratch.pointer, pool: pool)
        for activation in [PixelActivation.none, .swish] {
            let changed = Guarded(count: network.x.count)
            norm.apply(
                network.x, pixels: pixels, factors: factors, to: changed.pointer, activation: activation, pool: pool)
            for kernels in Self.kernels {
                let before = network.run(kernels, picture: changed.values, height: c.height)
                let convolution = network.convolution(kernels)
                let strip = Guarded(count: convolution.scratchCount(height: c.height, width: c.width))
                let y = Guarded(count: before.count)
                for adding in [false, true] {
                    convolution.apply(
                        network.x, height: c.height, width: c.width, rows: 0..<c.height,
                        change: .init(factors, activation: activation), adding: adding, to: y.pointer,
                        scratch: strip.pointer, pool: pool)
                    let expected = adding ? before.map { $0 * 2 } : before
                    #expect(adding ? y.values.isClose(to: expected) : y.values == expected, "\(kernels.name)")
                }
                #expect(strip.isIntact && y.isIntact)
            }
        }
    }

    @Test func numbersAreRoundedToTheNearest() {
        let values: [Float] = [1, 1.003_906_25, 1.011_718_75, -1.003_91, .infinity, -.infinity, 3.4e38, 0x1p-127, .nan]
        let expected: [Float] = [1, 1, 1.015_625, -1.007_812_5, .infinity, -.infinity, .infinity, 0x1p-127]
        for kernels in Self.kernels {
            var y = [UInt16](repeating: 1, count: 3 * weft_strip_channels)
            values.withUnsafeBufferPointer { x in
                y.withUnsafeMutableBufferPointer { y in
                    var row = weft_strip_row()
                    (row.x, row.pixels, row.channels) = (x.baseAddress, 1, values.count)
                    (row.repeats, row.y) = (2, y.baseAddress)
                    weft_strip_fill(kernels.table, &row)
                }
            }
            let found = y.map { Float(bitPattern: UInt32($0) << 16) }
            #expect(found[..<8] == expected[...], "\(kernels.name)")
            #expect(found[8].isNaN && found[9..<32].allSatisfy { $0.bitPattern == 0 })
            #expect(y[32..<64] == y[..<32] && y[64...].allSatisfy { $0 == 1 })
        }
    }

    @Test(arguments: [DType.float32, .bfloat16, .float16]) func weightsOfAnyDtypeAreRounded(_ dtype: DType) throws {
        // Numbers that every dtype holds.
        let weight = noise(3 * 4 * 9, seed: 1).map { Float(Int($0 * 100)) / 64 }
        let tensor = Tensor(name: "w", shape: [3, 4, 3, 3], floats: weight)
        let stored = try #require(tensor.converted(to: dtype))
        let c = Conv2dTests.Case(inputs: 4, outputs: 3)
        let network = Network(c, weight: weight)
        let convolution = Conv2d(
            weight: stored, bias: Tensor(name: "b", shape: [3], floats: network.bias), padding: c.padding,
            arithmetic: .bfloat16)
        #expect(convolution.arithmetic == .bfloat16)
        #expect(network.run(convolution).isClose(to: network.expected, tolerance: 3e-6))
    }
}

/// A convolution with random weights, a picture, and what comes of it.
private struct Network {
    let c: Conv2dTests.Case
    let weight: [Float]
    let bias: [Float]
    let x: [Float]

    init(_ c: Conv2dTests.Case, weight: [Float]? = nil) {
        self.c = c
        self.weight = weight ?? noise(c.outputs * c.inputs * c.kernel * c.kernel, seed: 1)
        bias = noise(c.outputs, seed: 2)
        x = noise(c.height * c.width * c.inputs, seed: 3)
    }

    func convolution(_ kernels: Kernels) -> Conv2d {
        Conv2d(
            weight: Tensor(name: "w", shape: [c.outputs, c.inputs, c.kernel, c.kernel], floats: weight),
            bias: Tensor(name: "b", shape: [c.outputs], floats: bias), stride: c.stride, padding: c.padding,
            upsampling: c.upsampling, arithmetic: .bfloat16, kernels: kernels)
    }

    func run(_ kernels: Kernels, threads: Int = 2) -> [Float] { run(convolution(kernels), threads: threads) }

    func run(_ kernels: Kernels, picture: [Float], height: Int) -> [Float] {
        run(convolution(kernels), picture: picture, height: height)
    }

    func run(_ convolution: Conv2d, picture: [Float]? = nil, height: Int? = nil, threads: Int = 2) -> [Float] {
        let height = height ?? c.height
        let size = convolution.outputSize(height: height, width: c.width)
        let scratch = Guarded(count: convolution.scratchCount(height: height, width: c.width))
        let y = Guarded(count: size.height * size.width * c.outputs)
        convolution.apply(
            picture ?? x, height: height, width: c.width, to: y.pointer, scratch: scratch.pointer,
            pool: ThreadPool(threadCount: threads))
        #expect(scratch.isIntact && y.isIntact)
        return y.values
    }

    /// What plain code computes of the numbers that are rounded on the way.
    var expected: [Float] {
        if case .tiles = convolution(.best).weights { return tiled }
        return exact(rounded: true)
    }

    /// What the float32 path computes, of rounded numbers or not.
    func exact(rounded: Bool) -> [Float] {
        let weight = rounded ? weight.map(\.asBFloat16) : weight
        let exact = Conv2d(
            weight: Tensor(name: "w", shape: [c.outputs, c.inputs, c.kernel, c.kernel], floats: weight),
            bias: Tensor(name: "b", shape: [c.outputs], floats: bias), stride: c.stride, padding: c.padding,
            upsampling: c.upsampling)
        return run(exact, picture: rounded ? x.map(\.asBFloat16) : x)
    }

    /// F(2x2, 3x3) of arXiv:1509.09308 by its matrices, tile by tile of the enlarged picture, in double precision.
    private var tiled: [Float] {
        let g: [[Double]] = [[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]]
        let b: [[Double]] = [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]]
        let a: [[Double]] = [[1, 1, 1, 0], [0, 1, -1, -1]]
        let (height, width) = (c.height * c.upsampling, c.width * c.upsampling)
        func pixel(_ row: Int, _ column: Int, _ input: Int) -> Double {
            guard (0..<height).contains(row), (0..<width).contains(column) else { return 0 }
            let place = (row / c.upsampling * c.width + column / c.upsampling) * c.inputs + input
            return Double(x[place].asBFloat16)
        }
        let kernels = (0..<c.outputs * c.inputs).map { index in
            sandwich(g, (0..<3).map { row in (0..<3).map { Double(weight[index * 9 + row * 3 + $0]) } })
                .map { $0.map { Double(Float($0).asBFloat16) } }
        }
        var y = [Float](repeating: 0, count: height * width * c.outputs)
        for row in stride(from: 0, to: height, by: 2) {
            for column in stride(from: 0, to: width, by: 2) {
                let points = (0..<c.inputs).map { input in
                    sandwich(b, (0..<4).map { i in (0..<4).map { pixel(row - 1 + i, column - 1 + $0, input) } })
                        .map { $0.map { Double(Float($0).asBFloat16) } }
                }
                for output in 0..<c.outputs {
                    var sums = [[Double]](repeating: [0, 0, 0, 0], count: 4)
                    for (input, point) in points.enumerated() {
                        for i in 0..<4 {
                            for j in 0..<4 { sums[i][j] += point[i][j] * kernels[output * c.inputs + input][i][j] }
                        }
                    }
                    let pixels = sandwich(a, sums)
                    for i in 0..<min(2, height - row) {
                        for j in 0..<min(2, width - column) {
                            let place = ((row + i) * width + column + j) * c.outputs + output
                            y[place] = Float(pixels[i][j]) + bias[output]
                        }
                    }
                }
            }
        }
        return y
    }

    /// m x m^T
    private func sandwich(_ m: [[Double]], _ x: [[Double]]) -> [[Double]] {
        let left = m.map { row in x[0].indices.map { column in zip(row, x).reduce(0) { $0 + $1.0 * $1.1[column] } } }
        return left.map { row in m.map { zip($0, row).reduce(0) { $0 + $1.0 * $1.1 } } }
    }
}

private struct MissingTiles: Error {}

extension Float {
    fileprivate var asBFloat16: Float { Float(bitPattern: UInt32(bfloat16FromFloat(self)) << 16) }
}
