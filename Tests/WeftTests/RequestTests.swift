// What can be asked for, and what the errors say of what cannot.

import Foundation
import Testing
import Weft
import WeftSampling

@Suite struct RequestTests {
    private let tiny: TinyModel
    private let model: Model

    init() throws {
        tiny = try TinyModel()
        model = try Model(at: tiny.folder)
    }

    // MARK: - Sizes

    @Test func theFirstSizeThatFitsIsPicked() throws {
        #expect(try model.size().description == "16x16")
        #expect(try model.size(width: 24).description == "24x16")
        #expect(try model.size(width: 32, height: 32).tokenCount == 64)
        #expect(try model.size(quality: .high).description == "32x32")
        #expect(try model.size(height: 16, quality: .medium).description == "24x16")
        #expect(try ModelDescription(folder: tiny.folder).size(width: 24) == (try model.size(width: 24)))
    }

    @Test(
        arguments: [
            (30, 30, "size 30x30: tiny cannot draw it; the nearest possible: 32x32, 24x16, 16x16"),
            (1, 1, "size 1x1: tiny cannot draw it; the nearest possible: 16x16, 24x16, 32x32"),
            (64, nil, "size 64xany: tiny cannot draw it; the nearest possible: 32x32, 24x16, 16x16"),
            (nil, 0, "size anyx0: tiny cannot draw it; the nearest possible: 16x16, 24x16, 32x32"),
            (
                -5, Int.max,
                "size -5x9223372036854775807: tiny cannot draw it; the nearest possible: 32x32, 16x16, 24x16"
            ),
        ] as [(Int?, Int?, String)])
    func impossibleSizesNameTheNearest(width: Int?, height: Int?, expected: String) async {
        #expect(await message { _ = try model.size(width: width, height: height) } == expected)
    }

    @Test func impossibleQualitiesNameThePossibleOnes() async {
        let text = await message { _ = try model.size(width: 16, height: 16, quality: .high) }
        #expect(text == "quality high: tiny draws 16x16 with quality low")
    }

    @Test func aSizeOfAnotherModelIsAnError() async throws {
        let json = #"{"width": 64, "height": 64, "rows": 0, "columns": 16, "quality": "low"}"#
        var request = try model.request()
        request.size = try JSONDecoder().decode(PictureSize.self, from: Data(json.utf8))
        let asked = request
        #expect(
            await message { _ = try await model.generate(asked) }
                == "size 64x64 low of 0 rows and 16 columns: tiny draws 16x16 low, 24x16 medium, 32x32 high")
    }

    // MARK: - Prompts

    @Test func promptsThatCannotBeReadAreErrors() async throws {
        let cases: [(GenerationRequest.Prompt, String)] = [
            (.text(""), "the prompt is empty"),
            (.text(" \n\t "), "the prompt is empty"),
            (.text("a sign \"HI"), "the quotation mark \" at character 8 of the prompt is not closed"),
            (.tokens([]), "the prompt has no tokens"),
            (.tokens([0, 2048]), "the prompt: token 2048 at place 2 is not in 0..<2048"),
            (.tokens([-1]), "the prompt: token -1 at place 1 is not in 0..<2048"),
            (.tokens(Array(repeating: 1, count: 26)), "the prompt has 26 tokens; the model reads at most 25"),
        ]
        for (prompt, expected) in cases {
            var request = try model.request()
            request.prompt = prompt
            let asked = request
            #expect(await message { _ = try await model.generate(asked) } == expected)
        }
    }

    @Test func longPromptsAreErrorsThatCountTheTokens() async throws {
        for text in [String(repeating: "red ", count: 25), String(repeating: "x", count: 100_000)] {
            let request = try model.request(text)
            let error = await message { _ = try await model.generate(request) }
            #expect(error.hasPrefix("the prompt has ") && error.hasSuffix(" tokens; the model reads at most 24"))
        }
    }

    @Test func theLongestPromptIsDrawn() async throws {
        var request = try model.request()
        request.prompt = .tokens(Array(repeating: 5, count: 25))
        #expect(try await model.generate(request).tokens.tokens.count == 16)
        request.prompt = .tokens([0])
        #expect(try await model.generate(request).tokens.tokens.count == 16)
    }

    // MARK: - Settings

    @Test func aNegativePromptNeedsGuidance() async throws {
        var request = try model.request(guidance: 1)
        request.negativePrompt = .text("blue")
        let asked = request
        #expect(
            await message { _ = try await model.generate(asked) }
                == "the negative prompt has no effect at a guidance scale of 1: raise --guidance-scale")
    }

    @Test func errorsOfNegativePromptsSaySo() async throws {
        var request = try model.request()
        request.negativePrompt = .text("")
        let empty = request
        #expect(await message { _ = try await model.generate(empty) } == "the negative prompt is empty")
        request.negativePrompt = .tokens([9999])
        let unknown = request
        #expect(
            await message { _ = try await model.generate(unknown) }
                == "the negative prompt: token 9999 at place 1 is not in 0..<2048")
    }

    @Test func impossibleSettingsAreErrors() async throws {
        let changes: [(inout SamplingSettings) -> Void] = [
            { $0.temperature = -1 }, { $0.temperature = .nan }, { $0.topK = -1 }, { $0.topP = 0 }, { $0.topP = 2 },
            { $0.minP = -0.1 }, { $0.minP = 1.5 }, { $0.guidanceScale = -1 }, { $0.guidanceScale = .infinity },
        ]
        for change in changes {
            var request = try model.request()
            change(&request.sampling)
            let asked = request
            await #expect(throws: SamplingError.self) { _ = try await model.generate(asked) }
        }
    }

    @Test func oneBadRequestStopsItsBatch() async throws {
        let requests = [try model.request(), try model.request("")]
        #expect(await message { _ = try await model.drawAll(requests) } == "the prompt is empty")
    }

    @Test func requestsGoThroughJSON() throws {
        var request = try model.request("a \"Ü\"\n", seed: .max, guidance: 1.25)
        request.negativePrompt = .tokens([1, 2])
        let data = try JSONEncoder().encode(request)
        #expect(try JSONDecoder().decode(GenerationRequest.self, from: data) == request)
    }

    @Test func unknownWordsAreNamed() {
        #expect(model.unknownWords(in: "a red circle") == [])
        #expect(model.unknownWords(in: "a red 漢字 circle") == ["漢字"])
    }

    @Test func wordsOfTheModelsListAreKnown() throws {
        let listed = try TinyModel {
            $0.replacingOccurrences(of: "\"max_tokens\": 24", with: "\"max_tokens\": 24, \"words\": \"words.txt\"")
        }
        try listed.write("a\nand\nred\nCircle\n", to: "words.txt")
        let model = try Model(at: listed.folder)
        #expect(model.unknownWords(in: "A red circle, a red-circle and a blue \"word\" circle.") == ["blue"])
        #expect(model.unknownWords(in: "7 red-ish 漢字") == ["7", "red-ish", "漢字"])
        try FileManager.default.removeItem(atPath: listed.path("words.txt"))
        #expect(throws: (any Error).self) { try Model(at: listed.folder) }
    }
}
