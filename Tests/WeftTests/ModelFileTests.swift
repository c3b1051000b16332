// What is wrong with a model's folder, and what the errors say.

import Foundation
import Testing
import Weft
import WeftSampling

@Suite struct ModelFileTests {
    /// The error of loading a model, its folder's path taken off.
    private func loading(_ tiny: TinyModel) async -> String {
        let text = await message { _ = try Model(at: tiny.folder) }
        #expect(text.hasPrefix("\(tiny.folder)/"), "an error names the file: \(text)")
        return String(text.dropFirst(tiny.folder.count + 1))
    }

    // MARK: - config.json

    @Test(arguments: [
        ("\"format\": \"weft\"", "\"format\": \"other\"", "\"format\" is \"other\"; \"weft\" is the one that is known"),
        ("\"format\": \"weft\",", "", "\"format\" is missing"),
        ("\"name\": \"tiny\"", "\"name\": 3", "\"name\" is not of the type String"),
        ("\"heads\": 2,", "", "transformer.heads: is missing"),
        ("\"heads\": 2,", "\"heads\": 0,", "transformer.heads: 0 is not in 1...16384"),
        ("\"heads\": 2,", "\"heads\": 2.5,", "transformer.heads: 2.5 is not of the type Int"),
        ("\"kind\": \"2d\"", "\"kind\": \"3d\"", "transformer.rope.kind: \"3d\" is not one of 1d, 2d"),
        ("\"qk_norm\"", "\"qknorm\"", "transformer.qknorm: is not a known key"),
        ("\"top_k\": 2", "\"top_k\": 5", "transformer.moe.top_k: 5 is not in 1...4"),
        ("\"patch\": 2", "\"patch\": 0", "image_tokenizer.patch: 0 is not in 1...32"),
        ("\"levels\": [4, 4, 4]", "\"levels\": [4, 4]", "image_tokenizer.quantizer.levels: [4, 4] has not one entry"),
        ("\"max_tokens\": 24", "\"max_tokens\": 0", "\"text.max_tokens\" is 0; it must be in 1...65536"),
        ("\"max_tokens\": 24", "\"max_tokens\": null", "\"text.max_tokens\" is null"),
        (
            "\"quality\": \"medium\"", "\"quality\": \"best\"",
            "\"sizes.[1]\": quality \"best\" is not low, medium or high"
        ),
        (
            "\"width\": 24", "\"width\": 28",
            "\"sizes.[1]\": 6 x 4 tokens of 4 pixels do not make 28 x 16 pixels"
        ),
        (
            "\"visual_vocabulary\": 64", "\"visual_vocabulary\": 65",
            "\"image_tokenizer.codebook_size\" is 64, but \"transformer.visual_vocabulary\" is 65"
        ),
        ("\"sizes\": [", "\"sizes\": [], \"other\": [", "\"sizes\" is empty"),
        ("\"sizes\": [", "\"sizes\": ", "is not valid JSON"),
        ("\"null\": \"<null>\"", "\"null\": \"<no>\"", "\"text.null\" is \"<no>\", which the text model lacks"),
        ("\"<boi>\"", "\"<no>\"", "\"text.begin_image\" is \"<no>\", which the text model lacks"),
    ])
    func configurationErrorsNameTheKey(old: String, new: String, expected: String) async throws {
        let tiny = try TinyModel { config in
            #expect(config.contains(old))
            return config.replacingOccurrences(of: old, with: new)
        }
        let error = await loading(tiny)
        #expect(error.hasPrefix("config.json: \(expected)"), "\(error)")
    }

    @Test func aTextModelLargerThanTheVocabularyIsAnError() async throws {
        let tiny = try TinyModel { $0.replacingOccurrences(of: "2048", with: "2047") }
        #expect(await loading(tiny) == "text.model: has 2048 pieces; the transformer knows 2047")
    }

    @Test func aMissingTextModelIsAnError() async throws {
        let tiny = try TinyModel { $0.replacingOccurrences(of: "text.model", with: "none.model") }
        let error = await message { _ = try Model(at: tiny.folder) }
        #expect(error.contains("\(tiny.folder)/none.model"))
    }

    // MARK: - generation_config.json

