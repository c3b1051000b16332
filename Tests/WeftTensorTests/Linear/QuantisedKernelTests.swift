// Products with quantised weights: every instruction set against sums in whole numbers and float32, bit for bit.

import CKernels
import CMatrixUnit
import Testing

@testable import WeftTensor

@Suite struct QuantisedKernelTests {
    /// All kernels, and those for matrix units on a unit in plain C.
    static let kernels = Kernels.available + [Kernels(table: weft_kernels_emulated())]
    /// Inputs that end inside of groups of 4, 32, 64 and 128, and outputs inside of panels of 16.
    static let sizes = [(1, 1), (3, 5), (31, 17), (33, 16), (64, 33), (100, 130), (128, 15), (129, 48), (300, 150)]
    static let kinds = [weft_q8, weft_q4]

    @Test(arguments: kinds, sizes)
    func everyInstructionSetGivesTheBitsOfTheDefinition(_ kind: weft_quantisation, size: (Int, Int)) throws {
        let (inputs, outputs) = size
        let weights = randomValues(inputs * outputs, seed: 1)
        let bias = randomValues(outputs, seed: 2)
        let x = randomValues(130 * inputs, seed: 3)
        let portable = try QuantisedPanels(kind, weights, inputs: inputs, outputs: outputs, Self.kernels[0])
        let expected = portable.product(x, rows: 130, bias: bias)
        for kernels in Self.kernels {
            let panels = try QuantisedPanels(kind, weights, inputs: inputs, outputs: outputs, kernels)
            #expect(panels.codes == portable.codes && panels.scales == portable.scales, "\(kernels.name)")
            for rows in [1, 2, 3, 4, 5, 8, 13, 15, 16, 17, 31, 33, 64, 129, 130] {
                let y = panels.apply(x, rows: rows, bias: bias, kernels)
                #expect(y[...] == expected[..<(rows * outputs)], "\(kernels.name), \(rows) rows")
            }
        }
    }

    /// Rows and panels that are computed apart: what a thread takes of a product.
    @Test(arguments: kinds)
    func cutsDoNotShow(_ kind: weft_quantisation) throws {
        let (inputs, outputs, rows) = (260, 200, 37)
        let x = randomValues(rows * inputs, seed: 4)
        let panels = try QuantisedPanels(
            kind, randomValues(inputs * outputs, seed: 5), inputs: inputs, outputs: outputs, Self.kernels[0])
        let whole = panels.product(x, rows: rows, bias: nil)
        for kernels in Self.kernels {
            let y = panels.apply(x, rows: rows, bias: nil, kernels, cuts: ([0, 1, 6, 30, 37], [0, 2, 11, 13]))
            #expect(y == whole, "\(kernels.name)")
        }
    }

    /// Sums of the greatest magnitude that codes have, of either sign.
    @Test(arguments: kinds)
    func theLargestSumsAreExact(_ kind: weft_quantisation) throws {
        let (inputs, outputs, rows) = (256, 16, 18)
        for (first, second) in [(Float(1), Float(1)), (1, -1), (-1, -1)] {
            let weights = [Float](repeating: first, count: inputs * outputs)
            let x = [Float](repeating: second, count: rows * inputs)
            let panels = try QuantisedPanels(kind, weights, inputs: inputs, outputs: outputs, Self.kernels[0])
            let expected = panels.product(x, rows: rows, bias: nil)
            let value = Float(bitPattern: expected[0])
            #expect(abs(value - first * second * Float(inputs)) < 0.002 * Float(inputs))
            for kernels in Self.kernels {
                #expect(panels.apply(x, rows: rows, bias: nil, kernels) == expected, "\(kernels.name)")
            }
        }
    }

    /// Codes that quantising never makes stand for weights of their own in every kernel; a file may hold any byte.
    @Test(arguments: kinds)
    func allCodesHaveOneMeaning(_ kind: weft_quantisation) throws {
        let (inputs, outputs, rows) = (128, 32, 20)
        var panels = try QuantisedPanels(
            kind, [Float](repeating: 1, count: inputs * outputs), inputs: inputs, outputs: outputs, Self.kernels[0])
        for index in panels.codes.indices { panels.codes[index] = index % 3 == 0 ? 0 : UInt8(index * 7 & 255) }
        let x = randomValues(rows * inputs, seed: 6).map { $0 < 0 ? -1 : $0 }
        let expected = panels.product(x, rows: rows, bias: nil)
        for kernels in Self.kernels {
            #expect(panels.apply(x, rows: rows, bias: nil, kernels) == expected, "\(kernels.name)")
        }
    }

