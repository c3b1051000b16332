// Opens weights of any kind: one file by what it holds, or the files of a Hugging Face folder.

import Foundation

/// Opens the weights of a checkpoint.
package enum TensorFiles {
    /// What the weights of a folder may be called, in the order in which they are looked for.
    package static let names = [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
    ]

    /// Opens one file, a PyTorch checkpoint or a safetensors file by what its first bytes say.
    ///
    /// Throws ``WeightsError``.
    package static func open(_ path: String) throws -> any TensorFile {
        let mapping = try Mapping(path: path)
        if mapping.bytes.starts(with: "version https://git-lfs".utf8) {
            throw WeightsError(file: path, "is a Git LFS pointer, not the file that it points to")
        }
        if PyTorchFile.recognizes(mapping.bytes) { return try PyTorchFile(path: path) }
        return try SafeTensors(path: path)
    }

    /// Opens all weights of a folder, the first of ``names`` that is there: a file, or the files that an index names.
    ///
    /// Throws ``WeightsError`` if there are none, if a file that the index names is missing, or if a tensor is not in
    /// the file that the index says.
    package static func open(folder: String) throws -> [any TensorFile] {
        guard let path = weights(in: folder) else {
            throw WeightsError(file: folder, "has no weights: looked for \(names.joined(separator: ", "))")
        }
        guard path.hasSuffix(".json") else { return [try open(path)] }
        let index = try TensorIndex(path: path)
        let missing = index.missingFiles(in: folder)
        if let first = missing.first {
            let more = missing.count > 1 ? " and \(missing.count - 1) more" : ""
            throw WeightsError(file: path, "names files that are not there: \(first)\(more)")
        }
        let files = try index.files.map { try open(join(folder, $0)) }
        for (name, number) in index.places where files[number].entry(name) == nil {
            throw WeightsError(
                file: path, tensor: name, "should be in \(index.files[number]), but is not there")
        }
        return files
    }

    /// The files that a folder's index of weights names and that are not there; nil if it has no weights at all.
    ///
    /// Throws ``WeightsError`` for an index that is malformed.
    package static func missingFiles(in folder: String) throws -> [String]? {
        guard let path = weights(in: folder) else { return nil }
        return path.hasSuffix(".json") ? try TensorIndex(path: path).missingFiles(in: folder) : []
    }

    private static func weights(in folder: String) -> String? {
        names.lazy.map { join(folder, $0) }.first { FileManager.default.fileExists(atPath: $0) }
    }

    fileprivate static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }
}

/// An index of weights: which file holds which tensor.
private struct TensorIndex {
    /// Files that an index may name.
    static let largestFileCount = 1 << 10

    /// The files, sorted.
    let files: [String]
    /// The tensors by name, and which of `files` holds each.
    let places: [(name: String, file: Int)]

    init(path: String) throws {
        let mapping = try Mapping(path: path)
        guard mapping.bytes.count <= SafeTensorsHeader.largestHeader else {
            throw WeightsError(file: path, "has more than \(SafeTensorsHeader.largestHeader) bytes")
        }
        var numbers: [String: Int] = [:]
        var places: [(name: String, file: Int)] = []
        var hasMap = false
        var scanner = JSONScanner(mapping.bytes)
        do {
            try scanner.object { key, scanner in
                guard key == "weight_map" else { return try scanner.skip() }
                hasMap = true
                try scanner.object { name, scanner in
                    let file = try scanner.string()
                    try Self.check(file, tensor: name, path)
                    let number = numbers[file] ?? numbers.count
                    numbers[file] = number
                    places.append((name, number))
                    guard numbers.count <= Self.largestFileCount, places.count <= SafeTensorsHeader.largestCount else {
                        throw WeightsError(file: path, "names too many files or tensors")
                    }
                }
            }
            try scanner.end()
        } catch is JSONScanner.Failure {
            throw WeightsError(file: path, "is not a JSON object with a weight_map of texts")
        }
        guard hasMap, !places.isEmpty else { throw WeightsError(file: path, "has no weight_map") }
        files = numbers.keys.sorted()
        var order = [Int](repeating: 0, count: files.count)
        for (position, file) in files.enumerated() { order[numbers[file] ?? 0] = position }
        self.places = places.map { ($0.name, order[$0.file]) }
    }

    func missingFiles(in folder: String) -> [String] {
        files.filter { !FileManager.default.fileExists(atPath: TensorFiles.join(folder, $0)) }
    }

    /// The files of an index lie beside it.
    private static func check(_ file: String, tensor: String, _ path: String) throws {
        guard !file.isEmpty, file != ".", file != "..", !file.utf8.contains(where: { "/\\\0".utf8.contains($0) }),
            file.utf8.count <= 255
        else {
            throw WeightsError(file: path, tensor: tensor, "should be in \"\(file)\", which is not a file beside it")
        }
    }
}
