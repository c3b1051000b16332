// Everything that can be wrong: one line that names it, an exit code, and no file left behind.

import Foundation
import Testing

@Suite struct ErrorTests {
    private let tiny: TinyModel

    init() throws { tiny = try TinyModel() }

    /// Runs `weft` and checks that it fails with that line, and that nothing was written.
    private func expect(
        _ line: String, code: Int32, _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = tiny.written
        let outcome = try Program.run(arguments, in: tiny.output, environment: ["WEFT_MODELS": tiny.store])
        #expect(outcome.output == "", sourceLocation: sourceLocation)
        #expect(outcome.code == code, sourceLocation: sourceLocation)
        let lines = outcome.errors.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.first == "Error: \(line)", sourceLocation: sourceLocation)
        if code == 1 {
            #expect(lines.dropFirst() == [""], sourceLocation: sourceLocation)
        } else {
            // Usage errors say how the command is called, and where to read more.
            let rest = lines.dropFirst().filter { !$0.hasPrefix("Help:  ") }
            #expect(rest.first?.hasPrefix("Usage: weft") == true, sourceLocation: sourceLocation)
            #expect(rest.dropFirst().first?.hasPrefix("  See 'weft") == true, sourceLocation: sourceLocation)
        }
        #expect(tiny.written == before, "nothing is left behind", sourceLocation: sourceLocation)
    }

    private func generate(_ arguments: String...) -> [String] {
        ["generate", "-m", "tiny", "-s", "3", "--progress", "none"] + arguments
    }

    // MARK: - Usage

    @Test(arguments: [
        (["--count", "0"], "--count must be in 1...1000000, got 0"),
        (["--count", "1000001"], "--count must be in 1...1000000, got 1000001"),
        (["--batch-size", "0"], "--batch-size must be in 1...1024, got 0"),
        (["--window", "4"], "--window 4 is a window of drafts: it needs --decode jacobi"),
        (["--threads", "0"], "--threads must be in 1...1024, got 0"),
        (["--temperature", "-1"], "temperature must be finite and at least 0.00001, got -1.0"),
        (["--temperature", "nan"], "temperature must be finite and at least 0.00001, got nan"),
        (["--temperature", "inf"], "temperature must be finite and at least 0.00001, got inf"),
        (["--count", "-1"], "--count must be in 1...1000000, got -1"),
        (["--top-k", "-1"], "top-k must be 0 (off) or more, got -1"),
        (["--top-p", "2"], "top-p must be in (0, 1], got 2.0"),
        (["--top-p", "0"], "top-p must be in (0, 1], got 0.0"),
        (["--min-p", "1.5"], "min-p must be in [0, 1], got 1.5"),
        (["--guidance-scale", "-1"], "guidance scale must be finite and 0 or more, got -1.0"),
        (["--size", "64"], "--size must be WIDTHxHEIGHT in pixels, such as 64x64, got \"64\""),
        (["--size", "0x0"], "--size must be WIDTHxHEIGHT in pixels, such as 64x64, got \"0x0\""),
        (["--size", "16x16x16"], "--size must be WIDTHxHEIGHT in pixels, such as 64x64, got \"16x16x16\""),
        (
            ["--size", "99999999999999999999x1"],
            "--size must be WIDTHxHEIGHT in pixels, such as 64x64, got \"99999999999999999999x1\""
        ),
        (["--size", "16x16", "-W", "16"], "--size and --width or --height say the same thing: give one of them"),
        (["-o", "x.jpg"], "--output x.jpg: pictures are PNG files, end the name with .png"),
        (["-o", "{seed}"], "--output {seed}: pictures are PNG files, end the template with .png"),
        (["-o", ""], "--output is empty"),
        (
            ["-o", "x.png", "--count", "2"],
            "--output x.png is one picture, but there are 2: give a folder, or a template such as x-{index}.png"
        ),
        (
            ["-o", "{size}.png", "--count", "2"],
            "--output {size}.png is one picture, but there are 2: give a folder, or a template such as {size}-{index}.png"
        ),
        (["--prompt-tokens", "1"], "a prompt and --prompt-tokens say the same thing: give one of them"),
        (
            ["--negative-prompt", "a", "--negative-prompt-tokens", "1"],
            "--negative-prompt and --negative-prompt-tokens say the same thing: give one of them"
        ),
        (["--tokens-out", "a.png", "-o", "a.png"], "--tokens-out a.png is written by another flag too"),
    ])
    func wrongValues(arguments: [String], line: String) throws {
        try expect(line, code: 64, ["generate", "red", "-m", "tiny", "-s", "3"] + arguments)
    }

    @Test(arguments: [
        (["--prompt-tokens", "1,x"], "The value '1,x' is invalid for '--prompt-tokens <ids>'"),
        (["--prompt-tokens", "1 2"], "The value '1 2' is invalid for '--prompt-tokens <ids>'"),
        (["--prompt-tokens", ""], "The value '' is invalid for '--prompt-tokens <ids>'"),
        (["red", "--preview", "rows=0"], "The value 'rows=0' is invalid for '--preview <rows=N>'"),
        (["red", "--preview", "2"], "The value '2' is invalid for '--preview <rows=N>'"),
        (["red", "--seed", "x"], "The value 'x' is invalid for '--seed <seed>'"),
        (["red", "-s", "-1"], "The value '-1' is invalid for '-s <seed>'"),
        (["red", "--count", "1.5"], "The value '1.5' is invalid for '--count <count>'"),
        (["red", "blue"], "Unexpected argument 'blue'"),
        (["red", "--sed", "1"], "Unknown option '--sed'. Did you mean '--seed'?"),
        (["red", "--output"], "Missing value for '--output <output>'"),
        (["   "], "the prompt is empty"), ([""], "the prompt is empty"),
        (
            [],
            "nothing to draw: give a prompt in quotation marks, --prompts, --from-image, --prompt-tokens, --class or --prompt-features"
        ),
    ])
    func wrongFlags(arguments: [String], line: String) throws {
        try expect(line, code: 64, ["generate"] + arguments)
    }

    @Test(arguments: ["--quality", "--progress"])
    func wrongWordsNameTheRightOnes(flag: String) throws {
        let outcome = try Program.run(["generate", "red", flag, "best"])
        #expect(outcome.code == 64)
        let words = flag == "--quality" ? ["low", "medium", "high"] : ["auto", "bar", "plain", "json", "none"]
        let line = try #require(outcome.errors.split(separator: "\n").first)
        #expect(line.hasPrefix("Error: The value 'best' is invalid for '\(flag) <"))
        for word in words { #expect(line.contains(word)) }
    }

    @Test func unknownCommandsAreUsageErrors() throws {
        let outcome = try Program.run(["paint"])
        #expect(outcome.code == 64)
        #expect(outcome.errors.hasPrefix("Error: Unexpected argument 'paint'\n"))
        for command in ["encode", "decode", "inspect"] {
            #expect(try Program.run([command]).code == 64)
        }
        try expect("--batch-size must be in 1...1024, got 0", code: 64, ["plan", "--batch-size", "0"])
        try expect(
            "guidance scale must be finite and 0 or more, got nan", code: 64,
            ["plan", "-m", "tiny", "--guidance-scale", "nan"])
    }

    // MARK: - Run time

    @Test func impossibleSizesNameTheNearest() throws {
        let nearest = "tiny cannot draw it; the nearest possible:"
        try expect("size 64x64: \(nearest) 32x32, 24x16, 16x16", code: 1, generate("red", "--size", "64x64"))
        try expect("size 64x128: \(nearest) 32x32, 24x16, 16x16", code: 1, generate("red", "-W", "64", "-H", "128"))
        try expect("size -5xany: \(nearest) 16x16, 24x16, 32x32", code: 1, generate("red", "-W", "-5"))
        try expect("size 0xany: \(nearest) 16x16, 24x16, 32x32", code: 1, generate("red", "-W", "0"))
        try expect(
            "quality high: tiny draws 16x16 with quality low", code: 1,
            generate("red", "--size", "16x16", "--quality", "high"))
    }

    @Test func promptsThatCannotBeReadAreErrors() throws {
        let outcome = try Program.run(
            generate(String(repeating: "x", count: 100_000), "-o", "new/a.png"), in: tiny.output,
            environment: ["WEFT_MODELS": tiny.store])
        #expect(outcome.code == 1 && outcome.output == "")
        #expect(outcome.errors.contains(/^Error: the prompt has [0-9]+ tokens; the model reads at most 24\n$/))
        #expect(tiny.written == [])
        try expect(
            "the quotation mark \" at character 6 of the prompt is not closed", code: 1,
            generate("sign \"HI", "-o", "new/a.png"))
        try expect(
            "the prompt: token 2048 at place 2 is not in 0..<2048", code: 1, generate("--prompt-tokens", "1,2048"))
        try expect("the negative prompt is empty", code: 1, generate("red", "--negative-prompt", ""))
        try expect(
            "the negative prompt has no effect at a guidance scale of 1: raise --guidance-scale", code: 1,
            generate("red", "--negative-prompt", "blue", "--guidance-scale", "1"))
    }

    @Test func foldersThatCannotBeWrittenAreErrors() throws {
        try Data().write(to: URL(fileURLWithPath: "\(tiny.output)/file"))
        try FileManager.default.createDirectory(
            atPath: "\(tiny.output)/folder.json", withIntermediateDirectories: false)
        try expect("--output file/a.png: file is not a folder", code: 1, generate("red", "-o", "file/a.png"))
        try expect("--output file/0-3.png: file is not a folder", code: 1, generate("red", "-o", "file/"))
        try expect(
            "--output no/such/a.png: the folder no/such does not exist and cannot be made", code: 1,
            generate("red", "-o", "no/such/a.png"))
        try expect(
            "--output file/x/a.png: the folder file/x does not exist and cannot be made", code: 1,
            generate("red", "-o", "file/x/a.png"))
        try expect(
            "--tokens-out file/t.json: file is not a folder", code: 1, generate("red", "--tokens-out", "file/t.json"))
        try expect("--tokens-out folder.json: is a folder", code: 1, generate("red", "--tokens-out", "folder.json"))
    }

    @Test func modelsThatAreNotThereAreErrors() throws {
        let place = "no such folder, and no such model in Models (there are: tiny)"
        try expect("model none: \(place)", code: 1, ["generate", "red", "-m", "none"])
        try expect("model weft-mini: \(place)", code: 1, ["plan"])
    }

    @Test func weightsThatAreMissingOrCutOffAreErrors() throws {
        let path = tiny.path("transformer.safetensors")
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
        let outcome = try tiny.weft("generate", "red", "-m", "tiny", "-o", "new/a.png")
        #expect(outcome.code == 1 && outcome.output == "")
        #expect(outcome.errors.hasPrefix("Error: \(path): tensor \""))
        #expect(outcome.errors.split(separator: "\n").count == 1)
        #expect(tiny.written == [])
        try FileManager.default.removeItem(atPath: path)
        try expect("\(path): cannot be opened: No such file or directory", code: 1, generate("red", "-o", "new/a.png"))
        try expect("\(path): cannot be opened: No such file or directory", code: 1, ["plan", "-m", "tiny"])
    }

    @Test func wrongConfigurationsAreErrors() throws {
        try tiny.write(#"{"transformer": {}}"#, to: "config.json")
        try expect("\(tiny.path("config.json")): \"format\" is missing", code: 1, generate("red"))
        try expect("\(tiny.path("config.json")): \"format\" is missing", code: 1, ["models"])
    }
}
