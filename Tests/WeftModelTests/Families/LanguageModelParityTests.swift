// Language models against transformers, LlamaGen against its authors' code.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct LanguageModelParityTests {
    private let pool = ThreadPool(threadCount: 2)

    /// Draws a picture and compares every step; `values` has one prefix, or two for guidance.
    private func draw(
        _ fixture: LanguageModelFixture, _ decoder: WeftModel.Decoder, _ prefixes: [[Float]], _ logits: [Float]
    ) throws -> [Int] {
        let expected = try fixture.expected()
        let state = decoder.makeState(rows: 2, prefixCapacity: 10, fedCapacity: 20, tokensPerStep: 2, pool: pool)
        try state.prefill(prefixes.enumerated().map { fixture.prefix($0.offset, $0.element) })
        var codes: [Int] = []
        let size = expected.codes * prefixes.count
        for step in 0..<logits.count / size {
            let rows = prefixes.indices.map { state.copiedLogits($0) }
            #expect(relativeDifference(rows.flatMap { $0 }, logits[step * size..<(step + 1) * size]) < 1e-4)
            let scores =
                rows.count == 1 ? rows[0] : zip(rows[0], rows[1]).map { $1 + ($0 - $1) * expected.guidanceScale }
            codes.append(scores.indices.max { scores[$0] < scores[$1] } ?? 0)
            let fed = expected.fed(codes[step], at: step)
            try state.step(
                rows: prefixes.indices.flatMap { row in fed.map { _ in row } },
                tokens: prefixes.indices.flatMap { _ in fed })
        }
        return codes
    }

    @Test(arguments: LanguageModelFixture.all)
    func guidedPictures(_ fixture: LanguageModelFixture) throws {
        let expected = try fixture.expected()
        let codes = try draw(
            fixture, fixture.decoder(), [expected.conditional, expected.unconditional], expected.guidedLogits)
        #expect(codes == expected.guided)
    }

    @Test(arguments: LanguageModelFixture.all)
    func unguidedPictures(_ fixture: LanguageModelFixture) throws {
        let expected = try fixture.expected()
        #expect(
            try draw(fixture, fixture.decoder(), [expected.conditional], expected.plainLogits) == expected.plain)
    }

    @Test(arguments: LanguageModelFixture.all)
    func manyTokensInOneCall(_ fixture: LanguageModelFixture) throws {
        let (expected, decoder) = (try fixture.expected(), try fixture.decoder())
        let fed = expected.guided.dropLast().enumerated().flatMap { expected.fed($0.element, at: $0.offset) }
        let prefixes = [fixture.prefix(0, expected.conditional), fixture.prefix(1, expected.unconditional)]
        var bits: [[[UInt32]]] = []
        for tokensPerStep in [1, 3, 20] {
            let state = decoder.makeState(
                rows: 2, prefixCapacity: 10, fedCapacity: 20, tokensPerStep: tokensPerStep, pool: pool)
            try state.prefill(prefixes)
            let rows = [Int](repeating: 0, count: fed.count) + [Int](repeating: 1, count: fed.count)
            try state.step(rows: rows, tokens: fed + fed)
            let logits = state.copiedLogits(0) + state.copiedLogits(1)
            #expect(relativeDifference(logits, expected.guidedLogits.suffix(2 * expected.codes)) < 1e-4)
            bits.append([state.bits(0), state.bits(1)])
        }
        let state = decoder.makeState(rows: 2, prefixCapacity: 10, fedCapacity: 20, pool: pool)
        try state.prefill(prefixes)
        for token in fed { try state.step(rows: [1, 0], tokens: [token, token]) }
        bits.append([state.bits(0), state.bits(1)])
        #expect(bits.allSatisfy { $0 == bits[0] })
    }

    @Test func emu3Point5IsEmu3WithQueryNorms() throws {
        let fixture = LanguageModelFixture.qwen3
        let expected = try fixture.expected()
        var configuration = try JSONFile.decode(
            LanguageModelConfiguration.self,
            from: fixture.json { $0.replacingOccurrences(of: "\"qwen3\"", with: "\"Emu3\"") }, path: "config.json")
        #expect(configuration.queryKeyNorm == .none)
        #expect(throws: WeightsError.self) { try fixture.decoder(configuration) }  // the norms are left over
        configuration.queryKeyNorm = .rms
        let codes = try draw(fixture, fixture.decoder(configuration), [expected.conditional], expected.plainLogits)
        #expect(codes == expected.plain)
    }

    @Test func equalEmbeddingsAreComputedOnce() throws {
        let fixture = LanguageModelFixture.captions
        let expected = try fixture.expected()
        let state = try fixture.decoder().makeState(rows: 3, prefixCapacity: 9, fedCapacity: 1, pool: pool)
        let values = [expected.conditional, expected.unconditional, expected.conditional]
        try state.prefill(values.enumerated().map { fixture.prefix($0.offset, $0.element) })
        #expect(state.tokenCount == 18)
        #expect(state.bits(0) == state.bits(2) && state.bits(0) != state.bits(1))
    }

    /// Fixture, a change of its `config.json`, and what the change is.
    static let changes: [(String, String, String)] = [
        ("llama", "\"factor\": 8.0", "\"factor\": 4.0"),
        ("llama", "\"high_freq_factor\": 4.0", "\"high_freq_factor\": 2.0"),
        ("mistral", "\"factor\": 4.0", "\"factor\": 2.0"), ("qwen2", "\"factor\": 2.0", "\"factor\": 1.0"),
        ("mistral", "embeddings\": 16", "embeddings\": 64"),
        ("qwen3_moe", "\"norm_topk_prob\": true", "\"norm_topk_prob\": false"),
        ("mixtral", "\"num_experts_per_tok\": 2", "\"num_experts_per_tok\": 1"),
        ("gemma", "gelu_pytorch_tanh", "silu"), ("chameleon_swin", "\"swin_norm\": true", "\"swin_norm\": false"),
        ("emu3", "1000000.0", "10000.0"),
    ]

    @Test(arguments: changes)
    func theFixturesSeeEachOption(name: String, old: String, new: String) throws {
        let fixture = try #require(LanguageModelFixture.all.first { $0.name == name })
        let expected = try fixture.expected()
        let json = try fixture.json { $0.replacingOccurrences(of: old, with: new) }
        #expect(try json != fixture.json { $0 })
        let configuration = try JSONDecoder().decode(LanguageModelConfiguration.self, from: json)
        let state = try fixture.decoder(configuration).makeState(
            rows: 1, prefixCapacity: 10, fedCapacity: 20, pool: ThreadPool(threadCount: 1))
        try state.prefill([fixture.prefix(0, expected.conditional)])
        let fed = expected.plain.dropLast().enumerated().flatMap { expected.fed($0.element, at: $0.offset) }
        try state.extend(row: 0, tokens: fed)
        #expect(relativeDifference(state.copiedLogits(0), expected.plainLogits.suffix(expected.codes)) > 1e-3)
    }
}

/// The largest difference over the largest expected magnitude; infinite if the counts differ.
func relativeDifference(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
    logitDifference(a, b) / (b.map(abs).max() ?? 0)
}
