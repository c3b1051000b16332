// The open checkpoints on the command line: flags of their own, models, convert, and hostile files.

import Foundation
import Testing
import Weft

@Suite final class CheckpointCommandTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    private static let checkpoints = fixtures.appending(path: "WeftTests/Fixtures/checkpoints").path
    private let folder = FileManager.default.temporaryDirectory.appending(path: "weft-checkpoints-\(UUID())").path

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func model(_ name: String) -> String { "\(Self.checkpoints)/\(name)/model" }

    private func weft(_ arguments: String...) throws -> Outcome { try Program.run(arguments) }

    private func tokens(_ name: String) throws -> [Int] {
        struct Grid: Decodable { let tokens: [Int] }
        return try JSONDecoder().decode(Grid.self, from: Data(contentsOf: URL(filePath: "\(folder)/\(name)"))).tokens
    }

    private func expected(_ name: String, _ key: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(filePath: "\(Self.checkpoints)/\(name)/expected/expected.json"))
        let cases = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        return try #require(cases.first { $0["case"] as? String == key })
    }

    /// Expects one line of error and nothing written.
    private func refused(_ outcome: Outcome, _ text: String) {
        #expect(outcome.code == 1 && outcome.output == "")
        #expect(outcome.errors.split(separator: "\n").count == 1 && outcome.errors.contains(text), "\(outcome.errors)")
    }

    // MARK: - Flags

    @Test func aClassGivesTokensLogitsAndAPicture() throws {
        let outcome = try weft(
            "generate", "--model", model("llamagen_c2i"), "--class", "3", "--temperature", "0", "--guidance-scale", "4",
            "--tokens-out", "\(folder)/t.json", "--logits-out", "\(folder)/l.f32", "-o", "\(folder)/a.png")
        #expect(outcome.code == 0)
        let reference = try expected("llamagen_c2i", "guided")
        #expect(try tokens("t.json") == reference["tokens"] as? [Int])
        let logits = try Data(contentsOf: URL(filePath: "\(folder)/l.f32"))
        #expect(logits.count == 4 * 16 * 2 * 32)
        let decoded = try weft(
            "decode", "\(folder)/t.json", "--model", model("llamagen_c2i"), "-o", "\(folder)/b.png")
        #expect(decoded.code == 0)
        let shown = try (weft("inspect", "\(folder)/a.png").output, weft("inspect", "\(folder)/b.png").output)
        #expect(shown.0.hasPrefix("8x8 pixels\nparameters:\nclass 3\n") && shown.1.hasPrefix("8x8 pixels\n"))
    }

    @Test func featuresDrawWhatTheirPromptDraws() throws {
        let features = "\(Self.checkpoints)/llamagen_t2i/expected/features_text.f32"
        let prompt = try #require(try expected("llamagen_t2i", "text")["prompt"] as? String)
        for (name, arguments) in [("a", ["--prompt-features", features]), ("b", [prompt])] {
            let outcome = try Program.run(
                [
                    "generate", "--model", model("llamagen_t2i"), "--temperature", "0", "--tokens-out",
                    "\(folder)/\(name).json",
                ]
                    + arguments + ["-o", "\(folder)/\(name).png"])
            #expect(outcome.code == 0, "\(outcome.errors)")
        }
        #expect(try tokens("a.json") == tokens("b.json"))
    }

    @Test func withoutAnImageTokenizerThereAreTokens() throws {
        let tokens = ["--prompt-tokens", "1,11,12,13,30", "--temperature", "0", "--progress", "none"]
        let made = try Program.run(
            ["generate", "--model", model("causal_mixtral"), "--tokens-out", "\(folder)/t.json"] + tokens)
        #expect(made.code == 0 && made.errors == "")
        #expect(try self.tokens("t.json").count == 12)
        refused(
            try Program.run(["generate", "--model", model("causal_mixtral"), "-o", "\(folder)/a.png"] + tokens),
            "has no image tokenizer")
        let none = try Program.run(["generate", "--model", model("causal_mixtral")] + tokens)
        #expect(none.code == 64 && none.errors.hasPrefix("Error: model has no image tokenizer: give --tokens-out"))
    }

    @Test func promptsOfAnotherKindAreRefused() throws {
        refused(
            try weft("generate", "a fox", "--model", model("llamagen_c2i"), "-o", "\(folder)/a.png"),
            "the prompt: this model draws classes 0 to 9, given by --class")
        refused(
            try weft("generate", "--class", "10", "--model", model("llamagen_c2i"), "-o", "\(folder)/a.png"),
            "the prompt: class 10 is not in 0..<10")
        refused(
            try weft("generate", "--class", "1", "--model", model("janus_hf"), "-o", "\(folder)/a.png"),
            "the prompt: this model draws from text, not from a class")
        try Data([0, 0, 128, 63, 0]).write(to: URL(filePath: "\(folder)/f.f32"))
        refused(
            try weft(
                "generate", "--prompt-features", "\(folder)/f.f32", "--model", model("llamagen_t2i"), "-o",
                "\(folder)/a.png"),
            "f.f32: 5 bytes are no float32 values")
        refused(
            try weft(
                "generate", String(repeating: "a", count: 8193), "--model", model("llamagen_t2i"), "-o",
                "\(folder)/a.png"),
            "the prompt: the caption has 8193 bytes; at most 8192 bytes are cleaned")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["f.f32"])
    }

    // MARK: - models and convert

    @Test func aFolderIsSaidToBeOfAFamilyOrWhatItLacks() throws {
        let shown = try weft("models", model("janus_hf")).output
        #expect(
            shown.contains("family    janus\n") && shown.contains("can       generate tokens and pictures, decode\n"))
        let lacking = try weft("models", model("causal_gemma")).output
        #expect(lacking.contains("lacks     an image tokenizer"))
        try #"{"model_type": "llama"}"#.write(toFile: "\(folder)/config.json", atomically: true, encoding: .utf8)
        refused(try weft("models", folder), "\"model_type\" is \"llama\", which is no family that draws")
    }

    @Test(arguments: ["llamagen_c2i_raw", "janus_hf", "emu3_original", "chameleon_hf"])
    func aConvertedFolderDrawsTheSame(_ name: String) throws {
        let converted = try weft("convert", model(name), "-o", "\(folder)/c", "--dtype", "f32")
        #expect(converted.code == 0 && converted.output == "", "\(converted.errors)")
        let reference = try expected(name, "plain")
        let prompt =
            (reference["class"] as? Int).map { ["--class", "\($0)"] }
            ?? [
                "--prompt-tokens",
                ((reference["prompt_tokens"] as? [Int]) ?? []).map(String.init).joined(separator: ","),
            ]
        let drawn = try Program.run(
            ["generate", "--model", "\(folder)/c", "--temperature", "0", "--guidance-scale", "1"]
                + ["--tokens-out", "\(folder)/t.json", "-o", "\(folder)/a.png"] + prompt)
        #expect(drawn.code == 0, "\(drawn.errors)")
        #expect(try tokens("t.json") == reference["tokens"] as? [Int])
        let again = try weft("convert", model(name), "-o", "\(folder)/c")
        #expect(again.code == 1 && again.errors.hasSuffix("/c: is not empty\n"))
    }

    @Test(arguments: ["janus_hf", "causal_qwen3_moe", "causal_mixtral", "chameleon_swin"], ["q8", "q4"])
    func quantisedFoldersDrawWhatQuantisedModelsDraw(_ name: String, type: String) throws {
        let converted = try weft("convert", model(name), "-o", "\(folder)/c", "--dtype", type)
        #expect(converted.code == 0 && converted.output == "", "\(converted.errors)")
        func drawn(_ flags: String...) throws -> [Int] {
            let drawing = try Program.run(
                ["generate", "--temperature", "0", "--guidance-scale", "1", "--prompt-tokens", "1,2,3"]
                    + ["--tokens-out", "\(folder)/t.json"] + flags, in: folder)
            #expect(drawing.code == 0, "\(drawing.errors)")
            return try tokens("t.json")
        }
        let loaded = try drawn("--model", model(name), "--weights", type)
        #expect(try drawn("--model", "\(folder)/c") == loaded)
        #expect(try weft("inspect", "\(folder)/c").output.contains("\t\(type.uppercased())\t"))
        #expect(try drawn("--model", "\(folder)/c", "--weights", "f32").count == loaded.count)
    }

    @Test func typesOfWeightsAreCompared() throws {
        let prompts = "\(folder)/rows.jsonl"
        try #"{"prompt_tokens": [1, 2, 3]}"#.write(toFile: prompts, atomically: true, encoding: .utf8)
        let outcome = try weft("compare", "--prompts", prompts, "--model", model("janus_hf"))
        #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first?.hasSuffix(": 1 pictures of 10x10, 25 tokens") == true, "\(outcome.output)")
        #expect(
            lines.dropFirst(3).map { $0.split(separator: " ")[1] } == ["f32", "bf16", "f16", "q8", "q4", "f32", "f32"])
        let refused = try weft("compare", "--prompts", prompts, "--count", "0")
        #expect(refused.code == 64 && refused.errors.contains("--count must be 1 or more, got 0"))
    }

    @Test func layersThatBeginInsideOfAPanelAreNotQuantised() throws {
        refused(
            try weft("convert", model("llamagen_c2i"), "-o", "\(folder)/c", "--dtype", "q8"),
            "attention.wqkv.weight\": cannot be quantised: a layer begins at its output 60, which is no multiple of 16")
    }

    @Test func theEnvironmentNamesKernels() throws {
        for (name, reason) in [("sse9", "which are no kernels")] {
            let outcome = try Program.run(["models"], environment: ["WEFT_KERNELS": name])
            #expect(outcome.code != 0 && outcome.output == "")
            #expect(outcome.errors.contains("WEFT_KERNELS is \"\(name)\", \(reason); this processor runs portable"))
        }
        #expect(try Program.run(["models"], environment: ["WEFT_KERNELS": "portable"]).code == 0)
    }

    @Test("the embedded model draws the same tokens with all kernels, the best of several candidates too")
    func kernelsDoNotShow() throws {
        var drawn: [String: Data] = [:]
        for name in ["portable", "avx2", "avx512", "vnni", "amx", "neon", "dotprod"] {
            let arguments = [
                "generate", "a red circle", "--seed", "7", "--count", "2", "--size", "64x64", "--decode", "jacobi",
                "-o", "\(folder)/\(name)", "--tokens-out", "\(folder)/\(name).json", "--progress", "none",
            ]
            let outcome = try Program.run(arguments, environment: ["WEFT_KERNELS": name])
            if outcome.errors.contains("WEFT_KERNELS is") { continue }  // not on this processor
            #expect(outcome.code == 0, "\(name): \(outcome.errors)")
            drawn[name] = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).json"))
        }
        #expect(drawn["portable"] != nil && Set(drawn.values).count == 1, "\(drawn.keys)")
    }

    @Test func sixteenBitsHalveTheFiles() throws {
        for type in ["f32", "bf16", "f16"] {
            #expect(try weft("convert", model("llamagen_t2i"), "-o", "\(folder)/\(type)", "--dtype", type).code == 0)
        }
        let sizes = try ["f32", "bf16", "f16"].map { type in
            try Data(contentsOf: URL(filePath: "\(folder)/\(type)/t2i_XL_stage1_256.safetensors")).count
        }
        #expect(abs(sizes[1] - sizes[2]) < 256 && sizes[1] * 2 < sizes[0] + 8192)
    }

    // MARK: - Hostile files

    @Test func aPickleThatCallsIsRefused() throws {
        let source = Self.fixtures.appending(path: "WeftTensorTests/Fixtures/call.pt").path
        try FileManager.default.copyItem(atPath: source, toPath: "\(folder)/c2i_B_256.pt")
        refused(try weft("inspect", "\(folder)/c2i_B_256.pt"), "os.system")
        refused(
            try weft("generate", "--class", "1", "--model", "\(folder)/c2i_B_256.pt", "-o", "\(folder)/a.png"),
            "os.system")
    }

    @Test func brokenFoldersAreRefusedInOneLine() throws {
        func copy(_ name: String) throws -> String {
            let target = "\(folder)/\(UUID())"
            try FileManager.default.copyItem(atPath: model(name), toPath: target)
            return target
        }
        let prompt = ["--prompt-tokens", "0,91,332", "-o", "\(folder)/a.png"]
        let shard = try copy("janus_hf")
        try FileManager.default.removeItem(atPath: "\(shard)/model-00002-of-00004.safetensors")
        refused(try Program.run(["generate", "--model", shard] + prompt), "model-00002-of-00004.safetensors")
        let heads = try copy("janus_hf")
        let config = try String(contentsOfFile: "\(heads)/config.json", encoding: .utf8)
        try config.replacing(/"num_attention_heads": \d+/, with: "\"num_attention_heads\": 0")
            .write(toFile: "\(heads)/config.json", atomically: true, encoding: .utf8)
        refused(try Program.run(["generate", "--model", heads] + prompt), "num_attention_heads\" is 0")
        let cut = try copy("emu3_hf")
        let whole = try Data(contentsOf: URL(filePath: "\(cut)/model.safetensors"))
        try whole.prefix(whole.count / 2).write(to: URL(filePath: "\(cut)/model.safetensors"))
        refused(try Program.run(["generate", "--model", cut] + prompt), "model.safetensors")
    }

    // MARK: - Damaged files

    @Test func readersSurviveDamagedFiles() throws {
        let weft = URL(filePath: try #require(Program.path, "there is no program weft: build it first"))
        let program = weft.deletingLastPathComponent().appending(path: "weft-fuzz")
        let (data, code) = try ChildProcess.output(of: [
            program.path, Self.fixtures.path, "--runs", "1500", "--seed", "3",
        ])
        let output = String(decoding: data, as: UTF8.self)
        #expect(code == 0, "\(output)")
        #expect(output.split(separator: "\n").count == 14, "\(output)")
    }
}
