// weft encode, decode, plan, models and inspect.

import Foundation
import Testing
import WeftPixels

@Suite struct ToolTests {
    private let tiny: TinyModel

    init() throws { tiny = try TinyModel() }

    private func draw(_ arguments: String...) throws {
        let outcome = try Program.run(
            ["generate", "a red circle", "-m", "tiny", "-s", "3", "--progress", "none"] + arguments, in: tiny.output,
            environment: ["WEFT_MODELS": tiny.store])
        #expect(outcome.code == 0 && outcome.errors == "")
    }

    // MARK: - encode and decode

    @Test func tokensDecodeToTheirPicture() throws {
        try draw("-o", "a.png", "--tokens-out", "a.json")
        let decoded = try tiny.weft("decode", "a.json", "-m", "tiny", "-o", "b.png")
        #expect(decoded.code == 0 && decoded.output == "" && decoded.errors == "")
        let pictures = try ["a.png", "b.png"].map { try PNG.read(path: "\(tiny.output)/\($0)") }
        #expect(pictures[0].0 == pictures[1].0)
        #expect(pictures[1].1 == [])
        let encoded = try tiny.weft("encode", "b.png", "-m", "tiny", "-t", "2")
        #expect(encoded.code == 0 && encoded.errors == "")
        #expect(encoded.output.hasPrefix(#"{"columns":4,"model":"tiny","rows":4,"tokens":["#))
        #expect(encoded.output.hasSuffix("]}\n"))
        #expect(try tiny.weft("encode", "b.png", "-m", "tiny", "-o", "c.json").output == "")
        #expect(try tiny.bytes("c.json") == Data(encoded.output.utf8))
    }

