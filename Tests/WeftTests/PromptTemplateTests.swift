// Prompts in words become the prefixes that the references make of them.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct PromptTemplateTests {
    private struct Pair: Decodable {
        let prompt: String
        let rows: Int
        let columns: Int
        let tokens: [Int]
    }

    private func folder(_ name: String) throws -> String {
        try #require(
            Bundle.module.url(forResource: "checkpoints/\(name)", withExtension: nil, subdirectory: "Fixtures")
        ).path
    }

    /// The prefixes of both rows, by a copy of the model that has room for long prompts.
    private func prefixes(_ name: String, _ prompt: String, rows: Int, columns: Int) throws -> ([Int], [Int]) {
        let copy = FileManager.default.temporaryDirectory.appending(path: "weft-prompts-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: copy) }
        try FileManager.default.copyItem(atPath: folder(name) + "/model", toPath: copy)
        let config = try String(contentsOfFile: "\(copy)/config.json", encoding: .utf8)
        try config.replacing(/"max_position_embeddings": \d+/, with: "\"max_position_embeddings\": 512")
            .write(toFile: "\(copy)/config.json", atomically: true, encoding: .utf8)
        let prompts = try #require(try Checkpoint.open(copy).prompts)
        let request = PromptRequest(
            prompt: .text(prompt), negative: nil, isGuided: true, rows: rows, columns: columns)
        let prefixes = try prompts.prefixes(for: request, pool: ThreadPool(threadCount: 1))
        guard case .tokens(let conditional) = prefixes.conditional, case .tokens(let other)? = prefixes.unconditional
        else { throw PromptError("no tokens") }
        return (conditional, other)
    }

    /// The reference's prompts have its praise in them, which Weft adds by itself.
    @Test func emu3AddsPraiseSizeAndNegativePrompt() throws {
        let praise = " masterpiece, film grained, best quality."
        let data = try Data(contentsOf: URL(filePath: folder("emu3_hf") + "/expected/prompts.json"))
        let pairs = try JSONDecoder().decode([Pair].self, from: data)
        let whole = pairs.filter { $0.prompt.hasSuffix(praise) }
        #expect(!whole.isEmpty)
        for pair in whole {
            let (prompt, other) = try prefixes(
                "emu3_hf", String(pair.prompt.dropLast(praise.count)), rows: pair.rows, columns: pair.columns)
            #expect(prompt == pair.tokens)
            let suffix = pair.tokens.suffix(5)  // begin of picture, 3, *, 2, begin of tokens
            #expect(other.first == prompt.first && other.suffix(5) == suffix && other.count > 20)
        }
    }

    @Test func janusPadsAllButTheEnds() throws {
        let (prompt, other) = try prefixes("janus_hf", "a red fox", rows: 5, columns: 5)
        #expect(prompt.count == other.count)
        #expect(prompt.first == other.first && prompt.last == other.last)
        #expect(Set(other.dropFirst().dropLast()).count == 1)
    }
}
