// Pictures that are repeated from their files, partial grids, traces, and heat maps of them.

import Foundation
import Testing
import WeftPixels

@Suite struct RepeatAndTraceTests {
    private let tiny: TinyModel

    init() throws { tiny = try TinyModel() }

    @Test func aPictureIsRepeatedFromItsFile() throws {
        let first = try tiny.weft(
            "generate", "a \"red\" circle", "-m", "tiny", "-s", "5", "--size", "32x32", "--temperature", "0.7",
            "--top-k",
            "9", "--guidance-schedule", "linear", "--tokens", "40", "--fill", "mean", "--negative-prompt", "blue", "-o",
            "a.png")
        #expect(first.code == 0, "\(first.errors)")
        // The record names the model, which is found by its name.
        let again = try tiny.weft("generate", "--from-image", "a.png", "-o", "b.png")
        #expect(again.code == 0, "\(again.errors)")
        #expect(try tiny.bytes("a.png") == tiny.bytes("b.png"))
        let changed = try tiny.weft("generate", "--from-image", "a.png", "--seed", "6", "-o", "c.png")
        #expect(changed.code == 0)
        #expect(try tiny.bytes("a.png") != tiny.bytes("c.png"))
        let config = try tiny.weft("generate", "--from-image", "a.png", "--top-k", "3", "--print-config")
        #expect(config.output.contains("top_k              3 (flag)"))
        #expect(config.output.contains("temperature        0.7 (picture)"))
        #expect(config.output.contains("tokens             40 (picture)"))
    }

    @Test func otherPicturesCannotBeRepeated() throws {
        try PNG.write(Picture(width: 4, height: 4, color: .white), to: "\(tiny.output)/plain.png")
        let plain = try tiny.weft("generate", "--from-image", "plain.png", "-o", "b.png")
        #expect(plain.code == 1)
        #expect(plain.errors == "Error: plain.png: has no record of how it was made (a text chunk \"weft\")\n")
        let none = try tiny.weft("generate", "--from-image", "none.png", "-o", "b.png")
        #expect(none.code == 1 && none.errors.contains("none.png"))
        let both = try tiny.weft("generate", "a fox", "--from-image", "plain.png")
        #expect(both.code == 64)
    }

    @Test func aTraceHasALineForEachPictureAndIsDrawn() throws {
        let outcome = try tiny.weft(
            "generate", "a red circle", "-m", "tiny", "-s", "5", "--count", "3", "-o", "out", "--trace", "t.jsonl")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let lines = String(decoding: try tiny.bytes("t.jsonl"), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 3)
        for (index, line) in lines.enumerated() {
            #expect(line.contains("\"file\":\"\(index)-\(5 + index).png\"") && line.contains("\"seed\":\(5 + index)"))
        }
        // The pictures are those without a trace.
        #expect(try tiny.weft("generate", "a red circle", "-m", "tiny", "-s", "6", "-o", "one.png").code == 0)
        #expect(try tiny.bytes("one.png") == tiny.bytes("out/1-6.png"))
        for measure in ["log-probability", "entropy", "rank", "model-log-probability", "model-entropy"] {
            let heat = try tiny.weft(
                "inspect", "out/1-6.png", "--heatmap", measure, "--trace", "t.jsonl", "-o", "heat.png")
            #expect(heat.code == 0, "\(heat.errors)")
            #expect(heat.output.hasPrefix("\(measure): least ") && heat.output.hasSuffix(" of 16 tokens\n"))
        }
        #expect(try PNG.read(path: "\(tiny.output)/heat.png").0.sides == [64, 64])
    }

    @Test(arguments: [
        (["inspect", "a.png", "--heatmap", "rank"], 64, "--heatmap needs --trace"),
        (["inspect", "a.png", "--trace", "t.jsonl"], 64, "--trace needs --heatmap"),
        (["inspect", "a.png", "--heatmap", "heat", "--trace", "t", "-o", "b.png"], 64, "'heat' is invalid"),
        (["inspect", "a.png", "--heatmap", "rank", "--trace", "none", "-o", "b.png"], 1, "a.png"),
    ])
    func whatMakesNoSenseIsRefused(arguments: [String], code: Int32, text: String) throws {
        let outcome = try Program.run(arguments, in: tiny.output)
        #expect(outcome.code == code)
        #expect(outcome.errors.contains(text), "\(outcome.errors)")
    }

    @Test func aTraceOfAnotherPictureIsRefused() throws {
        let outcome = try tiny.weft(
            "generate", "red", "-m", "tiny", "-s", "5", "--count", "2", "-o", "out", "--trace", "t.jsonl")
        #expect(outcome.code == 0)
        #expect(try tiny.weft("generate", "red", "-m", "tiny", "-s", "5", "-o", "x.png").code == 0)
        let heat = try tiny.weft("inspect", "x.png", "--heatmap", "rank", "--trace", "t.jsonl", "-o", "heat.png")
        #expect(heat.code == 1)
        #expect(heat.errors == "Error: t.jsonl: has 0 traces of x.png, and 2 in all\n")
    }
}