    @Test func settingsComeFromTheFile() throws {
        let tiny = try TinyModel(sampling: #"{"top_p": 0.5, "top_k": 12}"#)
        let description = try ModelDescription(folder: tiny.folder)
        #expect(description.sampling.topP == 0.5)
        #expect(description.sampling.topK == 12)
        #expect(description.sampling.temperature == 1)
        #expect(description.configuredSettings.keys.sorted() == ["top_k", "top_p"])
        #expect(try Model(at: tiny.folder).defaultSampling == description.sampling)
        let plain = try TinyModel(sampling: nil)
        #expect(try ModelDescription(folder: plain.folder).configuredSettings.isEmpty)
    }

    @Test(arguments: [
        (#"{"top_p": 2}"#, "top-p"), (#"{"temperature": -1}"#, "temperature"), (#"{"top_k": 1.5}"#, "\"top_k\" is not"),
        (#"{"top_q": 1}"#, "\"top_q\" is not one of temperature, top_k, top_p, min_p, alike_min_p, guidance_scale"),
        (#"{"top_p": "1"}"#, "\"top_p\" is not of the type"), ("[]", "the document is not of the type"),
        ("{", "is not valid JSON"), (#"{"min_p": null}"#, "\"min_p\" is null"),
    ])
    func wrongSettingsAreErrors(text: String, expected: String) async throws {
        let error = await loading(try TinyModel(sampling: text))
        #expect(error.hasPrefix("generation_config.json: "))
        #expect(error.contains(expected), "\(error)")
    }

    // MARK: - Weights

    @Test(arguments: ["transformer.safetensors", "image_tokenizer.safetensors", "config.json"])
    func missingFilesAreNamed(name: String) async throws {
        let tiny = try TinyModel()
        try FileManager.default.removeItem(atPath: tiny.path(name))
        if name == "config.json" {
            let error = await message { _ = try Model(at: tiny.folder) }
            #expect(error.hasPrefix("\(tiny.folder): is no model: it has no config.json"))
        } else {
            #expect(await loading(tiny) == "\(name): cannot be opened: No such file or directory")
        }
    }

    @Test(arguments: ["transformer.safetensors", "image_tokenizer.safetensors"])
    func filesThatAreCutOffAreErrors(name: String) async throws {
        let tiny = try TinyModel()
        let url = URL(fileURLWithPath: tiny.path(name))
        let whole = try Data(contentsOf: url)
        let header = 8 + whole.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        for count in [0, 1, 7, 8, 9, header - 1, header, header + 1, whole.count / 2, whole.count - 1] {
            try whole.prefix(count).write(to: url)
            let error = await loading(tiny)
            #expect(error.hasPrefix("\(name): "), "\(count) bytes: \(error)")
        }
        try (whole + [0]).write(to: url)
        #expect(await loading(tiny) == "\(name): 1 bytes at the end belong to no tensor")
        try whole.write(to: url)
        _ = try Model(at: tiny.folder)
    }

    @Test func everyTensorIsNeeded() async throws {
        let tiny = try TinyModel()
        let files = [
            ("transformer.safetensors", TinyModel.transformer),
            ("image_tokenizer.safetensors", TinyModel.imageTokenizer),
        ]
        for (name, tensors) in files {
            for index in tensors.indices {
                var fewer = tensors
                let missing = fewer.remove(at: index).name
                try tiny.write(fewer, to: name)
                // Without the stacked experts, single ones are looked for.
                let named = missing.replacing("experts.gate_up", with: "experts.0.gate")
                #expect(await loading(tiny) == "\(name): tensor \"\(named)\": is missing")
            }
            try tiny.write(tensors, to: name)
        }
        _ = try Model(at: tiny.folder)
    }

    @Test func wrongShapesAndLeftOversAreNamed() async throws {
        let tiny = try TinyModel()
        var tensors = TinyModel.transformer
        tensors[3].shape = [65, 32]
        try tiny.write(tensors, to: "transformer.safetensors")
        #expect(
            await loading(tiny)
                == "transformer.safetensors: tensor \"head.weight\": has the shape [65, 32] instead of [64, 32]")
        tensors = TinyModel.transformer + [TensorSpec("layers.2.extra", 4), TensorSpec("rope.freqs", 4)]
        try tiny.write(tensors, to: "transformer.safetensors")
        #expect(
            await loading(tiny) == "transformer.safetensors: tensor \"layers.2.extra\": is left over: the model has no "
                + "place for it, and so are \"rope.freqs\"")
    }

    @Test func tensorsAreListedFromTheHeader() throws {
        let tiny = try TinyModel(dtype: "BF16")
        let listing = try TensorListing.read(path: tiny.path("transformer.safetensors"))
        #expect(listing.map(\.name) == TinyModel.transformer.map(\.name).sorted())
        let head = try #require(listing.first { $0.name == "head.weight" })
        #expect(head.dtype == "BF16" && head.shape == [64, 32] && head.byteCount == 4096)
        let norm = try #require(listing.first { $0.name == "norm.weight" })
        #expect(norm.dtype == "F32" && norm.shape == [32] && norm.byteCount == 128)
    }
}
