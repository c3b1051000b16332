// The settings in a PNG file, there and back.

import Testing
import WeftPixels

private func metadata(_ prompt: String, negative: String = "", model: String = "weft-mini") -> GenerationMetadata {
    GenerationMetadata(
        prompt: prompt, negativePrompt: negative, steps: 64, sampler: "top-k", guidanceScale: 4, seed: .max,
        width: 128, height: 96, model: model, request: "{\"prompt\": \"x\"}")
}

@Suite struct GenerationMetadataTests {
    @Test func writesTheUsualForm() throws {
        let plain = try metadata("a red cat").text()
        #expect(
            plain == [
                TextChunk(
                    keyword: "parameters",
                    text: """
                        a red cat
                        Steps: 64, Sampler: top-k, CFG scale: 4, Seed: 18446744073709551615, Size: 128x96, Model: weft-mini
                        """),
                TextChunk(keyword: "weft", text: "{\"prompt\": \"x\"}"),
            ])
        var other = metadata("two\nlines", negative: "blur,\nnoise", model: "a, b: \"c\"\n\\d")
        other.guidanceScale = 7.5
        #expect(
            try other.text()[0].text == """
                two
                lines
                Negative prompt: blur,
                noise
                Steps: 64, Sampler: top-k, CFG scale: 7.5, Seed: 18446744073709551615, Size: 128x96, \
                Model: "a, b: \\"c\\"\\n\\\\d"
                """)
    }

    @Test(arguments: [
        "a red cat", "лиса в снегу, 日本の猫 🐈", "", "two\nlines\n", "a: b, c: d, e: f",
        "\n\nStill: 1, Life: 2, Now: 3\n",
        "a sign \"Open\"", "windows\r\nlines", "  spaces  ", "e\u{301}",
    ])
    func thereAndBackThroughAFile(_ prompt: String) throws {
        for (negative, model) in [
            ("", "m"), ("blur", "models/a,b:c"), ("two\nlines", "\"quoted\""), ("x ", " spaces "),
            (" x", "tab\tnul\u{1}"), ("猫", "猫"), ("b", "a\"b"), ("b", "back\\slash, \\"), ("b", ""),
        ] {
            let settings = metadata(prompt, negative: negative, model: model)
            let (_, text) = try PNG.decode(PNG.encode(noise(2, 2), text: settings.text()))
            #expect(try GenerationMetadata(text) == settings)
        }
    }

    @Test func readsWhatOtherToolsWrite() {
        let text = ParametersText(
            parsing: """
                photo of a cat, <lora:x:1>
                Negative prompt: lowres, bad
                Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512, Lora hashes: "x: 1, y: 2", \
                Version: v1.9.4
                """)
        #expect(text.prompt == "photo of a cat, <lora:x:1>")
        #expect(text.negativePrompt == "lowres, bad")
        #expect(text.fields.count == 7)
        #expect(text["Sampler"] == "Euler a")
        #expect(text["Lora hashes"] == "x: 1, y: 2")
        #expect(text["Version"] == "v1.9.4")
        #expect(text["Model"] == nil)
    }

    @Test(arguments: [
        "", "just a prompt", "a: 1, b: 2", "a: 1, b: 2, c", "a: 1, b: 2, c: \"open", "a: 1, b: 2, c: \"x\" y",
    ])
    func aLineOfAnotherFormBelongsToThePrompt(_ text: String) {
        #expect(ParametersText(parsing: text) == ParametersText(prompt: text, fields: []))
    }

    @Test func saysWhatIsMissingOrWrong() throws {
        #expect(try GenerationMetadata([TextChunk(keyword: "Title", text: "x")]) == nil)
        let chunks = try metadata("x").text()
        #expect(throws: PictureError("the picture's metadata has no text \"weft\"")) {
            try GenerationMetadata([chunks[0]])
        }
        #expect(throws: PictureError("the picture's metadata has no text \"parameters\"")) {
            try GenerationMetadata([chunks[1]])
        }
        for (old, new, message) in [
            ("Size: 128x96", "Size: big", "the picture's metadata has \"big\" as Size"),
            ("Size: 128x96", "Size: 1x2x3", "the picture's metadata has \"1x2x3\" as Size"),
            ("Seed: 18446744073709551615", "Seed: -1", "the picture's metadata has \"-1\" as Seed"),
            ("Steps: 64, ", "", "the picture's metadata has no field Steps"),
        ] {
            var broken = chunks
            let range = try #require(broken[0].text.firstRange(of: old))
            broken[0].text.replaceSubrange(range, with: new)
            #expect(throws: PictureError(message)) { try GenerationMetadata(broken) }
        }
        var wrong = metadata("x")
        wrong.request = "{"
        #expect(throws: PictureError("the request for the picture's metadata is not JSON")) { try wrong.text() }
    }
}
