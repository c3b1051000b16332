// Tiny checkpoints of every family, written by the reference implementations, with what these made of them.

import Foundation
import Testing
import Weft
import WeftModel
import WeftTensor

/// One run of a reference implementation.
struct ReferenceCase: Decodable, Sendable, CustomTestStringConvertible {
    var folder = ""
    let name: String
    let prompt: String?
    let promptTokens: [Int]?
    let label: Int?
    let features: String?
    let negativePromptTokens: [Int]?
    let guidanceScale: Float
    let rows: Int
    let columns: Int
    let tokens: [Int]
    let logits: String?
    let logitSteps: Int?
    let pixels: String?
    let bytes: String?

    enum CodingKeys: String, CodingKey {
        case prompt, features, rows, columns, tokens, logits, pixels, bytes
        case name = "case"
        case promptTokens = "prompt_tokens"
        case label = "class"
        case negativePromptTokens = "negative_prompt_tokens"
        case guidanceScale = "guidance_scale"
        case logitSteps = "logit_steps"
    }

    var testDescription: String { "\((folder as NSString).lastPathComponent) \(name)" }

    /// The folder that a user would point at.
    var model: String { "\(folder)/model" }

    func floats(_ file: String) throws -> [Float] {
        try Data(contentsOf: URL(filePath: "\(folder)/expected/\(file)")).withUnsafeBytes { raw in
            (0..<raw.count / 4).map { raw.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
        }
    }

    /// What a user would ask for.
    func request(_ model: Model) throws -> GenerationRequest {
        let prompt: GenerationRequest.Prompt =
            if let promptTokens {
                .tokens(promptTokens)
            } else if let label {
                .label(label)
            } else if let features {
                .features(try floats(features))
            } else {
                .text(prompt ?? "")
            }
        var sampling = model.defaultSampling
        sampling.temperature = 0
        sampling.guidanceScale = guidanceScale
        let size = try #require(
            model.sizes.first { $0.rows == rows && $0.columns == columns }, "\(model.sizes) has no \(rows) x \(columns)"
        )
        return GenerationRequest(
            prompt: prompt, negativePrompt: guidanceScale == 1 ? nil : negativePromptTokens.map { .tokens($0) },
            seed: 1,
            size: size, sampling: sampling)
    }

    static let all: [ReferenceCase] = {
        guard let root = Bundle.module.url(forResource: "checkpoints", withExtension: nil, subdirectory: "Fixtures"),
            let names = try? FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
        else { return [] }
        return names.flatMap { name -> [ReferenceCase] in
            let folder = root.appending(path: name).path
            guard let data = FileManager.default.contents(atPath: "\(folder)/expected/expected.json"),
                var cases = try? JSONDecoder().decode([ReferenceCase].self, from: data)
            else { return [] }
            for index in cases.indices { cases[index].folder = folder }
            return cases
        }
    }()
}

@Suite struct CheckpointTests {
    @Test func thereAreCasesOfEveryFamily() {
        let families = Set(
            ReferenceCase.all.compactMap { try? ModelDescription(folder: $0.model).family })
        for family in ["llamagen", "janus", "emu3", "chameleon", "lumina-mgpt", "liquid", "emu3.5", "causal-lm"] {
            #expect(families.contains(family), "\(families)")
        }
    }

    @Test(arguments: ReferenceCase.all)
    func tokensLogitsAndPixelsAreTheReferences(_ reference: ReferenceCase) throws {
        // References keep keys and values in float32.
        let model = try Model(at: reference.model, cache: .f32)
        let request = try reference.request(model)
        let expected = try reference.logits.map { try reference.floats($0) }
        var logits: [Float] = []
        var tokens: [Int] = []
        var picture: Picture?
        try model.draw(
            [request], DrawingOptions(threads: 2, batchSize: 1, paints: model.description.canDecode),
            logits: { _, _, row in if logits.count < expected?.count ?? 0 { logits += row } }
        ) { event in
            switch event {
            case .picture(let drawn): (tokens, picture) = (drawn.tokens.tokens, drawn.picture)
            case .tokens(let made): tokens = made.tokens.tokens
            default: break
            }
            return true
        }
        #expect(tokens == reference.tokens)
        if let expected { try compare(logits, expected, "logits") }
        guard let file = reference.bytes else { return }
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(reference.folder)/expected/\(file)")))
        let pixels = try #require(picture).pixels
        #expect(pixels.count == bytes.count)
        // Where weights have 16 bits, pictures are multiplied in bfloat16, and random weights magnify the rounding: 35 dB.
        let squares = zip(pixels, bytes).map { a, b in (Int(a) - Int(b)) * (Int(a) - Int(b)) }
        #expect(squares.reduce(0, +) <= bytes.count * 20)
    }

    @Test(arguments: ReferenceCase.all.filter { $0.pixels != nil })
    func pixelsBeforeRoundingAreTheReferences(_ reference: ReferenceCase) throws {
        let checkpoint = try Checkpoint.open(reference.model)
        let tokenizer = try #require(try checkpoint.makeImageTokenizer(arithmetic: .float32))
        let expected = try reference.floats(try #require(reference.pixels))
        let workspace = try ImageTokenizer.Workspace(
            tokenizer.configuration, rows: reference.rows, columns: reference.columns)
        let pixels = try tokenizer.decode(
            tokens: reference.tokens, rows: reference.rows, columns: reference.columns, workspace: workspace,
            pool: ThreadPool(threadCount: 2))
        #expect(pixels.count == expected.count)
        for (pixel, other) in zip(pixels, expected) where !(abs(pixel - other) <= 1e-4) {
            Issue.record("a pixel is \(pixel) instead of \(other)")
            break
        }
        guard let file = reference.bytes else { return }
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(reference.folder)/expected/\(file)")))
        // A colour that stands on the border between two bytes may fall to either side of it.
        let rounded = ImageTokenizer.bytes(pixels: pixels, rounding: tokenizer.rounding)
        let different = zip(rounded, bytes).filter { $0 != $1 }
        #expect(rounded.count == bytes.count && different.allSatisfy { abs(Int($0) - Int($1)) <= 1 })
        #expect(different.count * 2000 <= bytes.count, "\(different.count) of \(bytes.count) bytes differ")
    }

    /// Values within 1e-4 of the largest one.
    private func compare(_ values: [Float], _ expected: [Float], _ name: String) throws {
        try #require(values.count == expected.count, "\(name): \(values.count) instead of \(expected.count)")
        let scale = max(1e-6, expected.map { abs($0) }.max() ?? 0)
        let worst = zip(values, expected).map { abs($0 - $1) }.max() ?? 0
        #expect(worst <= 1e-4 * scale, "\(name) differ by \(worst) of \(scale)")
    }
}
