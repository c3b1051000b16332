// Choosing the reader of a file, and the files of a folder.

import Foundation
import Testing
import WeftTensor

@Suite struct TensorFilesTests {
    /// A folder that is removed with its last reference.
    private final class Folder {
        let path = NSTemporaryDirectory() + "weft-\(UUID().uuidString)"
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ name: String, _ text: String) throws {
            try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
        }
        func add(_ fixture: String, _ kind: String, as name: String) throws {
            try FileManager.default.copyItem(atPath: fixturePath(fixture, extension: kind), toPath: "\(path)/\(name)")
        }
    }

    @Test func choosesByContent() throws {
        let folder = try Folder()
        try folder.add("small", "pt", as: "a.safetensors")
        try folder.add("storage", "safetensors", as: "b.pt")
        #expect(try TensorFiles.open("\(folder.path)/a.safetensors").names == ["a", "b"])
        #expect(try TensorFiles.open("\(folder.path)/b.pt").names.first == "bf16")
        try folder.write("c", "version https://git-lfs.github.com/spec/v1\noid sha256:1\n")
        let error = try #require(throws: WeightsError.self) { _ = try TensorFiles.open("\(folder.path)/c") }
        #expect(error.reason.hasPrefix("is a Git LFS pointer"))
    }

    @Test func opensFoldersOfEveryKind() throws {
        let folder = try Folder()
        #expect(try TensorFiles.missingFiles(in: folder.path) == nil)
        let none = try #require(throws: WeightsError.self) { _ = try TensorFiles.open(folder: folder.path) }
        #expect(
            none.description == folder.path
                + ": has no weights: looked for model.safetensors, model.safetensors.index.json, pytorch_model.bin, "
                + "pytorch_model.bin.index.json")

        let bins = #"{"metadata": {"total_size": 1}, "weight_map": {"a": "1.bin", "b": "1.bin", "0.bias": "2.bin"}}"#
        try folder.write("pytorch_model.bin.index.json", bins)
        #expect(try TensorFiles.missingFiles(in: folder.path) == ["1.bin", "2.bin"])
        try folder.add("small", "pt", as: "1.bin")
        let missing = try #require(throws: WeightsError.self) { _ = try TensorFiles.open(folder: folder.path) }
        #expect(missing.reason == "names files that are not there: 2.bin")
        try folder.add("wrapped", "pt", as: "2.bin")
        #expect(try TensorFiles.open(folder: folder.path).map(\.names.count) == [2, 7])
        #expect(try TensorFiles.missingFiles(in: folder.path) == [])

        try folder.add("small", "pt", as: "pytorch_model.bin")
        #expect(try TensorFiles.open(folder: folder.path).map(\.names.count) == [2])
        try folder.write("model.safetensors.index.json", #"{"weight_map": {"f32": "part.safetensors"}}"#)
        try folder.add("storage", "safetensors", as: "part.safetensors")
        #expect(try TensorFiles.open(folder: folder.path).map(\.names.count) == [6])
        try folder.add("linear", "safetensors", as: "model.safetensors")
        #expect(try TensorFiles.open(folder: folder.path + "/").map(\.names.count) == [56])
    }

    @Test(arguments: [
        (#"{"weight_map": {"x": "part.bin"}}"#, "tensor \"x\": should be in part.bin, but is not there"),
        (#"{"weight_map": {"a": "../part.bin"}}"#, "tensor \"a\": should be in \"../part.bin\", which is not a file"),
        (#"{"weight_map": {"a": "/etc/passwd"}}"#, "which is not a file beside it"),
        (#"{"weight_map": {"a": ".."}}"#, "which is not a file beside it"),
        (#"{"weight_map": {"a": "b\u0000c"}}"#, "which is not a file beside it"),
        (#"{"weight_map": {"a": ""}}"#, "which is not a file beside it"),
        (#"{"weight_map": {"a": 1}}"#, "is not a JSON object with a weight_map of texts"),
        (#"{"weight_map": [1]}"#, "is not a JSON object with a weight_map of texts"),
        (#"{"weight_map": {}}"#, "has no weight_map"),
        (#"{"metadata": {}}"#, "has no weight_map"),
        (String(repeating: "[", count: 100_000), "is not a JSON object"),
        (#"{"x": "# + String(repeating: "[", count: 100_000), "is not a JSON object"),
    ])
    func refusesIndices(json: String, says: String) throws {
        let folder = try Folder()
        try folder.write("model.safetensors.index.json", json)
        try folder.add("small", "pt", as: "part.bin")
        let error = try #require(throws: WeightsError.self) { _ = try TensorFiles.open(folder: folder.path) }
        #expect(error.description.contains(says), "\(error)")
        #expect(!error.description.contains("\0"))
    }
}
