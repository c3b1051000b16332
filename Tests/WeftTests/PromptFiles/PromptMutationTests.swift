// Files that are damaged at random are read or refused, and what is read stays the same.

import Foundation
import Testing
import WeftSampling

@testable import Weft

@Suite struct PromptMutationTests {
    private static let seeds: [(PromptFormat, String)] = [
        (.text, "# c\r\na red fox, {2$$a|b}\n\n__w__ \\{x\\} {3::狐|}\n"),
        (
            .jsonLines,
            #"""
            {"id": "a", "prompt": "{a|b} \ud83e\udd8a", "seed": 18446744073709551615, "facts": {"k": [1, null]}, "top_p": 0.5}
            {"custom_id": "b", "method": "POST", "url": "/v1/images/generations", "body": {"prompt": "c", "n": 3}}
            """#
        ),
        (.csv, "id,prompt,seed,facts\r\na,\"b, \"\"c\"\"\nd\",7,\"{\"\"k\"\": 1}\"\r\n,{1-2$$ and $$e|f},,\n"),
    ]

    /// Changes a few bytes.
    private func damage(_ text: String, _ random: inout CounterRandom) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...5, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            case 2:
                let bytesOfSyntax = Array("{}[]\",:\\|$_-09\n\r#e.".utf8)
                bytes.insert(bytesOfSyntax[Int.random(in: bytesOfSyntax.indices, using: &random)], at: place)
            default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 12)], at: place)
            }
        }
        return bytes
    }

    @Test func damagedFilesAreReadOrRefused() throws {
        var read = 0
        var refused = 0
        for number in 0..<3000 {
            var random = CounterRandom(seed: 11, tokenIndex: UInt64(number))
            let (format, text) = Self.seeds[number % Self.seeds.count]
            let bytes = damage(text, &random)
            do {
                let file = try PromptFile(bytes, format: format, path: "a" + format.rawValue)
                let lines = file.rows.map(\.json)
                let again = try PromptFile(
                    Array(lines.joined(separator: "\n").utf8), format: .jsonLines, path: "b.jsonl")
                #expect(again.rows.map(\.json) == lines)
                #expect(again.rows.flatMap { $0.pictures(jobSeed: 0).map(\.id) }.count == file.pictureCount)
                read += 1
            } catch let error as PromptFileError {
                #expect(error.count > 0 && "\(error)".utf8.count < 20_000)
                refused += 1
            }
        }
        // Neither is the rule.
        #expect(read > 300 && refused > 300)
    }

    @Test func damagedTemplatesAreExpandedOrRefused() throws {
        var expanded = 0
        for number in 0..<2000 {
            var random = CounterRandom(seed: 12, tokenIndex: UInt64(number))
            let text = String(decoding: damage("a {2$$ & $$b|{c|d}|} {3::e|f} \\{ {1-$$g|h}", &random), as: UTF8.self)
            guard let template = try? TemplateParser.parse(text, wildcards: Wildcards(folder: "none")) else { continue }
            guard template.count <= 10_000 else { continue }
            let prompts = try template.prompts()
            #expect(prompts.count == template.count)
            #expect(Set(prompts).isSuperset(of: try (0..<5).map { _ in try template.prompt(&random) }))
            expanded += 1
        }
        #expect(expanded > 500)
    }
}
