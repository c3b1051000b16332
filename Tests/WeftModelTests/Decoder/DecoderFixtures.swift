// Access to the fixtures that scripts/fixtures/decoder.py makes.

import Foundation
import Testing
import WeftModel
import WeftTensor

/// A tiny decoder with the logits that PyTorch computed for it.
struct DecoderFixture: Sendable, CustomTestStringConvertible {
    /// Name of the files.
    let name: String

    /// Grid, half-split pairs, negative prefix, grouped queries, query norm, softmax router, bfloat16.
    static let grid = DecoderFixture(name: "grid")
    /// Grid, interleaved pairs, zeroed prefix, dense, float32.
    static let llamaGen = DecoderFixture(name: "llamagen")
    /// One dimension, biases, norm offset, tied head, sigmoid router with bias, shared experts, float16.
    static let sequence = DecoderFixture(name: "sequence")
    /// One dimension, interleaved pairs, one key head, GELU by erf, renormalised sigmoid router, float32.
    static let erf = DecoderFixture(name: "erf")
    static let all = [grid, llamaGen, sequence, erf]

    /// One sequence and what the reference says of it.
    struct Case: Sendable {
        let prefix: [Int]
        let columns: Int
        let visual: [Int]
        /// `[1 + visual, visualVocabulary]`
        let logits: [Float]
        let greedy: [Int]
    }

    var testDescription: String { name }

    func configuration() throws -> DecoderConfiguration {
        let data = try Data(contentsOf: file("decoder_\(name)", "json"))
        return try JSONDecoder().decode(DecoderConfiguration.self, from: data)
    }

    func decoder() throws -> WeftModel.Decoder {
        let reader = TensorReader([try SafeTensors(path: file("decoder_\(name)", "safetensors").path)])
        let decoder = try WeftModel.Decoder(configuration(), tensors: reader)
        try reader.finish()
        return decoder
    }

    /// `[textVocabulary, hiddenSize]`
    func textEmbeddings() throws -> [Float] {
        let weights = try SafeTensors(path: file("decoder_\(name)", "safetensors").path)
        return try #require(weights["text_embedding.weight"]).floats()
    }

    func cases() throws -> [Case] {
        let expected = try SafeTensors(path: file("decoder_\(name)_expected", "safetensors").path)
        return try ["first", "second", "long"].map { name in
            func floats(_ part: String) throws -> [Float] { try #require(expected["\(name).\(part)"]).floats() }
            return Case(
                prefix: try floats("prefix").map { Int($0) }, columns: Int(try floats("columns")[0]),
                visual: try floats("visual").map { Int($0) }, logits: try floats("logits"),
                greedy: try floats("greedy").map { Int($0) })
        }
    }

    private func file(_ name: String, _ type: String) throws -> URL {
        try #require(Bundle.module.url(forResource: name, withExtension: type, subdirectory: "Fixtures"))
    }
}

extension DecoderState {
    /// Feeds one visual token to each row.
    func step(rows: [Int], tokens: [Int]) throws { try step(rows: rows, tokens: tokens.map(FedToken.visual)) }

    /// Feeds visual tokens to one row.
    func extend(row: Int, tokens: [Int]) throws { try extend(row: row, tokens: tokens.map(FedToken.visual)) }

    /// A copy of a row's logits.
    func copiedLogits(_ row: Int) -> [Float] { Array(logits(row)) }

    /// The bits of a row's logits.
    func bits(_ row: Int) -> [UInt32] { logits(row).map(\.bitPattern) }

    /// The token with the largest logit.
    func best(_ row: Int) -> Int { logits(row).indices.max { logits(row)[$0] < logits(row)[$1] } ?? 0 }
}

/// The largest difference; infinite if the counts differ or a difference is no number.
func logitDifference(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).map { ($0 - $1).isFinite ? abs($0 - $1) : .infinity }.max() ?? 0
}