    @Test(arguments: kinds, [Float.nan, .infinity, -.infinity])
    func anActivationThatIsNotFiniteMakesItsRowNaN(_ kind: weft_quantisation, value: Float) throws {
        let (inputs, outputs, rows) = (140, 20, 3)
        var x = randomValues(rows * inputs, seed: 7)
        let weights = randomValues(inputs * outputs, seed: 8)
        let panels = try QuantisedPanels(kind, weights, inputs: inputs, outputs: outputs, Self.kernels[0])
        let before = panels.product(x, rows: rows, bias: nil)
        x[inputs + 135] = value
        for kernels in Self.kernels {
            let y = panels.apply(x, rows: rows, bias: nil, kernels)
            #expect(y[..<outputs] == before[..<outputs] && y[(2 * outputs)...] == before[(2 * outputs)...])
            #expect(y[outputs..<2 * outputs].allSatisfy { Float(bitPattern: $0).isNaN }, "\(kernels.name)")
        }
    }

    /// A group without a magnitude of 2^-100 counts as zeros; so do zeros of either sign.
    @Test(arguments: kinds)
    func smallGroupsAreZero(_ kind: weft_quantisation) throws {
        let (inputs, outputs) = (130, 17)
        let weights = [Float](repeating: 0.5, count: inputs * outputs)
        let panels = try QuantisedPanels(kind, weights, inputs: inputs, outputs: outputs, Self.kernels[0])
        let bias = randomValues(outputs, seed: 9)
        for value in [Float(0), -0.0, 0x1p-101, -0x1p-149] {
            let x = [Float](repeating: value, count: inputs)
            for kernels in Self.kernels {
                #expect(panels.apply(x, rows: 1, bias: bias, kernels) == bias.map(\.bitPattern), "\(kernels.name)")
            }
        }
    }

    /// The greatest error of q8 is half a step of its scale; q4 leaves less than plain rounding to the same 16 numbers.
    @Test func quantisedWeightsAreNear() throws {
        let (inputs, outputs) = (512, 32)
        let weights = randomValues(inputs * outputs, seed: 10)
        for kernels in Self.kernels {
            let eight = try QuantisedPanels(weft_q8, weights, inputs: inputs, outputs: outputs, kernels)
            let restored = eight.weights()
            for start in stride(from: 0, to: weights.count, by: 128) {
                let greatest = weights[start..<start + 128].map { abs($0) }.max() ?? 0
                for index in start..<start + 128 {
                    #expect(abs(restored[index] - weights[index]) <= greatest / 127 * 0.5005)
                }
            }
            let four = try QuantisedPanels(weft_q4, weights, inputs: inputs, outputs: outputs, kernels)
            func error(_ restored: [Float]) -> Float {
                zip(restored, weights).reduce(0) { $0 + $1.1 * $1.1 * ($1.0 - $1.1) * ($1.0 - $1.1) }
            }
            var plain = weights
            for start in stride(from: 0, to: weights.count, by: 32) {
                let greatest = weights[start..<start + 32].max { abs($0) < abs($1) } ?? 0
                let scale = greatest == 0 ? 1 : greatest / -8
                for index in start..<start + 32 {
                    plain[index] = min(7, max(-8, (weights[index] / scale).rounded(.toNearestOrEven))) * scale
                }
            }
            #expect(error(four.weights()) < 0.8 * error(plain))
        }
    }

    @Test(arguments: kinds)
    func weightsThatCannotBeQuantisedAreSaid(_ kind: weft_quantisation) {
        for (value, expected) in [
            (Float.nan, weft_not_finite), (-.infinity, weft_not_finite), (.greatestFiniteMagnitude, weft_too_large),
        ] {
            var weights = randomValues(64 * 3, seed: 11)
            weights[100] = value
            #expect(throws: QuantisedPanels.Failure(result: expected)) {
                _ = try QuantisedPanels(kind, weights, inputs: 64, outputs: 3, Self.kernels[0])
            }
        }
    }
}

/// Values of both signs and of several magnitudes.
private func randomValues(_ count: Int, seed: UInt64) -> [Float] {
    var state = seed &* 0x9e37_79b9_7f4a_7c15
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let bits = UInt32(truncatingIfNeeded: state >> 32)
        return Float(bitPattern: bits & 0x807f_ffff | (119 + (bits >> 23 & 7)) << 23)
    }
}
