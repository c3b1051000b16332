// Norms, activations and scores against plain computations in double precision.

import Foundation
import Testing
import WeftTensor

@Suite struct RowFunctionTests {
    @Test(arguments: [1, 15, 16, 40, 100], [Float(0), 1])
    func rootMeanSquare(size: Int, offset: Float) {
        let x = gaussians(3 * size, seed: 4)
        let weight = gaussians(size, seed: 5)
        let norm = RMSNorm(weight: Tensor(name: "w", shape: [size], floats: weight), epsilon: 1e-3, offset: offset)
        let y = Buffer(count: 3 * size)
        norm.apply(x, rows: 3, to: y.pointer)
        let expected = (0..<3).flatMap { row -> [Double] in
            let values = x[row * size..<(row + 1) * size].map(Double.init)
            let scale = 1 / (values.map { $0 * $0 }.reduce(0, +) / Double(size) + 1e-3).squareRoot()
            return zip(values, weight).map { $0 * scale * (Double($1) + Double(offset)) }
        }
        #expect(worstDifference(Array(UnsafeBufferPointer(start: y.pointer, count: 3 * size)), expected) < 3e-6)
    }

    @Test(arguments: GatedActivation.allCases, [1, 16, 37])
    func gatedActivations(_ activation: GatedActivation, count: Int) {
        var gate = gaussians(count, seed: 6).map { $0 * 4 }
        gate[0] = -30
        let up = gaussians(count, seed: 7)
        var y = [Float](repeating: 0, count: count)
        activation.apply(gate: gate, up: up, to: &y, count: count)
        let expected = zip(gate.map(Double.init), up.map(Double.init)).map { x, up -> Double in
            switch activation {
            case .silu: x / (1 + exp(-x)) * up
            case .gelu: x * (1 + erf(x / 2.0.squareRoot())) / 2 * up
            case .geluTanh: x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))) / 2 * up
            }
        }
        #expect(worstDifference(y, expected) < 4e-6)
        var alone = gate
        activation.apply(&alone, count: count)
        activation.apply(gate: gate, up: [Float](repeating: 1, count: count), to: &y, count: count)
        #expect(alone == y)
    }

    @Test func geluByErfIsAccurate() {
        var x = (-12000...12000).map { Float($0) / 1000 }
        let expected = x.map { Double($0) * (1 + erf(Double($0) / 2.0.squareRoot())) / 2 }
        GatedActivation.gelu.apply(&x, count: x.count)
        #expect(worstDifference(x, expected) < 1e-6)
    }

    @Test(arguments: [2, 16, 20, 100], [1, 2, 6])
    func layerNorm(size: Int, groups: Int) {
        let rows = 6
        let x = gaussians(rows * size, seed: 11).map { $0 * 3 + 1 }
        let (weight, bias) = (gaussians(groups * size, seed: 12), gaussians(groups * size, seed: 13))
        let shape = groups == 1 ? [size] : [groups, size]
        let norm = LayerNorm(
            weight: Tensor(name: "w", shape: shape, floats: weight),
            bias: Tensor(name: "b", shape: shape, floats: bias), rows: rows, epsilon: 1e-5)
        var y = x
        norm.apply(y, to: &y)
        let expected = (0..<rows).flatMap { row -> [Double] in
            let values = x[row * size..<(row + 1) * size].map(Double.init)
            let mean = values.reduce(0, +) / Double(size)
            let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(size)
            let group = row / (rows / groups)
            return values.enumerated().map { index, value in
                (value - mean) / (variance + 1e-5).squareRoot() * Double(weight[group * size + index])
                    + Double(bias[group * size + index])
            }
        }
        #expect(worstDifference(y, expected) < 1e-5)
    }

    @Test func activationsOfHugeValuesAreFinite() {
        for activation in GatedActivation.allCases {
            var y: [Float] = [0, 0, 0]
            activation.apply(gate: [-1e9, 0, 1e9], up: [1, 1, 1], to: &y, count: 3)
            #expect(abs(y[0]) < 1e-20 && y[1] == 0 && y[2] == 1e9)
        }
    }

    @Test(arguments: [1, 8, 16, 37])
    func scores(count: Int) {
        let logits = gaussians(count, seed: 8).map { $0 * 5 }
        var soft = logits
        Scores.softmax(&soft, count: count)
        let powers = logits.map { exp(Double($0)) }
        #expect(worstDifference(soft, powers.map { $0 / powers.reduce(0, +) }) < 1e-6)
        var logistic = logits
        Scores.sigmoid(&logistic, count: count)
        #expect(worstDifference(logistic, logits.map { 1 / (1 + exp(-Double($0))) }) < 1e-6)
    }

    @Test func rowsOfATable() {
        let table = Tensor(name: "t", shape: [3, 2], floats: [1, 2, 3, 4, 5, 6])
        var row: [Float] = [0, 0]
        table.copyRow(1, to: &row)
        #expect(row == [3, 4])
    }
}
