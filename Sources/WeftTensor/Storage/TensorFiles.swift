// Opens weights files by what is in them, and all files of a folder by its index.

import Foundation

/// Finds and opens weights files.
package enum TensorFiles {
    /// The names that a folder of Hugging Face's tools has its weights under, in the order of preference.
    private static let singles = ["model.safetensors", "pytorch_model.bin"]
    private static let indices = ["model.safetensors.index.json", "pytorch_model.bin.index.json"]

    /// Opens a file: a zip file is PyTorch's, anything else has to be safetensors.
    ///
    /// Throws ``WeightsError`` that names the file and what is wrong with it.
    package static func open(path: String) throws -> any TensorFile {
        let handle = FileHandle(forReadingAtPath: path)
        let start = try? handle?.read(upToCount: 4)
        try? handle?.close()
        if start == Data([0x50, 0x4b, 0x03, 0x04]) { return try PyTorchFile(path: path) }
        let kinds = [".pt", ".pth", ".bin", ".ckpt"]
        if kinds.contains(where: { path.hasSuffix($0) }) { return try PyTorchFile(path: path) }
        return try SafeTensors(path: path)
    }

    /// Opens all weights files of a folder: a single one, or those that an index names.
    ///
    /// Throws ``WeightsError`` that names a file that is missing, a tensor that is not where the index says, or what was
    /// looked for.
    package static func open(folder: String) throws -> [any TensorFile] {
        let files = FileManager.default
        for name in singles where files.fileExists(atPath: "\(folder)/\(name)") {
            return [try open(path: "\(folder)/\(name)")]
        }
        for name in indices where files.fileExists(atPath: "\(folder)/\(name)") {
            return try openShards(folder, index: name)
        }
        throw WeightsError(
            file: folder, "has no weights: none of \((singles + indices).joined(separator: ", ")) is there")
    }

    /// The files that the folder's index names and that are not there; nil if there is no index.
    ///
    /// Throws ``WeightsError`` for an index that makes no sense.
    package static func missingFiles(in folder: String) throws -> [String]? {
        let files = FileManager.default
        guard let name = indices.first(where: { files.fileExists(atPath: "\(folder)/\($0)") }) else { return nil }
        let shards = Set(try shardMap(folder, index: name).values)
        return shards.filter { !files.fileExists(atPath: "\(folder)/\($0)") }.sorted()
    }

    private static func openShards(_ folder: String, index: String) throws -> [any TensorFile] {
        let map = try shardMap(folder, index: index)
        var opened: [String: any TensorFile] = [:]
        for shard in Set(map.values).sorted() {
            guard FileManager.default.fileExists(atPath: "\(folder)/\(shard)") else {
                throw WeightsError(file: "\(folder)/\(shard)", "is missing, but \(index) names it")
            }
            opened[shard] = try open(path: "\(folder)/\(shard)")
        }
        for (tensor, shard) in map.sorted(by: { $0.key < $1.key }) where opened[shard]?.entry(tensor) == nil {
            throw WeightsError(file: "\(folder)/\(shard)", tensor: tensor, "is missing, but \(index) says it is here")
        }
        return opened.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Which file each tensor is in.
    private static func shardMap(_ folder: String, index: String) throws -> [String: String] {
        struct Index: Decodable {
            let weight_map: [String: String]
        }
        let path = "\(folder)/\(index)"
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let size = attributes?[.size] as? Int, size <= 16 << 20,
            let data = FileManager.default.contents(atPath: path)
        else { throw WeightsError(file: path, "cannot be read, or is larger than 16 MiB") }
        guard let map = try? JSONDecoder().decode(Index.self, from: data).weight_map, !map.isEmpty else {
            throw WeightsError(file: path, "is no index: it has no \"weight_map\" from tensors to files")
        }
        if let bad = map.values.first(where: { $0.contains("/") || $0.hasPrefix(".") || $0.isEmpty }) {
            throw WeightsError(file: path, "names the file \"\(bad)\", which is not in the folder")
        }
        return map
    }
}
