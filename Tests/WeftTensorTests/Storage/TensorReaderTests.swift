// A checkpoint must have exactly the tensors that a model asks for.

import Testing
import WeftTensor

@Suite struct TensorReaderTests {
    private let path: String
    private let file: SafeTensors

    init() throws {
        path = try fixturePath("storage")
        file = try SafeTensors(path: path)
    }

    @Test func handsOutTensorsOfTheRightShape() throws {
        let reader = TensorReader([file])
        #expect(reader.contains("f32"))
        #expect(!reader.contains("f33"))
        #expect(reader.shape(of: "f32") == [2, 3])
        #expect(try reader.take("f32", shape: [2, 3]).dtype == .float32)
        #expect(try reader.take("bf16", shape: [4]).dtype == .bfloat16)
    }

    @Test func namesWhatIsMissingOrDoesNotFit() throws {
        let reader = TensorReader([file])
        let missing = try #require(throws: WeightsError.self) { try reader.take("absent", shape: [1]) }
        #expect(missing.description == "\(path): tensor \"absent\": is missing")
        let shape = try #require(throws: WeightsError.self) { try reader.take("f32", shape: [3, 2]) }
        #expect(shape.description == "\(path): tensor \"f32\": has the shape [2, 3] instead of [3, 2]")
        let dtype = try #require(throws: WeightsError.self) { try reader.take("i64", shape: [3]) }
        #expect(dtype.description == "\(path): tensor \"i64\": has the dtype I64 instead of one of F32, BF16, F16")
        let twice = TensorReader([file, file])
        let ambiguous = try #require(throws: WeightsError.self) { try twice.take("f32", shape: [2, 3]) }
        #expect(ambiguous.reason == "is in several files")
    }

    @Test func namesWhatIsLeftOver() throws {
        let reader = TensorReader([file])
        for (name, shape) in [("f32", [2, 3]), ("bf16", [4]), ("f16", [5]), ("scalar", [])] {
            _ = try reader.take(name, shape: shape)
        }
        let two = try #require(throws: WeightsError.self) { try reader.finish() }
        #expect(two.tensor == "empty")
        #expect(two.reason == "is left over: the model has no place for it, and so are \"i64\"")
        let one = try #require(throws: WeightsError.self) { try reader.finish(ignoring: ["i6"]) }
        #expect(one.reason == "is left over: the model has no place for it")
        try reader.finish(ignoring: ["i64", "emp"])
    }
}
