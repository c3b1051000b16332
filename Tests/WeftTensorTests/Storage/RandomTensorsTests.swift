// Weights that are made in memory, and files read in another type.

import Testing

@testable import WeftTensor

@Suite struct RandomTensorsTests {
    private static let shapes: [(String, [Int])] = [
        ("a.weight", [3, 5]), ("b.weight", [1 << 10, 300]), ("norm.weight", [7]), ("norm.bias", [7]),
        ("query_norm.weight", [2, 4]), ("norm1.conv_y.weight", [4, 3, 1, 1]), ("bn.running_var", [3]),
    ]

    private func file(_ dtype: DType, threads: Int = 2) -> RandomTensors {
        RandomTensors(
            "tiny", Self.shapes.map { TensorEntry($0.0, $0.1, matrices: dtype) }, pool: ThreadPool(threadCount: threads)
        )
    }

    @Test func norms() throws {
        let file = file(.bfloat16)
        #expect(try #require(file.tensor("norm.weight")).floats() == Array(repeating: 1, count: 7))
        #expect(try #require(file.tensor("norm.weight")).dtype == .float32)
        #expect(try #require(file.tensor("norm.bias")).floats() == Array(repeating: 0, count: 7))
        #expect(try #require(file.tensor("bn.running_var")).floats() == Array(repeating: 1, count: 3))
        #expect(try #require(file.tensor("query_norm.weight")).floats() == Array(repeating: 1, count: 8))
        #expect(try Set(#require(file.tensor("norm1.conv_y.weight")).floats()).count > 8)
        #expect(file.tensor("absent") == nil)
        #expect(file.entry("absent") == nil)
    }

    @Test func matricesKeepTheSizeOfWhatGoesThroughThem() throws {
        let values = try #require(file(.float32).tensor("b.weight")).floats()
        #expect(values.allSatisfy { abs($0) <= 0.1 })
        let squares = values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)
        #expect(abs(squares * 300 - 1) < 0.01)
        #expect(abs(values.reduce(0) { $0 + Double($1) } / Double(values.count)) < 0.001)
        let other = try #require(file(.float32).tensor("a.weight")).floats()
        #expect(Set(other).count == 15)
        #expect(other[0] * Float(5).squareRoot() != values[0] * Float(300).squareRoot(), "names decide")
    }

    @Test func threadsChangeNothingAndTypesRoundOnly() throws {
        let values = try #require(file(.float32, threads: 1).tensor("b.weight")).floats()
        #expect(try #require(file(.float32, threads: 3).tensor("b.weight")).floats() == values)
        let upper = values.map { Float(bitPattern: $0.bitPattern & 0xffff_0000) }
        #expect(try #require(file(.bfloat16).tensor("b.weight")).floats() == upper)
        let halves = values.map { floatFromHalf(halfFromFloat($0)) }
        #expect(try #require(file(.float16).tensor("b.weight")).floats() == halves)
    }

    @Test func entriesSayWhatIsTaken() throws {
        let entries = file(.float16).entries
        #expect(entries.map(\.name) == Self.shapes.map(\.0).sorted())
        for entry in entries {
            let tensor = try #require(file(.float16).tensor(entry.name))
            #expect(tensor.shape == entry.shape && tensor.dtype.rawValue == entry.dtype)
            #expect(tensor.withBytes { $0.count } == entry.byteCount)
        }
    }
}
