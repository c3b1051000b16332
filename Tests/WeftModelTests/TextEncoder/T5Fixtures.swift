// Access to the fixtures that scripts/fixtures/text_encoder.py makes.

import Foundation
import Testing
import WeftModel
import WeftTensor

/// A tiny T5 encoder with the features that transformers computed.
struct T5Fixture: Sendable, CustomTestStringConvertible {
    let name: String
    /// Names of the weights files and of the configuration.
    let files: [String]
    let config: String

    /// Gated GELU, float32, in a file with tensors of a decoder that nothing can read.
    static let gated = T5Fixture(name: "t5_gated", files: ["t5_gated.safetensors"], config: "t5_gated.json")
    /// ReLU, bfloat16, other buckets, two files, the embedding under its other name.
    static let relu = T5Fixture(
        name: "t5_relu", files: ["t5_relu_1.safetensors", "t5_relu_2.safetensors"], config: "t5_relu.json")
    /// Gated GELU, float16, a folder with a text model.
    static let text = T5Fixture(
        name: "t5_text", files: ["t5_text/model.safetensors"], config: "t5_text/config.json")
    static let all = [gated, relu, text]

    var testDescription: String { name }

    static func path(_ name: String) throws -> String {
        try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil)).path
    }

    func weights() throws -> [any TensorFile] { try files.map { try SafeTensors(path: Self.path($0)) } }

    func configuration() throws -> T5Configuration {
        try JSONFile.read(T5Configuration.self, from: Self.path(config))
    }

    func encoder() throws -> T5Encoder { try T5Encoder(configuration: configuration(), files: weights()) }

    /// A text's tokens and features `[tokens, modelSize]`; `key` is `long`, `short` or `one`.
    func expected(_ key: String) throws -> (tokens: [Int], features: [Float]) {
        let file = try SafeTensors(path: Self.path("\(name)_expected.safetensors"))
        return (
            try #require(file["\(key).tokens"]).floats().map { Int($0) },
            try #require(file["\(key).features"]).floats()
        )
    }
}
