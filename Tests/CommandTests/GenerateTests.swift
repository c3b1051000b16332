// weft generate: what it writes, and where.

import Foundation
import Testing
import WeftPixels

@Suite struct GenerateTests {
    private let tiny: TinyModel

    init() throws { tiny = try TinyModel() }

    private func picture(_ name: String) throws -> (Picture, [TextChunk]) {
        try PNG.read(path: "\(tiny.output)/\(name)")
    }

    private func seed(_ name: String) throws -> UInt64? { try GenerationMetadata(picture(name).1)?.seed }

    @Test func aPictureIsWrittenAndNothingElseIsSaid() throws {
        let outcome = try tiny.weft(
            "generate", "a red circle", "-m", "tiny", "-s", "7", "-o", "a.png", "--progress", "none")
        #expect(outcome.output == "")
        #expect(outcome.errors == "")
        #expect(outcome.code == 0)
        #expect(tiny.written == ["a.png"])
        let (picture, chunks) = try picture("a.png")
        #expect(picture.sides == [16, 16])
        let metadata = try #require(try GenerationMetadata(chunks))
        #expect(metadata.prompt == "a red circle")
        #expect(metadata.seed == 7)
        #expect(metadata.model == "tiny")
        #expect(metadata.guidanceScale == 2)
    }

