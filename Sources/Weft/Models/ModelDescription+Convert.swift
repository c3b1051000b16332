// A checkpoint written anew: only what is needed, in safetensors, in a smaller type.

import Foundation
import WeftModel
import WeftTensor

/// The type that weights are stored in.
public enum WeightType: String, Sendable, CaseIterable {
    /// The upper half of a float32.
    case bf16
    /// IEEE half precision.
    case f16
    /// Single precision.
    case f32

    fileprivate var dtype: DType {
        switch self {
        case .bf16: .bfloat16
        case .f16: .float16
        case .f32: .float32
        }
    }
}

extension ModelDescription {
    /// Writes the model's folder anew.
    ///
    /// Each weights file becomes one in safetensors, with the tensors that generation and decoding need; those of one
    /// dimension keep their type. Small files are copied. A `weft.json` says where everything is.
    ///
    /// - Parameters:
    ///   - output: a folder that does not exist, or is empty
    ///   - dtype: the type of tensors with more than one dimension
    ///   - report: called with the name and size of each weights file that was written
    /// - Throws: an error that names the file that cannot be read or written, or the tensor that does not fit the type
    public func convert(to output: String, dtype: WeightType, report: (String, Int) -> Void = { _, _ in }) throws {
        let files = FileManager.default
        if let there = try? files.contentsOfDirectory(atPath: output), !there.isEmpty {
            throw WeftError(.invalidFile, "\(output): is not empty")
        }
        do {
            try files.createDirectory(atPath: output, withIntermediateDirectories: true)
        } catch {
            throw WeftError(.invalidFile, "\(output): the folder cannot be made")
        }
        let parts = [checkpoint.transformer?.stored, checkpoint.imageTokenizer?.stored].compactMap { $0 }
        var sources: [String: [(file: any TensorFile, ignored: [String])]] = [:]
        for part in parts { for file in part.files { sources[file.path, default: []].append((file, part.ignored)) } }
        var names: [String: String] = [:]  // from the path of a source to the name of its copy
        for path in sources.keys.sorted() {
            names[path] = Self.name(of: path, count: sources.count, taken: Set(names.values))
        }
        for (path, users) in sources.sorted(by: { $0.key < $1.key }) {
            guard let name = names[path] else { continue }
            var wanted: [String: (entry: TensorEntry, file: any TensorFile)] = [:]
            for (file, ignored) in users {
                for entry in file.entries where !TensorNames.isIgnored(entry.name, by: ignored) {
                    wanted[entry.name] = (entry, file)
                }
            }
            let items = wanted.values.compactMap { entry, file -> SafeTensorsWriter.Item? in
                // What has no type that models use, such as counters of training, is left out.
                guard let stored = DType(rawValue: entry.dtype) else { return nil }
                return SafeTensorsWriter.Item(
                    name: entry.name, dtype: entry.shape.count > 1 ? dtype.dtype : stored, shape: entry.shape
                ) {
                    guard let tensor = try file.tensor(entry.name) else {
                        throw WeightsError(file: path, tensor: entry.name, "cannot be read")
                    }
                    return tensor
                }
            }
            guard !items.isEmpty else {
                names[path] = nil
                continue
            }
            try SafeTensorsWriter.write(items, to: "\(output)/\(name)")
            let size = (try? files.attributesOfItem(atPath: "\(output)/\(name)")[.size] as? Int) ?? 0
            report(name, size)
        }
        try copySmallFiles(to: output)
        try writeSettings(to: output, names)
    }

    /// The name of the copy of a weights file.
    private static func name(of path: String, count: Int, taken: Set<String>) -> String {
        let last = (path as NSString).lastPathComponent
        let stem = (last as NSString).deletingPathExtension
        let name = (stem == "pytorch_model" && count == 1 ? "model" : stem) + ".safetensors"
        guard taken.contains(name) else { return name }
        let folder = ((path as NSString).deletingLastPathComponent as NSString).lastPathComponent
        return "\(folder)-\(name)"
    }

    /// Copies what is no weights file and not large: configurations, tokenizers.
    private func copySmallFiles(to output: String) throws {
        let files = FileManager.default
        let weights = [".safetensors", ".pt", ".pth", ".bin", ".ckpt", ".index.json", ".msgpack", ".h5"]
        for name in try files.contentsOfDirectory(atPath: folder).sorted()
        where name != "weft.json" && !name.hasPrefix(".") && !weights.contains(where: { name.hasSuffix($0) }) {
            let path = "\(folder)/\(name)"
            var isFolder: ObjCBool = false
            guard files.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
                let data = files.contents(atPath: path), data.count <= 64 << 20
            else { continue }
            try data.write(to: URL(fileURLWithPath: "\(output)/\(name)"))
        }
    }

    /// Writes the `weft.json` that leads to the copies; weft's own models need none.
    private func writeSettings(to output: String, _ names: [String: String]) throws {
        guard family != "weft" else { return }
        let settings = try ModelFolder(path: folder).settings
        var values: [String: Any] = ["family": family, "name": name]
        let number: [(String, Int?)] = [
            ("heads", settings.heads), ("rows", settings.rows), ("columns", settings.columns),
            ("image_token_offset", settings.imageTokenOffset), ("codebook_size", settings.codebookSize),
        ]
        for (key, value) in number { if let value { values[key] = value } }
        if case .some(let token) = settings.rowEndToken { values["row_end_token"] = token ?? NSNull() }
        if let scale = settings.guidanceScale { values["guidance_scale"] = Double("\(scale)") ?? 1 }
        if let encoder = settings.textEncoder {
            values["text_encoder"] = encoder.hasPrefix("/") ? encoder : Self.absolute("\(folder)/\(encoder)")
        }
        if let path = try index(checkpoint.transformer?.stored.files, names, output) { values["transformer"] = path }
        if let tokenizer = checkpoint.imageTokenizer {
            if let file = tokenizer.files.first, tokenizer.files.count == 1, let name = names[file.path],
                checkpoint.transformer?.files.contains(where: { $0.path == file.path }) != true
            {
                values["image_tokenizer"] = name
            }
        } else {
            values["image_tokenizer"] = NSNull()
        }
        let data = try JSONSerialization.data(
            withJSONObject: values, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        try data.write(to: URL(fileURLWithPath: "\(output)/weft.json"))
    }

    private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    /// What `weft.json` calls the transformer: its file; nothing if an index leads to it, which is written.
    private func index(_ files: [any TensorFile]?, _ names: [String: String], _ output: String) throws -> String? {
        let copies = (files ?? []).compactMap { names[$0.path] }
        if copies.count < 2 { return copies.first }
        var map: [String: String] = [:]
        for name in copies {
            for entry in try SafeTensors(path: "\(output)/\(name)").entries { map[entry.name] = name }
        }
        let data = try JSONSerialization.data(withJSONObject: ["weight_map": map], options: [.sortedKeys])
        try data.write(to: URL(fileURLWithPath: "\(output)/model.safetensors.index.json"))
        return nil
    }
}

extension CheckpointPart {
    /// The files of a part and what is not needed of them, without what the network is made of.
    fileprivate var stored: (files: [any TensorFile], ignored: [String]) { (files, ignored) }
}
