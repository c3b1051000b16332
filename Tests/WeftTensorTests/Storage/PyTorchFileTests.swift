// Reading checkpoints that PyTorch wrote.

import Foundation
import Testing
import WeftTensor

@Suite struct PyTorchFileTests {
    private func open(_ name: String, _ kind: String = "pt") throws -> PyTorchFile {
        try PyTorchFile(path: fixturePath(name, extension: kind))
    }

    private func counting(_ range: Range<Int>) -> [Float] { range.map(Float.init) }

    @Test func readsTensorsOfEveryDtype() throws {
        let file = try open("tensors")
        let dtypes = [
            "f32": "F32", "f16": "F16", "bf16": "BF16", "f64": "F64", "i64": "I64", "i32": "I32", "i16": "I16",
            "i8": "I8", "u8": "U8", "bool": "BOOL", "u16": "U16", "f8": "F8_E4M3",
        ]
        for (name, dtype) in dtypes {
            let entry = try #require(file.entry(name))
            #expect(entry.dtype == dtype)
            #expect((file.tensor(name) != nil) == (DType(rawValue: dtype) != nil))
        }
        #expect(file.tensor("f32")?.floats() == counting(0..<6))
        #expect(file.tensor("f32")?.shape == [2, 3])
        #expect(file.tensor("f16")?.floats() == counting(0..<5))
        #expect(file.tensor("bf16")?.floats() == counting(0..<5))
        #expect(file.entry("i64")?.byteCount == 24)
        #expect(file.tensor("scalar")?.floats() == [7])
        #expect(file.tensor("scalar")?.shape == [])
        #expect(file.tensor("empty")?.shape == [0, 4])
        #expect(file.tensor("parameter")?.floats() == counting(0..<4))
        #expect(file.tensor("absent") == nil)
        #expect(file.entry("number") == nil)
        #expect(file.entry("nested") == nil)
        #expect(file.names == file.names.sorted())
    }

    @Test func putsElementsInOrder() throws {
        let file = try open("tensors")
        let transposed = try #require(file.tensor("transposed"))
        #expect(transposed.shape == [6, 4])
        let columns = (0..<24).map { index in Float(index % 4 * 6 + index / 4) }
        #expect(transposed.floats() == columns)
        #expect(file.tensor("sliced")?.floats() == [6, 8, 10, 12, 14, 16])
        #expect(file.tensor("permuted")?.shape == [4, 2, 3])
        let permuted = (0..<24).map { index in Float(index / 6 + index % 6 * 4) }
        #expect(file.tensor("permuted")?.floats() == permuted)
        #expect(file.tensor("half.columns")?.floats() == [1, 2, 5, 6, 9, 10])
        #expect(file.tensor("shared.head")?.floats() == counting(0..<4))
        #expect(file.tensor("shared.tail")?.floats() == counting(4..<12))
        #expect(file.tensor("shared.tail")?.shape == [2, 4])
    }

    @Test(arguments: [("wrapped", "pt", ""), ("lightning", "ckpt", "first."), ("deep", "pt", "")])
    func findsTheStateDictionary(name: String, kind: String, prefix: String) throws {
        let file = try open(name, kind)
        let names = [
            "0.bias", "0.weight", "1.bias", "1.num_batches_tracked", "1.running_mean", "1.running_var", "1.weight",
        ]
        #expect(file.names == names.map { prefix + $0 })
        #expect(file.tensor(prefix + "0.weight")?.floats() == counting(0..<6))
        #expect(file.tensor(prefix + "1.weight")?.floats() == [0, 1])
    }

    @Test func aTensorOutlivesTheFileValue() throws {
        var file: PyTorchFile? = try open("small")
        let tensor = file?.tensor("a")
        file = nil
        #expect(tensor?.floats() == counting(0..<6))
    }

    @Test func saysThatOldFilesAreOld() throws {
        let path = try fixturePath("old", extension: "pt")
        for open: (String) throws -> any TensorFile in [{ try PyTorchFile(path: $0) }, { try TensorFiles.open($0) }] {
            let error = try #require(throws: WeightsError.self) { _ = try open(path) }
            #expect(error.reason.hasPrefix("is in PyTorch's old format; save it again"))
        }
        var tar = [UInt8](repeating: 0x61, count: 1024)
        tar.replaceSubrange(257..<262, with: "ustar".utf8)
        let error = try #require(throws: WeightsError.self) { try PyTorchFile(bytes: tar, path: "x.pt") }
        #expect(error.reason.hasPrefix("is in PyTorch's old format"))
    }

    @Test func refusesToCallFunctions() throws {
        let error = try #require(throws: WeightsError.self) { try open("call") }
        #expect(error.reason == "the pickle asks for \"os.system\": only tensors and plain data are read")
    }

    @Test func refusesEveryCutOffFile() throws {
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixturePath("small", extension: "pt"))))
        for length in 0..<whole.count {
            #expect(throws: WeightsError.self, "\(length) bytes") {
                try PyTorchFile(bytes: [UInt8](whole.prefix(length)), path: "x.pt")
            }
        }
        #expect(try PyTorchFile(bytes: whole, path: "x.pt").names == ["a", "b"])
    }

    @Test func readsBuiltCheckpoints() throws {
        let file = try PyTorchFile(bytes: checkpoint(pickle: tensorPickle()), path: "x.pt")
        #expect(file.entries == [TensorEntry(name: "a", dtype: "F32", shape: [4], byteCount: 16)])
        let oddStride = checkpoint(pickle: tensorPickle(shape: [1, 4], strides: [.max, 1]))
        #expect(try PyTorchFile(bytes: oddStride, path: "x.pt").tensor("a")?.shape == [1, 4])
    }
}