    @Test func aSeedIsAPictureInAnyCount() throws {
        let shared = ["generate", "a red circle", "-m", "tiny", "--progress", "none"]
        func run(_ arguments: String...) throws {
            let outcome = try Program.run(shared + arguments, in: tiny.output, environment: ["WEFT_MODELS": tiny.store])
            #expect(outcome.code == 0 && outcome.output == "" && outcome.errors == "")
        }
        try run("--count", "4", "--seed", "7", "-o", "four", "--tokens-out", "four.json")
        try run("--seed", "9", "-o", "one.png", "--tokens-out", "one.json", "-t", "3")
        try run("--count", "4", "--seed", "7", "-o", "{seed}.png", "--batch-size", "1", "--threads", "1")
        #expect(
            tiny.written == [
                "10.png", "7.png", "8.png", "9.png", "four", "four.json", "four/0-7.png", "four/1-8.png",
                "four/2-9.png",
                "four/3-10.png", "one.json", "one.png",
            ])
        #expect(try tiny.bytes("four/2-9.png") == tiny.bytes("one.png"))
        for (index, seed) in (7...10).enumerated() {
            #expect(try tiny.bytes("four/\(index)-\(seed).png") == tiny.bytes("\(seed).png"))
        }
        #expect(try tiny.bytes("7.png") != tiny.bytes("8.png"))
        let four = try #require(try JSONSerialization.jsonObject(with: tiny.bytes("four.json")) as? [NSDictionary])
        let one = try #require(try JSONSerialization.jsonObject(with: tiny.bytes("one.json")) as? NSDictionary)
        #expect(four.count == 4 && four[2] == one && four[1] != one)
        #expect((one["tokens"] as? [Int])?.count == 16 && one["model"] as? String == "tiny")
    }

    @Test func theBestOfSeveralIsRecordedAndRepeated() throws {
        func draw(_ arguments: String...) throws -> Outcome {
            try Program.run(
                ["generate", "-m", "tiny"] + arguments, in: tiny.output, environment: ["WEFT_MODELS": tiny.store])
        }
        let best = try draw(
            "a red circle", "-s", "7", "--best-of", "4", "--count", "2", "-o", "{seed}.png", "--progress", "json")
        #expect(best.code == 0 && best.errors.contains("\"tokens\":128"))
        #expect(try draw("--from-image", "8.png", "-o", "again.png", "--progress", "none").code == 0)
        #expect(try tiny.bytes("again.png") == tiny.bytes("8.png"))
        #expect(try draw("--from-image", "8.png", "--best-of", "1", "-o", "one.png", "--progress", "none").code == 0)
        #expect(try draw("a red circle", "-s", "8", "-o", "plain.png", "--progress", "none").code == 0)
        #expect(try tiny.bytes("one.png") == tiny.bytes("plain.png"))
        let logits = try draw("a red circle", "--best-of", "2", "--logits-out", "l.f32", "-o", "l.png")
        #expect(logits.code == 64 && tiny.written == ["7.png", "8.png", "again.png", "one.png", "plain.png"])
        #expect(
            logits.errors.contains(
                "--logits-out l.f32 holds a single picture, but 2 candidates of it are drawn: it needs --best-of 1"))
        #expect(try draw("a red circle", "--best-of", "65").errors.contains("best of must be in 1...64, got 65"))
    }

    @Test func namesFollowTheTemplate() throws {
        let template = "{size}-{index}-{id}-{seed}.png"
        #expect(
            try tiny.weft("generate", "red", "-m", "tiny", "-s", "3", "--count", "2", "-o", template, "-W", "24").code
                == 0)
        #expect(tiny.written == ["24x16-0-0-3-3.png", "24x16-1-1-4-4.png"])
        #expect(
            try tiny.weft("generate", "red", "-m", "tiny", "-s", "5", "--count", "2", "-o", "{index}/{seed}.png").code
                == 0)
        #expect(tiny.written.prefix(4) == ["0", "0/5.png", "1", "1/6.png"])
    }

    @Test func aFolderThatExistsOrANewOneTakesOnePictureToo() throws {
        #expect(try tiny.weft("generate", "red", "-m", "tiny", "-s", "3", "-o", ".").code == 0)
        #expect(try tiny.weft("generate", "red", "-m", "tiny", "-s", "3", "-o", "new/").code == 0)
        #expect(try tiny.weft("generate", "red", "-m", "tiny", "-s", "3").code == 0)
        #expect(tiny.written == ["0-3.png", "new", "new/0-3.png", "weft-3.png"])
    }

    @Test func aRandomSeedIsPrintedAndKept() throws {
        let outcome = try tiny.weft("generate", "red", "-m", "tiny", "--progress", "plain")
        let name = try #require(tiny.written.first)
        let seed = try #require(UInt64(name.dropFirst(5).dropLast(4)))
        #expect(name == "weft-\(seed).png")
        #expect(outcome.errors.contains("\(name)  seed \(seed)\n"))
        #expect(try self.seed(name) == seed)
    }

    @Test func metadataCanBeLeftOut() throws {
        #expect(try tiny.weft("generate", "red", "-m", "tiny", "-s", "3", "-o", "a.png").code == 0)
        #expect(try tiny.weft("generate", "red", "-m", "tiny", "-s", "3", "-o", "b.png", "--no-metadata").code == 0)
        #expect(try picture("b.png").1 == [])
        #expect(try picture("a.png").0 == picture("b.png").0)
        #expect(try picture("a.png").1.map(\.keyword) == ["parameters", "weft"])
    }

    @Test func rawIdsAreTakenAsTheyAre() throws {
        let outcome = try tiny.weft(
            "generate", "--prompt-tokens", "5, 6,7", "--negative-prompt-tokens", "8", "-m", "tiny", "-s", "3", "-o",
            "a.png")
        #expect(outcome.code == 0)
        let request = try #require(try GenerationMetadata(picture("a.png").1)).request
        #expect(request.contains("\"prompt_tokens\":[5,6,7]"))
        #expect(request.contains("\"negative_prompt_tokens\":[8]"))
    }

    @Test func flagsGoBeforeTheModelsSettings() throws {
        let outcome = try tiny.weft(
            "generate", "red", "--negative-prompt", "blue", "--temperature", "0.5", "--top-k", "9", "--top-p", "0.75",
            "--min-p", "0.25", "--cfg-scale", "3", "--size", "32X32", "--quality", "high", "-m", "tiny", "-s", "3",
            "-o", "a.png")
        #expect(outcome.code == 0)
        #expect(
            try GenerationMetadata(picture("a.png").1)?.request == """
                {"guidance_scale":3,"min_p":0.25,"model":"tiny","negative_prompt":"blue","prompt":"red",\
                "quality":"high","seed":3,"size":"32x32","temperature":0.5,"top_k":9,"top_p":0.75}
                """)
    }

    @Test func aFileThatIsThereIsReplaced() throws {
        try Data("old".utf8).write(to: URL(fileURLWithPath: "\(tiny.output)/a.png"))
        #expect(try tiny.weft("generate", "red", "-m", "tiny", "-s", "3", "-o", "a.png").code == 0)
        #expect(try seed("a.png") == 3)
        #expect(tiny.written == ["a.png"])
    }

    @Test func previewsAreReplacedByThePicture() throws {
        #expect(try tiny.weft("generate", "red", "-m", "tiny", "-s", "3", "-o", "a.png").code == 0)
        let outcome = try tiny.weft(
            "generate", "red", "-m", "tiny", "-s", "3", "-o", "b/b.png", "--preview", "rows=1", "--progress", "none")
        #expect(outcome.code == 0 && outcome.errors == "")
        #expect(try tiny.bytes("a.png") == tiny.bytes("b/b.png"))
        #expect(tiny.written == ["a.png", "b", "b/b.png"])
    }

    @Test func unknownWordsAreAWarning() throws {
        let outcome = try tiny.weft(
            "generate", "a 漢字", "-m", "tiny", "-s", "3", "-o", "a.png", "--progress", "none")
        #expect(outcome.code == 0)
        #expect(outcome.errors == "weft: warning: not in the vocabulary of tiny: 漢字\n")
    }

    @Test func theEmbeddedModelIsTheDefault() throws {
        let outcome = try Program.run(
            ["generate", "three red circles", "--seed", "7", "-o", "a.png", "--progress", "none"], in: tiny.output)
        #expect(outcome.code == 0 && outcome.output == "" && outcome.errors == "")
        #expect(try GenerationMetadata(picture("a.png").1)?.model == "weft-mini")
    }
}
