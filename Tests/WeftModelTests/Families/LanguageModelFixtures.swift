// Access to the fixtures that scripts/fixtures/language_models.py makes.

import Foundation
import Testing
import WeftModel
import WeftTensor

/// A tiny language model with the pictures that its reference draws.
struct LanguageModelFixture: Sendable, CustomTestStringConvertible {
    /// How its files are laid out.
    enum Layout: Sendable {
        case transformers(prefix: String, head: String)
        case janus
        case chameleon
        case llamaGen
    }

    /// Name of the files.
    let name: String
    let layout: Layout

    init(_ name: String, _ layout: Layout = .transformers(prefix: "model.", head: "lm_head.weight")) {
        self.name = name
        self.layout = layout
    }

    static let llama = LanguageModelFixture("llama")
    static let qwen3 = LanguageModelFixture("qwen3")
    static let qwen3MoE = LanguageModelFixture("qwen3_moe")
    static let chameleon = LanguageModelFixture("chameleon")
    static let janus = LanguageModelFixture("janus", .janus)
    static let llamaGen = LanguageModelFixture("llamagen", .llamaGen)
    static let captions = LanguageModelFixture("llamagen_captions", .llamaGen)
    static let all = [
        llama, LanguageModelFixture("mistral"), LanguageModelFixture("qwen2"), qwen3, qwen3MoE,
        LanguageModelFixture("mixtral"), LanguageModelFixture("gemma"), chameleon,
        LanguageModelFixture("chameleon_original", .chameleon), LanguageModelFixture("chameleon_swin"),
        LanguageModelFixture("emu3", .transformers(prefix: "text_model.model.", head: "text_model.lm_head.weight")),
        janus, llamaGen, captions,
    ]

    var testDescription: String { name }

    /// What the reference says.
    struct Expected {
        let conditional: [Float]
        let unconditional: [Float]
        /// The token ids of the codes.
        let visual: Range<Int>
        /// Codes of a row of the picture, which a text token ends; 0 if none does.
        let columns: Int
        let rowEnd: Int
        let guided: [Int]
        /// `[steps, 2, codes]`: conditional, unconditional.
        let guidedLogits: [Float]
        let plain: [Int]
        /// `[steps, codes]`
        let plainLogits: [Float]
        let guidanceScale: Float = 3

        var codes: Int { plainLogits.count / plain.count }

        /// What a row is fed for the code of that index in the picture.
        func fed(_ code: Int, at index: Int) -> [FedToken] {
            columns > 0 && (index + 1) % columns == 0 ? [.visual(code), .text(rowEnd)] : [.visual(code)]
        }
    }

    func expected() throws -> Expected {
        let file = try SafeTensors(path: path("_expected.safetensors"))
        func floats(_ name: String) throws -> [Float] { try #require(file[name]).floats() }
        func integers(_ name: String) throws -> [Int] { file[name]?.floats().map { Int($0) } ?? [] }
        let visual = try integers("visual")
        return Expected(
            conditional: try floats("conditional"), unconditional: try floats("unconditional"),
            visual: visual.isEmpty ? 0..<0 : visual[0]..<visual[1], columns: try integers("columns").first ?? 0,
            rowEnd: try integers("row_end").first ?? 0, guided: try integers("guided"),
            guidedLogits: try floats("guided.logits"), plain: try integers("plain"),
            plainLogits: try floats("plain.logits"))
    }

    func configuration() throws -> LanguageModelConfiguration {
        try JSONFile.read(LanguageModelConfiguration.self, from: path(".json"))
    }

    /// The bytes of its `config.json` after a change of the text.
    func json(_ change: (String) -> String) throws -> Data {
        Data(change(try String(contentsOfFile: path(".json"), encoding: .utf8)).utf8)
    }

    func weights() throws -> SafeTensors { try SafeTensors(path: path(".safetensors")) }

    /// The decoder's configuration and names, by way of what a user of the package calls.
    func parts(_ configuration: LanguageModelConfiguration? = nil) throws -> (DecoderConfiguration, TensorNames) {
        let (file, expected) = (try weights(), try expected())
        func shape(_ name: String) -> [Int]? { file.entry(name)?.shape }
        switch layout {
        case .transformers(let prefix, let head):
            let configuration = try configuration ?? self.configuration()
            return (
                try configuration.decoder(visual: expected.visual),
                configuration.names(prefix: prefix, head: head, visual: expected.visual)
            )
        case .janus:
            return (
                try self.configuration().projectedDecoder(codes: 50, codeSize: 8),
                LanguageModelConfiguration.janusNames(.transformers)
            )
        case .chameleon:
            return try LanguageModelConfiguration.originalChameleon(shape: shape, heads: 3, visual: expected.visual)
        case .llamaGen:
            return try LanguageModelConfiguration.llamaGen(shape: shape, heads: 3)
        }
    }

    func decoder(_ configuration: LanguageModelConfiguration? = nil) throws -> WeftModel.Decoder {
        let (decoder, names) = try parts(configuration)
        let reader = TensorReader([try weights()], names: names)
        let result = try WeftModel.Decoder(decoder, tensors: reader)
        try reader.finish()
        return result
    }

    /// The prefix of a row: tokens, or for captions embeddings.
    func prefix(_ row: Int, _ values: [Float]) -> Prefix {
        name == LanguageModelFixture.captions.name
            ? Prefix(row: row, embeddings: values, columns: 4)
            : Prefix(row: row, tokens: values.map { Int($0) }, columns: 4)
    }

    private func path(_ ending: String) throws -> String {
        let file = "language_model_\(name)\(ending)"
        return try #require(Bundle.module.url(forResource: "Fixtures/\(file)", withExtension: nil)).path
    }
}
