// Progress on stderr, and what --print-config prints.

import Foundation
import Testing

@Suite struct ProgressTests {
    private let tiny: TinyModel

    init() throws { tiny = try TinyModel() }

    private func run(_ style: String) throws -> Outcome {
        let outcome = try tiny.weft(
            "generate", "red", "-m", "tiny", "-s", "3", "--count", "2", "-o", "out", "--progress", style)
        #expect(outcome.code == 0)
        #expect(outcome.output == "")
        return outcome
    }

    /// The lines with all numbers of time taken off.
    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { line in
            String(line).replacing(/[0-9.]+ (s|tokens\/s)\b/) { "N \($0.output.1)" }
        }
    }

    @Test(arguments: ["plain", "auto"])
    func plainLinesAreForFilesAndPipes(style: String) throws {
        #expect(
            lines(try run(style).errors) == [
                "0/2 pictures, 32/32 tokens, N tokens/s, N s left", "out/0-3.png  seed 3", "out/1-4.png  seed 4",
                "2 pictures, 32 tokens in N s, N tokens/s",
            ])
    }

    @Test func noneSaysNothing() throws {
        #expect(try run("none").errors == "")
    }

    @Test func aBarIsTakenAwayInTheEnd() throws {
        let errors = try run("bar").errors
        #expect(errors.contains("\r████████████████████████ 0/2 pictures"))
        #expect(errors.contains("\r\u{1B}[Kout/0-3.png  seed 3\n"))
        #expect(!errors.contains("\u{1B}[36m"), "no colors where there is no terminal")
        #expect(errors.hasSuffix(" tokens/s\n"))
    }

    @Test func jsonIsAnObjectALine() throws {
        let events = try run("json").errors.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(events.map { $0["event"] as? String } == ["progress", "picture", "picture", "done"])
        #expect(
            Set(events[0].keys) == [
                "event", "pictures", "of", "tokens", "total_tokens", "tokens_per_second", "seconds_left",
            ])
        #expect(events[0]["tokens"] as? Int == 32 && events[0]["total_tokens"] as? Int == 32)
        #expect(events[1]["file"] as? String == "out/0-3.png" && events[1]["seed"] as? Int == 3)
        #expect(events[3]["pictures"] as? Int == 2 && events[3]["tokens"] as? Int == 32)
        #expect(events[3]["seconds"] is Double)
    }

    @Test func onePictureIsSingular() throws {
        let outcome = try tiny.weft("generate", "red", "-m", "tiny", "-s", "3", "-o", "a.png", "--progress", "plain")
        #expect(lines(outcome.errors).last == "1 picture, 16 tokens in N s, N tokens/s")
    }

    // MARK: - --print-config

    @Test func everySettingSaysWhereItComesFrom() throws {
        let outcome = try tiny.weft("generate", "-m", "tiny", "-s", "3", "-t", "2", "--print-config")
        #expect(outcome.code == 0 && outcome.errors == "")
        #expect(
            outcome.output == """
                model              \(tiny.folder) (flag)
                family             weft (model)
                size               16x16 (model)
                quality            low (16 tokens) (model)
                tokens             16 (default)
                seed               3 (flag)
                count              1 (default)
                temperature        0.9 (generation_config.json)
                top_k              0 (generation_config.json)
                top_p              1.0 (generation_config.json)
                min_p              0.0 (generation_config.json)
                guidance_scale     2.0 (generation_config.json)
                negative_prompt     (default)
                batch_size         as memory allows (default)
                threads            2 (flag)

                """)
        #expect(tiny.written == [])
    }

    @Test func flagsAreNamedEvenWithTheValueOfTheDefault() throws {
        let plain = try TinyModel(sampling: #"{"top_k": 5}"#)
        let outcome = try plain.weft(
            "generate", "red", "-m", plain.folder, "-s", "3", "-t", "1", "--count", "1", "--batch-size", "16", "--size",
            "16x16", "--quality", "low", "--temperature", "1", "--negative-prompt-tokens", "1,2", "--guidance-scale",
            "1.5", "--print-config")
        #expect(outcome.code == 0 && outcome.errors == "")
        #expect(
            outcome.output == """
                model              \(plain.folder) (flag)
                family             weft (model)
                size               16x16 (flag)
                quality            low (16 tokens) (flag)
                tokens             16 (default)
                seed               3 (flag)
                count              1 (flag)
                temperature        1.0 (flag)
                top_k              5 (generation_config.json)
                top_p              1.0 (library)
                min_p              0.0 (library)
                guidance_scale     1.5 (flag)
                negative_prompt    1,2 (flag)
                batch_size         16 (flag)
                threads            1 (flag)

                """)
    }
}
