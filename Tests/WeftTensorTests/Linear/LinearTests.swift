// Linear layers against outputs that were computed in float64, and at the edges.

import Testing
import WeftTensor

@Suite struct LinearTests {
    /// A fixture: its size, and the name of the dtype.
    struct Case: Sendable, CustomTestStringConvertible {
        let inputs: Int
        let outputs: Int
        let dtype: String
        var testDescription: String { "\(dtype) \(inputs) -> \(outputs)" }
    }

    static let cases = [(1, 1), (1, 130), (3, 5), (3, 130), (100, 17), (250, 5), (250, 17)].flatMap { size in
        ["f32", "bf16", "f16"].map { Case(inputs: size.0, outputs: size.1, dtype: $0) }
    }

    @Test(arguments: cases)
    func agreesWithFloat64(_ test: Case) throws {
        let file = try SafeTensors(path: fixturePath("linear"))
        let size = "\(test.inputs)x\(test.outputs)"
        let weight = try #require(file["\(size).\(test.dtype).weight"])
        let bias = try #require(file["\(size).bias"])
        let x = try #require(file["\(size).x"]).floats()
        let expected = try #require(file["\(size).\(test.dtype).y"]).floats()
        let rows = x.count / test.inputs
        let w = weight.floats()
        for kernels in Kernels.available {
            let layer = Linear(weight, bias: bias, kernels: kernels)
            #expect(layer.inputs == test.inputs)
            #expect(layer.outputs == test.outputs)
            let y = result(layer, x, rows: rows)
            for (index, value) in y.enumerated() {
                let (row, output) = (index / test.outputs, index % test.outputs)
                var magnitude: Float = 1
                for k in 0..<test.inputs {
                    magnitude += abs(x[row * test.inputs + k] * w[output * test.inputs + k])
                }
                #expect(abs(value - expected[index]) <= 1e-6 * magnitude, "\(kernels.name) row \(row) output \(output)")
            }
        }
    }

    @Test func startsFromZeroWithoutABias() {
        let weight = Tensor(name: "w", shape: [2, 3], floats: [1, 2, 3, -1, 0, 0.5])
        for kernels in Kernels.available {
            #expect(result(Linear(weight, kernels: kernels), [1, 10, 100, 0, 0, 2], rows: 2) == [321, 49, 6, 1])
        }
    }

    @Test func takesSlicesOfStackedWeights() {
        let stacked = Tensor(name: "experts", shape: [2, 2, 3], floats: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
        let expert = Linear(stacked.rows(1..<2).reshaped([2, 3]))
        #expect(result(expert, [1, 0, 1], rows: 1) == [16, 22])
    }

    /// The header of a file decides whether float32 values lie at multiples of 4 bytes.
    @Test(arguments: 0..<8)
    func takesFloatsAtAnyAddress(padding: Int) throws {
        let padding = String(repeating: " ", count: padding)
        let header = #"{"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"# + padding
        let values: [Float] = [1, 2, 3, -1, 0, 0.5]
        let file = try SafeTensorsFile(header: header, data: values.withUnsafeBytes { [UInt8]($0) })
        let layer = Linear(try #require(try SafeTensors(path: file.path)["w"]))
        #expect(result(layer, [1, 10, 100, 0, 0, 2], rows: 2) == [321, 49, 6, 1])
    }

    @Test(arguments: DType.allCases)
    func takesEmptyWeights(_ dtype: DType) throws {
        let file = try SafeTensorsFile(name: "w", dtype: dtype.rawValue, shape: [2, 0], data: [])
        let weight = try #require(try SafeTensors(path: file.path)["w"])
        let bias = Tensor(name: "b", shape: [2], floats: [3, 4])
        #expect(result(Linear(weight, bias: bias), [], rows: 2) == [3, 4, 3, 4])
        #expect(result(Linear(weight.reshaped([0, 2])), [1, 2], rows: 1) == [])
    }

    @Test func leavesOtherMemoryAlone() {
        let layer = Linear(Tensor(name: "w", shape: [5, 2], floats: [Float](repeating: 1, count: 10)))
        var y = [Float](repeating: 7, count: 12)
        layer.apply([1, 2], rows: 0, to: &y, pool: ThreadPool(threadCount: 1))
        #expect(y == [Float](repeating: 7, count: 12))
        layer.apply([1, 2], rows: 1, to: &y, pool: ThreadPool(threadCount: 1))
        #expect(y == [3, 3, 3, 3, 3, 7, 7, 7, 7, 7, 7, 7])
    }

    @Test func letsInfinityAndNaNFlowInTheirOwnRow() {
        let weight = Tensor(name: "w", shape: [5, 3], floats: (1...15).map(Float.init))
        for kernels in Kernels.available {
            let y = result(Linear(weight, kernels: kernels), [.infinity, 1, 1, 1, .nan, 1, 1, 1, 1], rows: 3)
            #expect(y[0..<5].allSatisfy { $0 == .infinity })
            #expect(y[5..<10].allSatisfy { $0.isNaN })
            #expect(y[10..<15].elementsEqual([6, 15, 24, 33, 42]))
        }
    }

    @Test func reportsTheMemoryOfItsWeights() throws {
        let file = try SafeTensors(path: fixturePath("linear"))
        let weight = try #require(file["250x17.bf16.weight"])
        #expect(Linear(weight).byteCount == 32 * 250 * 2)
        #expect(Linear(try #require(file["250x17.f32.weight"])).byteCount == 32 * 250 * 4)
    }

    private func result(_ layer: Linear, _ x: [Float], rows: Int) -> [Float] {
        var y = [Float](repeating: .nan, count: rows * layer.outputs)
        layer.apply(x, rows: rows, to: &y, pool: ThreadPool(threadCount: 1))
        return y
    }
}
