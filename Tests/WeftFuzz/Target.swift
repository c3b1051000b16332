// The readers that are fed with damaged input.

import Foundation
import Weft
import WeftModel
import WeftPixels
import WeftTensor
import WeftText

/// A reader, and how it is fed.
enum Target: String, CaseIterable {
    case safetensors, pytorch, tokenizer, tiktoken, sentencepiece, png, tokens, config, weft
    case textPrompts, jsonPrompts, csvPrompts, templates, trace

    /// The endings of the files that serve as seeds.
    var endings: [String] {
        switch self {
        case .safetensors: [".safetensors"]
        case .pytorch: [".pt", ".pth", ".bin", ".ckpt"]
        case .tokenizer:
            ["tokenizer.json"]
                + ["deepseek", "gpt2", "llama2", "metaspace", "qwen2", "splits"].map { "BytePairs/\($0).json" }
        case .tiktoken: [".tiktoken"]
        case .sentencepiece: [".model"]
        case .png, .tokens, .textPrompts, .jsonPrompts, .csvPrompts, .templates, .trace: []
        case .config: ["config.json"]
        case .weft: ["weft.json"]
        }
    }

    /// Seeds that are made and not found.
    func madeSeeds() throws -> [[UInt8]] {
        let grids = [TokenGrid(model: "a", rows: 2, columns: 3, tokens: [1, 2, 3, 4, 5, 6])]
        switch self {
        case .safetensors: return try [quantisedFile()]
        case .tokens: return try [grids, grids + grids].map { Array(try TokenGrid.json($0).utf8) }
        case .png:
            let pixels = (0..<5 * 3 * 3).map { UInt8($0 * 5) }
            let picture = try Picture(width: 5, height: 3, pixels: pixels)
            let chunks = [TextChunk(keyword: "parameters", text: "a fox"), TextChunk(keyword: "weft", text: "狐")]
            return try [PNG.encode(picture), PNG.encode(picture, text: chunks)]
        default: return Self.texts[self].map { $0.map { Array($0.utf8) } } ?? []
        }
    }

    /// A safetensors file of quantised matrices.
    private func quantisedFile() throws -> [UInt8] {
        let path = NSTemporaryDirectory() + "weft-fuzz-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let weight = Tensor(name: "w", shape: [18, 40], floats: (0..<720).map { Float($0 % 31) - 15 })
        try SafeTensorsWriter.write(
            Quantisation.allCases.map { kind in
                SafeTensorsWriter.Item(name: "\(kind)", format: .quantised(kind), shape: [18, 40]) { weight }
            }, to: path)
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private static let texts: [Target: [String]] = [
        .textPrompts: ["a red circle\n# a comment\n\ntwo \"stars\", 狐\r\n"],
        .jsonPrompts: [
            """
            {"id": "a", "prompt": "a red circle", "seed": 18446744073709551615, "size": "64x64", "count": 3, "top_p": 0.9}
            {"prompt_tokens": [1, 2], "guidance_interval": [0, 5], "temperature_by_row": [1, 0.5], "facts": {"a": [1]}}
            {"custom_id": "b", "method": "POST", "url": "/v1/images/generations", "body": {"prompt": "x", "n": 2}}

            """
        ],
        .csvPrompts: [
            "id,prompt,seed,temperature_by_row,facts\r\na,\"two \"\"stars\"\"\n狐\",7,1 0.5,\"{\"\"a\"\": 1}\"\r\n,b,,,\n"
        ],
        .templates: ["a {red|{dark|light} blue} {2$$ and $$circle|star|ring} {1-2$$a|b}\n{3::x|y} \\{z\\} __none__\n"],
        .trace: [
            """
            {"columns":2,"entropy":[0,1],"file":"a.png","log_probability":[0,-1],"model_entropy":[0,1],\
            "model_log_probability":[0,-1],"prompt":"x","rank":[0,1],"rows":1,"seed":7,"tokens":[1,2]}

            """
        ],
    ]

    /// The name of the file that a reader is given, in a folder of its own.
    var file: String {
        switch self {
        case .safetensors: "model.safetensors"
        case .pytorch: "model.pt"
        case .tokenizer: "tokenizer.json"
        case .tiktoken: "small.tiktoken"
        case .sentencepiece: "spiece.model"
        case .png: "picture.png"
        case .tokens: "tokens.json"
        case .config: "config.json"
        case .weft: "weft.json"
        case .textPrompts: "prompts.txt"
        case .jsonPrompts: "prompts.jsonl"
        case .csvPrompts: "prompts.csv"
        case .templates: "templates.txt"
        case .trace: "trace.jsonl"
        }
    }

    /// Reads a file as far as the reader goes; errors are what is hoped for.
    func read(_ path: String, folder: String) {
        switch self {
        case .safetensors, .pytorch: try? tensors(path)
        case .tokenizer: try? text(TextTokenizers.open(path: path))
        case .tiktoken: try? text(TiktokenTokenizer(path: path, specials: ["<|image start|>": 1000]))
        case .sentencepiece: _ = try? SentencePieceTokenizer(path: path).encode("a red fox, 3 foxes… 狐 \u{1F98A}")
        case .png: _ = try? PNG.read(path: path)
        case .tokens: _ = try? TokenGrid.read(path: path)
        case .config: _ = try? ModelDescription(folder: folder)
        case .weft: _ = try? WeftSettings(path: path)
        case .textPrompts, .jsonPrompts, .csvPrompts: _ = try? PromptFile(path: path).rows.map(\.json)
        case .templates: _ = try? PromptExpansion(PromptFile(path: path), mode: .random(count: 3, seed: 1))
        case .trace: _ = try? PictureTrace.read(path: path)
        }
    }

    private func text(_ tokenizer: any TextTokenizer) throws {
        _ = try tokenizer.decode(tokenizer.encode("Ein Fuchs, 3 foxes… 狐 \u{1F98A}\n<|image start|>"))
    }

    private func tensors(_ path: String) throws {
        let file = try TensorFiles.open(path)
        for entry in file.entries.prefix(64) where entry.byteCount < 1 << 16 {
            _ = try file.tensor(entry.name)?.floats()
        }
    }
}
