// A checkpoint written anew: only what is needed, in safetensors, in a smaller type.

import Foundation
import WeftModel
import WeftTensor

extension ModelDescription {
    /// Writes the model's folder anew.
    ///
    /// Each weights file becomes one in safetensors, with the tensors that generation and decoding need; those of one
    /// dimension keep their type. With `q8` and `q4`, the matrices of the transformer's layers are quantised, the head to
    /// 8 bits beside them, and all else keeps its type. What is stored quantised becomes numbers again in the other types.
    /// Small files are copied. A `weft.json` says where everything is.
    ///
    /// - Parameters:
    ///   - output: a folder that does not exist, or is empty
    ///   - dtype: the type of tensors with more than one dimension, or of the layers' matrices if it is quantised
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
        let pool = ThreadPool()
        for (path, users) in sources.sorted(by: { $0.key < $1.key }) {
            guard let name = names[path] else { continue }
            var wanted: [String: (entry: TensorEntry, file: any TensorFile)] = [:]
            for (file, ignored) in users {
                for entry in file.entries where !TensorNames.isIgnored(entry.name, by: ignored) {
                    wanted[entry.name] = (entry, file)
                }
            }
            let items = try wanted.values.compactMap { entry, file -> SafeTensorsWriter.Item? in
                guard let format = try format(of: entry, as: dtype, path: path) else { return nil }
                return SafeTensorsWriter.Item(name: entry.name, format: format, shape: entry.shape) {
                    if let matrix = file.quantised(entry.name) {
                        return matrix.dequantised().reshaped(entry.shape)
                    }
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
            try SafeTensorsWriter.write(items, to: "\(output)/\(name)", pool: pool)
            let size = (try? files.attributesOfItem(atPath: "\(output)/\(name)")[.size] as? Int) ?? 0
            report(name, size)
        }
        try copySmallFiles(to: output)
        try writeSettings(to: output, names)
    }

    /// How a tensor is stored; nil for what has no type that models use, such as counters of training.
    private func format(of entry: TensorEntry, as type: WeightType, path: String) throws -> WeightFormat? {
        guard let stored = DType(rawValue: entry.dtype) else {
            guard Quantisation.allCases.contains(where: { $0.dtype == entry.dtype }) else { return nil }
            if case .plain(let dtype) = type.format { return .plain(dtype) }
            throw WeightsError(
                file: path, tensor: entry.name,
                "is stored as \(entry.dtype): convert the checkpoint that it was made from")
        }
        switch type.format {
        case .plain(let dtype): return .plain(entry.shape.count > 1 ? dtype : stored)
        case .quantised(let kind):
            guard entry.shape.count > 1,
                let kind = try checkpoint.transformer?.quantisation(of: entry, as: kind, path: path)
            else { return .plain(stored) }
            return .quantised(kind)
        }
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

    /// Copies the files of weft's own models that `config.json` names in other folders, and writes it with their names.
    private func gatherTextFiles(to output: String) throws {
        let path = "\(folder)/config.json"
        let data = Data(try AtomicFile.read(path: path))
        guard var config = try JSONSerialization.jsonObject(with: data) as? [String: Any],
            var text = config["text"] as? [String: Any]
        else { return }
        var isChanged = false
        for key in ["tokenizer", "words"] {
            guard let name = text[key] as? String, name.contains("/") else { continue }
            let copy = (name as NSString).lastPathComponent
            let bytes = Data(try AtomicFile.read(path: "\(folder)/\(name)"))
            try bytes.write(to: URL(fileURLWithPath: "\(output)/\(copy)"))
            text[key] = copy
            isChanged = true
        }
        guard isChanged else { return }
        config["text"] = text
        try JSONSerialization.data(
            withJSONObject: config, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        ).write(to: URL(fileURLWithPath: "\(output)/config.json"))
    }

    /// Writes the `weft.json` that leads to the copies; weft's own models need none.
    private func writeSettings(to output: String, _ names: [String: String]) throws {
        guard family != "weft" else { return try gatherTextFiles(to: output) }
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