    @Test func tokensDecodeToTheirPictureInEveryScale() throws {
        let tiny = try TinyModel.scaled()
        var tokens: [Data] = []
        for (flags, size, scale) in [
            (["--size", "32x32"], "32x32", "2"), (["--size", "64x64"], "64x64", "4"),
            (["--size", "64x64", "--quality", "medium"], "64x64", "2"), (["--quality", "medium"], "32x32", nil),
            (["--quality", "low"], "16x16", nil),
        ] {
            let drawn = try Program.run(
                ["generate", "a red circle", "-m", "tiny", "-s", "3", "--progress", "none", "-o", "a.png"]
                    + ["--tokens-out", "a.json"] + flags, in: tiny.output, environment: ["WEFT_MODELS": tiny.store])
            #expect(drawn.code == 0 && drawn.errors == "")
            #expect(try tiny.weft("decode", "a.json", "-m", "tiny", "-o", "b.png").code == 0)
            let pictures = try ["a.png", "b.png"].map { try PNG.read(path: "\(tiny.output)/\($0)").0 }
            #expect(pictures[0] == pictures[1])
            #expect("\(pictures[0].width)x\(pictures[0].height)" == size)
            let file = try tiny.bytes("a.json")
            let stated = String(decoding: file, as: UTF8.self).firstMatch(of: /"scale":([0-9]+)/)?.output.1
            #expect(stated.map(String.init) == scale)
            tokens.append(file)
            #expect(try tiny.weft("generate", "--from-image", "a.png", "-m", "tiny", "-o", "c.png").code == 0)
            #expect(try tiny.bytes("c.png") == tiny.bytes("a.png"))
        }
        #expect(Set(tokens).count == 5)
        let encoded = try tiny.weft("encode", "b.png", "-m", "tiny")
        #expect(encoded.output.hasPrefix(#"{"columns":4,"model":"tiny","rows":4,"tokens":["#))
        let drawn = try tiny.weft("generate", "a star", "-m", "tiny", "-s", "3", "--size", "32x32", "-o", "d.png")
        #expect(drawn.code == 0)
        func encode(as quality: String) throws -> Outcome {
            try tiny.weft("encode", "d.png", "-m", "tiny", "--quality", quality)
        }
        #expect(try encode(as: "medium").output.hasPrefix(#"{"columns":8,"model":"tiny","rows":8,"#))
        #expect(try encode(as: "low").output == tiny.weft("encode", "d.png", "-m", "tiny").output)
        let none = try encode(as: "high")
        #expect(none.code == 1 && none.errors.contains("d.png: quality high: tiny draws "), "\(none.errors)")
        #expect(
            try tiny.weft("models").output
                == "tiny\t16x16 low (16 tokens), 32x32 low (16 tokens), 32x32 medium (64 tokens), "
                + "64x64 low (16 tokens), 64x64 medium (64 tokens)\t\(tiny.folder)\n")
    }

    @Test func severalPicturesAreAList() throws {
        try draw("-o", "{index}.png", "--count", "2", "--tokens-out", "two.json")
        #expect(try tiny.weft("encode", "0.png", "1.png", "-m", "tiny", "-o", "again.json").code == 0)
        #expect(try tiny.weft("decode", "two.json", "-m", "tiny", "-o", "folder").code == 0)
        #expect(try tiny.weft("decode", "two.json", "-m", "tiny", "-o", "x-{index}.png").code == 0)
        #expect(try tiny.bytes("folder/1.png") == tiny.bytes("x-1.png"))
        #expect(
            tiny.written == [
                "0.png", "1.png", "again.json", "folder", "folder/0.png", "folder/1.png", "two.json", "x-0.png",
                "x-1.png",
            ])
    }

    @Test func whatCannotBeCodedIsAnError() throws {
        try draw("-o", "a.png", "--tokens-out", "a.json")
        try PNG.write(
            Picture(width: 6, height: 4, color: RGB(red: 1, green: 2, blue: 3)), to: "\(tiny.output)/odd.png")
        let files = [
            ("t.json", #"{"model":"m","rows":1,"columns":1,"tokens":[64]}"#), ("none.json", "[]"), ("bad.png", "no"),
        ]
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(tiny.output)/\(name)")) }
        let before = tiny.written
        let cases = [
            (["encode", "odd.png"], "odd.png: a picture of 6 x 4 pixels: width and height must be multiples of 4"),
            (["encode", "no.png"], "no.png: cannot be read: No such file or directory"),
            (["encode", "a.png", "-o", "no/t.json"], "no/t.json: cannot be written: No such file or directory"),
            (
                ["decode", "t.json", "-o", "new/b.png"],
                "t.json: grid 0: token 64 at row 0, column 0 is not in the codebook of 64"
            ),
            (["decode", "none.json", "-o", "b.png"], "none.json: holds no tokens"),
            (["decode", "no.json", "-o", "b.png"], "no.json: no such file"),
            (
                ["decode", "a.json", "-o", "no/such/b.png"],
                "--output no/such/b.png: the folder no/such does not exist and cannot be made"
            ),
        ]
        for (arguments, line) in cases {
            let outcome = try Program.run(
                arguments + ["-m", "tiny"], in: tiny.output, environment: ["WEFT_MODELS": tiny.store])
            #expect(outcome.errors == "Error: \(line)\n")
            #expect(outcome.code == 1 && outcome.output == "")
        }
        let bad = try tiny.weft("encode", "bad.png", "-m", "tiny")
        #expect(bad.code == 1 && bad.errors.hasPrefix("Error: bad.png: "))
        #expect(tiny.written == before)
    }

    @Test func severalGridsDoNotGoIntoOneFile() throws {
        try draw("-o", "{index}.png", "--count", "2", "--tokens-out", "two.json")
        for name in ["a.png", "{seed}.png"] {
            let outcome = try tiny.weft("decode", "two.json", "-m", "tiny", "-o", name)
            #expect(outcome.code == 64)
            #expect(outcome.errors.hasPrefix("Error: --output \(name) is one picture, but there are 2: give a folder"))
        }
        #expect(tiny.written == ["0.png", "1.png", "two.json"])
    }

    // MARK: - plan and models

    @Test func aPlanIsATable() throws {
        let outcome = try tiny.weft("plan", "-m", "tiny", "--batch-size", "2", "-W", "24")
        #expect(outcome.code == 0 && outcome.errors == "")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.first == "tiny: 2 pictures at a time of 24x16, 24 tokens, guidance on")
        let names = [
            "transformer weights", "image tokenizer weights", "KV cache", "decoder buffers", "detokenizer buffers",
            "total",
        ]
        #expect(lines.count == names.count + 1)
        for (name, line) in zip(names, lines.dropFirst()) {
            #expect(line.hasPrefix(name + "  ") && line.contains(/[0-9]+\.[0-9] MiB$/))
        }
        let best = try tiny.weft("plan", "-m", "tiny", "--batch-size", "2", "-W", "24", "--best-of", "3")
        #expect(best.output.hasPrefix("tiny: 2 pictures at a time of 24x16, 24 tokens, guidance on, best of 3\n"))
        let six = try tiny.weft("plan", "-m", "tiny", "--batch-size", "6", "-W", "24")
        #expect(best.output.split(separator: "\n").dropFirst() == six.output.split(separator: "\n").dropFirst())
        let alone = try tiny.weft("plan", "-m", "tiny", "--guidance-scale", "1")
        #expect(alone.output.hasPrefix("tiny: 1 picture of 16x16, 16 tokens, guidance off\n"))
    }

    @Test func modelsAreListed() throws {
        let outcome = try tiny.weft("models")
        #expect(outcome.code == 0 && outcome.errors == "")
        #expect(
            outcome.output
                == "tiny\t16x16 low (16 tokens), 24x16 medium (24 tokens), 32x32 high (64 tokens)\t\(tiny.folder)\n")
        #expect(try Program.run(["models"]).output.hasPrefix("weft-mini\t"))
    }

    // MARK: - inspect

    @Test func aPictureSaysHowItWasMade() throws {
        try draw("-o", "a.png")
        let outcome = try tiny.weft("inspect", "a.png")
        #expect(outcome.code == 0 && outcome.errors == "")
        #expect(
            outcome.output == """
                16x16 pixels
                parameters:
                a red circle
                Steps: 16, Sampler: categorical, CFG scale: 2, Seed: 3, Size: 16x16, Model: tiny
                weft:
                {"guidance_scale":2,"min_p":0,"model":"tiny","prompt":"a red circle","quality":"low","seed":3,\
                "size":"16x16","temperature":0.9,"top_k":0,"top_p":1}

                """)
    }

    @Test func tensorsAreListed() throws {
        let outcome = try tiny.weft("inspect", tiny.path("transformer.safetensors"))
        #expect(outcome.code == 0 && outcome.errors == "")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == TinyModel.transformer.count + 1)
        #expect(lines.first == "head.weight\tF32\t64x32\t8192")
        let bytes = TinyModel.transformer.reduce(0) { $0 + 4 * $1.shape.reduce(1, *) }
        #expect(lines.last == "\(TinyModel.transformer.count) tensors, \(bytes) bytes")
    }

    @Test func inspectShowsTheTokensOfAGridThatWasCut() throws {
        let made = try tiny.weft(
            "generate", "a", "-m", "tiny", "--seed", "1", "--size", "16x16", "--tokens", "6", "--fill", "mean", "-o",
            "c.png",
            "--tokens-out", "c.json")
        #expect(made.code == 0, "\(made.errors)")
        let outcome = try tiny.weft("inspect", "c.json")
        #expect(outcome.code == 0)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.map { $0.split(separator: " ").count }.dropFirst() == [4, 2])
    }

    @Test func tokensAreShownRowByRow() throws {
        let text =
            #"[{"model":"m","rows":2,"columns":3,"tokens":[1,2,3,3,2,1]},{"model":"n","rows":1,"columns":1,"tokens":[9]}]"#
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(tiny.output)/t.json"))
        let outcome = try tiny.weft("inspect", "t.json")
        #expect(outcome.code == 0 && outcome.errors == "")
        #expect(
            outcome.output == """
                0: 2 rows of 3 tokens of m, 3 different
                1 2 3
                3 2 1
                1: 1 rows of 1 tokens of n, 1 different
                9

                """)
    }

    @Test func aFolderShowsConfigAndTensors() throws {
        let outcome = try tiny.weft("inspect", tiny.folder)
        #expect(outcome.code == 0 && outcome.errors == "")
        #expect(outcome.output.hasPrefix(TinyModel.config + "\n\nimage_tokenizer.safetensors\n"))
        #expect(outcome.output.contains("\n\ntransformer.safetensors\nhead.weight\tF32\t64x32\t8192\n"))
    }

    @Test func whatCannotBeInspectedIsAnError() throws {
        try Data("x".utf8).write(to: URL(fileURLWithPath: "\(tiny.output)/x.txt"))
        try Data("x".utf8).write(to: URL(fileURLWithPath: "\(tiny.output)/x"))
        try Data("x".utf8).write(to: URL(fileURLWithPath: "\(tiny.output)/x.safetensors"))
        let cases = [
            ("no.png", "no.png: no such file"),
            ("x.txt", "x.txt: is not a .png, .safetensors, .pt, .pth, .bin, .ckpt or .json file"),
            ("x", "x: is not a .png, .safetensors, .pt, .pth, .bin, .ckpt or .json file"),
            ("x.safetensors", "x.safetensors: has 1 bytes, too few for a safetensors file"),
            (".", "./x.safetensors: has 1 bytes, too few for a safetensors file"),
        ]
        for (file, line) in cases {
            let outcome = try tiny.weft("inspect", file)
            #expect(outcome.errors == "Error: \(line)\n")
            #expect(outcome.code == 1 && outcome.output == "")
        }
    }
}
