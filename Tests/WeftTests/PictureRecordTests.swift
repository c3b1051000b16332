// A picture's file says how it was made, and that is enough to make it again.

import Foundation
import Testing
import WeftPixels
import WeftSampling

@testable import Weft

@Suite struct PictureRecordTests {
    private let tiny: TinyModel
    private let model: Model

    init() throws {
        tiny = try TinyModel()
        model = try Model(at: tiny.folder)
    }

    private func repeated(_ request: GenerationRequest) throws -> GenerationRequest {
        let path = "\(tiny.output)/a.png"
        try PNG.write(
            Picture(width: 1, height: 1, color: .white), text: request.metadata(model: model.name), to: path)
        let record = try PictureRecord(path: path)
        #expect(record.model == "tiny")
        return try record.request(for: model.description)
    }

    @Test func everySettingComesBack() throws {
        var request = try model.request("a \"WORD\", 狐", seed: .max, width: 32, guidance: 0.7)
        #expect(try repeated(request) == request)
        request.negativePrompt = .tokens([4, 5])
        request.tokenLimit = 33
        request.fill = .mean
        request.sampling = SamplingSettings(
            temperature: 0.3, temperatureByRow: [1.1, 0.123456], topK: 12, topP: 0.9, minP: 0.05, alikeMinP: 0.25,
            typicalP: 0.95, epsilonCutoff: 3e-4, etaCutoff: 0.002, topNSigma: 1.5, repetitionPenalty: 1.1,
            repetitionWindow: 3,
            guidanceScale: 7.5, guidanceSchedule: .cosine, guidanceStart: 0.1, guidanceInterval: 3...40,
            decode: .jacobi, window: 5, bestOf: 3)
        #expect(try repeated(request) == request)
        request.prompt = .tokens([6, 7, 8])
        request.negativePrompt = .text("blue")
        #expect(try repeated(request) == request)
    }

    @Test func settingsThatAreOffAreNotKept() throws {
        let request = try model.request()
        let json = try request.metadata(model: "tiny")[1].text
        for key in [
            "typical_p", "guidance_schedule", "tokens", "fill", "repetition_window", "temperature_by_row", "decode",
            "best_of", "alike_min_p",
        ] {
            #expect(!json.contains(key), "\(key)")
        }
    }

    @Test func whatCannotBeRepeatedIsSaid() async throws {
        let path = "\(tiny.output)/b.png"
        let model = model
        func problem(_ json: String?) async throws -> String {
            let text = json.map { [TextChunk(keyword: "weft", text: $0)] } ?? []
            try PNG.write(Picture(width: 1, height: 1, color: .white), text: text, to: path)
            return await message { _ = try PictureRecord(path: path).request(for: model.description) }
        }
        #expect(try await problem(nil) == "\(path): has no record of how it was made (a text chunk \"weft\")")
        #expect(try await problem("{}") == "\(path): its record of how it was made cannot be read")
        func record(_ change: (inout RequestRecord) -> Void) throws -> String {
            var record = RequestRecord(try model.request(), model: "tiny", weights: nil, cache: nil)
            change(&record)
            return String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
        }
        #expect(
            try await problem(record { $0.prompt = nil })
                == "\(path): its record must have one of prompt, prompt_tokens and class")
        #expect(try await problem(record { $0.size = "8" }) == "\(path): its record has the size \"8\"")
        #expect(
            try await problem(record { $0.sampling.topP = 3 }).contains("cannot be repeated: top-p must be in (0, 1]"))
        #expect(try await problem(record { $0.size = "8x8" }).contains("the nearest possible: 16x16"))
        #expect(
            try await problem(
                record {
                    $0.prompt = nil
                    $0.features = 12
                }
            ).contains("was drawn from features"))
    }
}
