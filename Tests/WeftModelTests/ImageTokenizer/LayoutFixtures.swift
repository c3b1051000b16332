// Access to the fixtures that scripts/fixtures/image_tokenizer_families.py makes.

import Foundation
import Testing
import WeftModel
import WeftTensor

/// A tiny image tokenizer in the layout of another project, with the numbers that its own code computed.
struct LayoutFixture: Sendable, CustomTestStringConvertible {
    /// Name and type of the file with the weights.
    let file: (name: String, type: String)
    /// Reads the layout.
    let read: @Sendable (_ files: [any TensorFile], _ encoder: Bool) throws -> ImageTokenizerLayout
    /// Whether the file has an encoder that can be used.
    let hasEncoder: Bool

    /// float16, two levels, unit-length codebook.
    static let llamaGen = LayoutFixture(
        file: ("llamagen", "ckpt"), read: { try .llamaGen($0, encoder: $1) }, hasEncoder: true)
    /// bfloat16, the names of transformers.
    static let janus = LayoutFixture(
        file: ("janus", "safetensors"), read: { try .janus($0, encoder: $1) }, hasEncoder: true)
    /// bfloat16, two widths, attention in the middle only, a description beside it.
    static let chameleon = LayoutFixture(
        file: ("chameleon", "ckpt"),
        read: { try .taming($0, encoder: $1, description: description("chameleon")) }, hasEncoder: true)
    /// float16, two widths, temporal blocks, attention as 1x1 convolutions.
    static let emu3 = LayoutFixture(
        file: ("emu3", "safetensors"), read: { try .emu3($0, encoder: $1) }, hasEncoder: false)
    /// bfloat16, attention as linear layers.
    static let emu3Transformers = LayoutFixture(
        file: ("emu3_transformers", "safetensors"), read: { try .emu3($0, encoder: $1) }, hasEncoder: false)
    /// float32, attention at both levels.
    static let ibq = LayoutFixture(
        file: ("ibq", "ckpt"), read: { try .taming($0, encoder: $1, description: description("ibq")) },
        hasEncoder: false)
    static let all = [llamaGen, janus, chameleon, emu3, emu3Transformers, ibq]
    /// Rows and columns of the grids.
    static let grids = [(3, 5), (4, 2)]

    var testDescription: String { file.name }

    func weights() throws -> any TensorFile { try TensorFiles.open(layoutURL(file.name, file.type).path) }

    func layout(encoder: Bool = false) throws -> ImageTokenizerLayout { try read([weights()], encoder) }

    /// Floats of the expected numbers, such as `decode.3x5.pixels`.
    func expected(_ key: String) throws -> [Float] {
        let expected = try SafeTensors(path: layoutURL("\(file.name)_expected", "safetensors").path)
        return try #require(expected[key], "\(key)").floats()
    }

    private static func description(_ name: String) throws -> String { try layoutURL(name, "yaml").path }
}

/// The file of that name among the fixtures of layouts.
func layoutURL(_ name: String, _ type: String) throws -> URL {
    try #require(
        Bundle.module.url(
            forResource: name, withExtension: type, subdirectory: "Fixtures/image_tokenizer_families"))
}

/// A file with other names, and with tensors left out, added or of another shape.
struct ChangedFile: TensorFile {
    private let tensors: [String: Tensor]
    let path = "changed"
    let entries: [TensorEntry]

    init(_ file: any TensorFile, _ change: (inout [String: Tensor]) -> Void) throws {
        var tensors: [String: Tensor] = [:]
        for name in file.names { tensors[name] = try file.tensor(name) }
        change(&tensors)
        self.tensors = tensors
        entries = tensors.map { name, tensor in
            let byteCount = tensor.count * tensor.dtype.size
            return TensorEntry(name: name, dtype: tensor.dtype.rawValue, shape: tensor.shape, byteCount: byteCount)
        }.sorted { $0.name < $1.name }
    }

    /// The same tensors with `prefix` before their names.
    init(_ file: any TensorFile, prefix: String) throws {
        try self.init(file) { $0 = Dictionary(uniqueKeysWithValues: $0.map { (prefix + $0, $1) }) }
    }

    func entry(_ name: String) -> TensorEntry? { entries.first { $0.name == name } }
    func tensor(_ name: String) -> Tensor? { tensors[name] }
}
