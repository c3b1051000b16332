// Access to the fixtures that scripts/fixtures/image_tokenizer.py and image_tokenizer_heads.py make.

import Foundation
import Testing
import WeftModel
import WeftTensor

/// A tiny tokenizer with the numbers that PyTorch computed for it.
struct TokenizerFixture: Sendable, CustomTestStringConvertible {
    /// Name of the files.
    let name: String
    /// Largest difference of a pixel.
    let tolerance: Float

    /// Group norm, attention, unit-length codebook, float32.
    static let llamaGen = TokenizerFixture(name: "llamagen", tolerance: 2e-5)
    /// Channel norm, patches, finite-scalar codebook, bfloat16.
    static let scalar = TokenizerFixture(name: "scalar", tolerance: 2e-5)
    /// As `scalar`, with an encoder that looks at one square of pixels at a time.
    static let local = TokenizerFixture(name: "local", tolerance: 2e-5)
    /// A linear encoder, heads of the scales 1, 2 and 4, bfloat16.
    static let heads = TokenizerFixture(name: "heads", tolerance: 2e-5)
    /// Those with levels in the encoder and one scale.
    static let all = [llamaGen, scalar, local]
    /// Rows and columns of the grids.
    static let grids = [(3, 5), (4, 4)]

    var testDescription: String { name }

    func configuration() throws -> ImageTokenizerConfiguration {
        let data = try Data(contentsOf: url("image_tokenizer_\(name)", "json"))
        return try JSONDecoder().decode(ImageTokenizerConfiguration.self, from: data)
    }

    func weights() throws -> SafeTensors { try SafeTensors(path: url("image_tokenizer_\(name)", "safetensors").path) }

    func tokenizer(_ arithmetic: ConvolutionArithmetic? = nil) throws -> ImageTokenizer {
        let reader = TensorReader([try weights()])
        let tokenizer = try ImageTokenizer(configuration(), tensors: reader, arithmetic: arithmetic)
        try reader.finish()
        return tokenizer
    }

    /// Floats of the expected numbers, such as `decode.3x5.pixels`.
    func expected(_ key: String) throws -> [Float] {
        let file = try SafeTensors(path: url("image_tokenizer_\(name)_expected", "safetensors").path)
        return try #require(file[key], "\(key)").floats()
    }
}

/// The file of that name among the fixtures.
func url(_ name: String, _ type: String) throws -> URL {
    try #require(Bundle.module.url(forResource: name, withExtension: type, subdirectory: "Fixtures"))
}

/// The largest difference between two arrays; infinite if their counts differ or one has a value that is no number.
func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).map { ($0 - $1).isFinite ? abs($0 - $1) : .infinity }.max() ?? 0
}

/// Expects that a fixture's configuration with `new` in place of `old` is refused with `message`.
func expectMistake(_ name: String, old: String, new: String, message: String) throws {
    let text = try String(contentsOf: url(name, "json"), encoding: .utf8)
    // One line without the spaces that Python puts into lists.
    let json = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
        .replacingOccurrences(of: "[ ", with: "[").replacingOccurrences(of: " ]", with: "]")
    try #require(json.contains(old), "\(json)")
    let changed = json.replacingOccurrences(of: old, with: new)
    let error = #expect(throws: ImageTokenizerError.self) {
        try JSONDecoder().decode(ImageTokenizerConfiguration.self, from: Data(changed.utf8))
    }
    #expect(error?.code == .configuration)
    #expect(error?.description == "image_tokenizer.\(message)")
}
