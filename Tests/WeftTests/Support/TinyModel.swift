// A model of a few kilobytes with random weights, made in a temporary folder.

import Foundation

/// The folder of a tiny model: a transformer of two layers, one with experts, and an image tokenizer of 4 x 4 pixels a
/// token. It is removed when nothing refers to it any more.
final class TinyModel: Sendable {
    /// Path of the folder.
    let folder: String
    /// A folder for what a test writes, beside the model.
    let output: String
    private let root: URL

    /// Makes the folder.
    ///
    /// - Parameters:
    ///   - dtype: how matrices are stored, `F32` or `BF16`; vectors are `F32` always
    ///   - sampling: the text of `generation_config.json`; nil for none
    ///   - config: changes the text of `config.json` before it is written
    ///   - imageTokenizer: the tensors of `image_tokenizer.safetensors`
    ///   - seed: the key of the weights
    init(
        dtype: String = "F32", sampling: String? = TinyModel.sampling,
        imageTokenizer: [TensorSpec] = TinyModel.imageTokenizer, seed: UInt64 = 1, config: (String) -> String = { $0 }
    ) throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("weft-test-\(UUID().uuidString)")
        let model = root.appendingPathComponent("Models/tiny")
        let pictures = root.appendingPathComponent("out")
        folder = model.path
        output = pictures.path
        let files = FileManager.default
        try files.createDirectory(at: model, withIntermediateDirectories: true)
        try files.createDirectory(at: pictures, withIntermediateDirectories: true)
        try files.copyItem(
            at: TinyModel.project.appendingPathComponent("Tokenizers/weft-text.model"),
            to: model.appendingPathComponent("text.model"))
        try write(config(TinyModel.config), to: "config.json")
        if let sampling { try write(sampling, to: "generation_config.json") }
        var weights = RandomWeights(seed: seed, dtype: dtype)
        try weights.file(TinyModel.transformer).write(to: model.appendingPathComponent("transformer.safetensors"))
        try weights.file(imageTokenizer)
            .write(to: model.appendingPathComponent("image_tokenizer.safetensors"))
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    /// The folder that holds the model's, as `WEFT_MODELS` names it.
    var store: String { root.appendingPathComponent("Models").path }

    /// The path of a file in the model's folder.
    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Writes a file of the model's folder anew.
    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    /// Writes a weights file anew, from a list that was changed.
    func write(_ tensors: [TensorSpec], to name: String) throws {
        var weights = RandomWeights(seed: 1, dtype: "F32")
        try weights.file(tensors).write(to: URL(fileURLWithPath: path(name)))
    }

    /// The names of all files in ``output``, those that begin with a point too, and in its folders.
    var written: [String] {
        (FileManager.default.enumerator(atPath: output)?.compactMap { $0 as? String } ?? []).sorted()
    }

    /// The project's folder, found from this file; `Tokenizers` is in it.
    static let project: URL = {
        var place = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while place.path != "/" {
            if FileManager.default.fileExists(atPath: place.appendingPathComponent("Tokenizers/weft-text.model").path) {
                return place
            }
            place.deleteLastPathComponent()
        }
        return place
    }()
}

/// A tensor by name and shape.
struct TensorSpec: Equatable {
    var name: String
    var shape: [Int]

    init(_ name: String, _ shape: Int...) {
        self.name = name
        self.shape = shape
    }
}
