// A row's bits depend on nothing but the row and the weights.

import Testing
import WeftTensor

@Suite struct LinearDeterminismTests {
    /// Rows are compared with the result of the portable kernels for that row alone.
    @Test(arguments: DType.allCases, [(100, 130), (251, 33), (1100, 140), (8, 300)])
    func rowsAreEqualForEveryRowCountThreadCountAndInstructionSet(_ dtype: DType, size: (Int, Int)) throws {
        let (inputs, outputs) = size
        let weight = try randomWeight(dtype, inputs: inputs, outputs: outputs)
        let bias = Tensor(name: "b", shape: [outputs], floats: randomFloats(outputs, seed: 2))
        let x = randomFloats(70 * inputs, seed: 3)
        let alone = (0..<70).flatMap { row in
            let layer = Linear(weight, bias: bias, kernels: Kernels.available[0])
            return apply(layer, Array(x[row * inputs..<(row + 1) * inputs]), rows: 1, pool: ThreadPool(threadCount: 1))
        }
        #expect(Set(alone).count > 60 * outputs)
        let pools = [ThreadPool(threadCount: 1), ThreadPool(threadCount: 2)]
        for kernels in Kernels.available {
            let layer = Linear(weight, bias: bias, kernels: kernels)
            for rows in 1...70 {
                for pool in pools {
                    let y = apply(layer, x, rows: rows, pool: pool)
                    #expect(y[...] == alone[..<(rows * outputs)], "\(kernels.name), \(rows) rows")
                }
            }
        }
    }

    /// Large enough to be cut into groups of rows, groups of panels and blocks of inputs; the second one by rows alone.
    @Test(arguments: DType.allCases, [(701, 793), (1001, 130)])
    func cutsDoNotShow(_ dtype: DType, size: (Int, Int)) throws {
        let (inputs, outputs) = size
        let rows = 260
        let weight = try randomWeight(dtype, inputs: inputs, outputs: outputs)
        let x = randomFloats(rows * inputs, seed: 4)
        let portable = Linear(weight, kernels: Kernels.available[0])
        let checked = [0, 11, 12, 32, 33, 65, 129, 130, 131, 259]
        let alone = checked.map { row in
            apply(
                portable, Array(x[row * inputs..<(row + 1) * inputs]), rows: 1, pool: ThreadPool(threadCount: 1))
        }
        for threads in [1, 2, 3] {
            let y = apply(Linear(weight), x, rows: rows, pool: ThreadPool(threadCount: threads))
            for (row, expected) in zip(checked, alone) {
                #expect(y[row * outputs..<(row + 1) * outputs] == expected[...], "row \(row), \(threads) threads")
            }
        }
    }

    /// Places that are no multiple of the rows of a call, so that a row is in all of its places.
    @Test(arguments: DType.allCases)
    func theFirstRowDoesNotMatter(_ dtype: DType) throws {
        let (inputs, outputs, rows) = (520, 300, 40)
        let layer = Linear(try randomWeight(dtype, inputs: inputs, outputs: outputs))
        let x = randomFloats(rows * inputs, seed: 5)
        let pool = ThreadPool(threadCount: 2)
        let all = apply(layer, x, rows: rows, pool: pool)
        for first in 1..<24 {
            let y = apply(layer, Array(x[(first * inputs)...]), rows: rows - first, pool: pool)
            #expect(y[...] == all[(first * outputs)...], "from row \(first)")
        }
    }

    private func apply(_ layer: Linear, _ x: [Float], rows: Int, pool: ThreadPool) -> [UInt32] {
        var y = [Float](repeating: .nan, count: rows * layer.outputs)
        layer.apply(x, rows: rows, to: &y, pool: pool)
        return y.map(\.bitPattern)
    }
}

/// A weight with values of both signs between 2^-8 and 2^8, and subnormal halves; its file is mapped and gone.
private func randomWeight(_ dtype: DType, inputs: Int, outputs: Int) throws -> Tensor {
    var data: [UInt8] = []
    for (index, value) in randomFloats(inputs * outputs, seed: 1).enumerated() {
        let bits = value.bitPattern
        switch dtype {
        case .float32: data += (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
        case .bfloat16: data += [UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 24)]
        case .float16:
            let exponent = UInt32(index % 29 == 0 ? 0 : 7 + Int(bits >> 13 & 15))
            let half = bits >> 16 & 0x8000 | exponent << 10 | bits & 0x3ff
            data += [UInt8(truncatingIfNeeded: half), UInt8(truncatingIfNeeded: half >> 8)]
        }
    }
    let file = try SafeTensorsFile(name: "w", dtype: dtype.rawValue, shape: [outputs, inputs], data: data)
    return try #require(try SafeTensors(path: file.path)["w"])
}

/// Values of both signs whose exponents differ, so that another order of additions gives other bits.
private func randomFloats(_ count: Int, seed: UInt64) -> [Float] {
    var state = seed &* 0x9e37_79b9_7f4a_7c15
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let bits = UInt32(truncatingIfNeeded: state >> 32)
        return Float(bitPattern: bits & 0x807f_ffff | (119 + (bits >> 23 & 15)) << 23)
    }
}
