// What a picture's file says about how it was made.

import Foundation
import Testing
import Weft
import WeftPixels
import WeftSampling

@Suite struct MetadataTests {
    private let tiny: TinyModel
    private let model: Model

    init() throws {
        tiny = try TinyModel()
        model = try Model(at: tiny.folder)
    }

    private func json(_ request: GenerationRequest) throws -> String {
        try #require(try request.metadata(model: model.name).first { $0.keyword == "weft" }).text
    }

    @Test func theChunksAreTheseTexts() throws {
        var request = try model.request("a sign with \"HI\"", seed: .max, guidance: 2.5)
        request.negativePrompt = .text("blue")
        let chunks = try request.metadata(model: model.name)
        #expect(chunks.map(\.keyword) == ["parameters", "weft"])
        #expect(
            chunks[0].text == """
                a sign with "HI"
                Negative prompt: blue
                Steps: 16, Sampler: categorical, CFG scale: 2.5, Seed: 18446744073709551615, Size: 16x16, Model: tiny
                """)
        #expect(
            chunks[1].text == """
                {"guidance_scale":2.5,"min_p":0,"model":"tiny","negative_prompt":"blue",\
                "prompt":"a sign with \\"HI\\"","quality":"low","seed":18446744073709551615,"size":"16x16",\
                "temperature":0.9,"top_k":0,"top_p":1}
                """)
    }

    @Test func rawTokensAndGreedySamplingAreNamed() throws {
        var request = try model.request()
        request.prompt = .tokens([5, 6])
        request.negativePrompt = .tokens([7])
        request.sampling.temperature = 0
        let chunks = try request.metadata(model: "m")
        #expect(chunks[0].text.hasPrefix("5,6\nNegative prompt: 7\nSteps: 16, Sampler: greedy, CFG scale: 2, "))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(chunks[1].text.utf8)) as? [String: Any])
        #expect(object["prompt_tokens"] as? [Int] == [5, 6])
        #expect(object["negative_prompt_tokens"] as? [Int] == [7])
        #expect(object["prompt"] == nil)
    }

    @Test(arguments: [0.1, 0.3, 0.7, 0.9, 1e-5, 0.123456, 1, 33.3] as [Float])
    func numbersAreTheShortestThatMeanTheSame(value: Float) throws {
        struct Record: Decodable { let temperature: Float }
        var request = try model.request()
        request.sampling.temperature = value
        let text = try json(request)
        #expect(try JSONDecoder().decode(Record.self, from: Data(text.utf8)).temperature == value)
        #expect(text.count < 220)
    }

    @Test(arguments: ["plain", "Größe", "漢字 \u{1F98A}", "two\nlines", "a: b, \"c\" \\ d"])
    func textGoesThroughAPictureFile(prompt: String) async throws {
        var request = try model.request(seed: 5)
        request.prompt = .text(prompt)
        let path = "\(tiny.output)/picture.png"
        let text = try request.metadata(model: model.name)
        let picture = try Picture(width: 16, height: 16, color: RGB(red: 1, green: 2, blue: 3))
        try PNG.write(picture, text: text, to: path)
        let (again, chunks) = try PNG.read(path: path)
        #expect(again == picture)
        #expect(chunks == text)
        let metadata = try #require(try GenerationMetadata(chunks))
        #expect(metadata.prompt == prompt)
        #expect(metadata.seed == 5)
        #expect(metadata.request == (try json(request)))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(metadata.request.utf8)) as? [String: Any])
        #expect(object["prompt"] as? String == prompt)
    }

    @Test func equalRequestsHaveEqualBytes() async throws {
        let picture = try await model.generate(try model.request())
        let bytes = try (0..<2).map { _ in
            try PNG.encode(picture.picture, text: picture.request.metadata(model: model.name))
        }
        #expect(bytes[0] == bytes[1])
    }
}
