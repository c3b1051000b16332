// Linear layers with quantised weights, for any number of rows and threads, and the choice of kernels.

import CKernels
import Testing

@testable import WeftTensor

@Suite struct QuantisedLinearTests {
    /// Small ones, some that are cut into groups of panels, and one that is cut by rows.
    @Test(arguments: Quantisation.allCases, [(100, 130), (8, 300), (701, 793), (1001, 130)])
    func rowsAreEqualForEveryRowCountAndThreadCount(_ kind: Quantisation, size: (Int, Int)) throws {
        let (inputs, outputs) = size
        let weights = waves(inputs * outputs, 0.37)
        let bias = waves(outputs, 0.11)
        let x = waves(260 * inputs, 0.73)
        let checked = [0, 1, 11, 12, 33, 64, 129, 259]
        let panels = try QuantisedPanels(kind.kind, weights, inputs: inputs, outputs: outputs, Kernels.available[0])
        let expected = checked.map { row in
            panels.product(Array(x[row * inputs..<(row + 1) * inputs]), rows: 1, bias: bias)
        }
        for threads in [1, 2, 3] {
            let pool = ThreadPool(threadCount: threads)
            let matrix = try QuantisedMatrix(
                Tensor(name: "w", shape: [outputs, inputs], floats: weights), as: kind, pool: pool)
            let layer = Linear(matrix, bias: Tensor(name: "b", shape: [outputs], floats: bias))
            #expect(layer.isQuantised && layer.inputs == inputs && layer.outputs == outputs)
            #expect(layer.byteCount == WeightFormat.quantised(kind).byteCount(outputs: outputs, inputs: inputs))
            for rows in [1, 2, 3, 13, 65, 260] {
                var y = [Float](repeating: .nan, count: rows * outputs)
                layer.apply(x, rows: rows, to: &y, pool: pool)
                for (row, wanted) in zip(checked, expected) where row < rows {
                    let got = y[row * outputs..<(row + 1) * outputs].map(\.bitPattern)
                    #expect(got == wanted, "row \(row) of \(rows), \(threads) threads")
                }
            }
        }
    }

    @Test func noRowsAndNoOutputsAreFine() throws {
        let pool = ThreadPool(threadCount: 1)
        for shape in [[0, 40], [20, 40]] {
            let zeros = Tensor(name: "w", shape: shape, floats: [Float](repeating: 0, count: shape[0] * 40))
            let layer = Linear(try QuantisedMatrix(zeros, as: .q4, pool: pool))
            var y: [Float] = [7]
            layer.apply([], rows: 0, to: &y, pool: pool)
            #expect(y == [7])
        }
    }

    @Test func theEnvironmentChoosesKernels() throws {
        #expect(Kernels.names.starts(with: ["portable"]))
        #expect(Set(Kernels.available.map(\.name)).isSubset(of: Kernels.names))
        for kernels in Kernels.available {
            #expect(try Kernels.chosen(in: ["WEFT_KERNELS": kernels.name]).name == kernels.name)
        }
        for environment in [[:], ["WEFT_KERNELS": ""], ["KERNELS": "portable"]] {
            #expect(try Kernels.chosen(in: environment).name == Kernels.available.last?.name)
        }
        let runs = Kernels.available.map(\.name).joined(separator: ", ")
        #expect {
            _ = try Kernels.chosen(in: ["WEFT_KERNELS": "sse9"])
        } throws: {
            "\($0)" == "WEFT_KERNELS is \"sse9\", which are no kernels; this processor runs \(runs)"
        }
        for name in Kernels.names where !Kernels.available.contains(where: { $0.name == name }) {
            #expect {
                _ = try Kernels.chosen(in: ["WEFT_KERNELS": name])
            } throws: {
                "\($0)" == "WEFT_KERNELS is \"\(name)\", which this processor cannot run; it runs \(runs)"
            }
        }
    }

    private func waves(_ count: Int, _ step: Double) -> [Float] {
        var phase = 0.0
        return (0..<count).map { index in
            phase += step
            if phase > 3.14 { phase -= 6.28 }
            return Float(phase * phase * phase) * Float(index % 7 - 3)
        }
    }
}
