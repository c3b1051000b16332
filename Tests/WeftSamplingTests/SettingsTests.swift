// SettingsTests: ranges, defaults and JSON of the settings.

import Foundation
import Testing
import WeftSampling

@Suite struct SettingsTests {
    private func decoded(_ text: String) throws -> SamplingSettings {
        try JSONDecoder().decode(SamplingSettings.self, from: Data(text.utf8))
    }

    private func expect(_ message: String, _ settings: SamplingSettings) {
        #expect(throws: SamplingError(.invalidSetting, message)) { try settings.validate() }
        #expect(throws: SamplingError(.invalidSetting, message)) { _ = try settings.makePipeline(vocabularySize: 4) }
    }

    @Test("every setting is validated", arguments: [Float.nan, .infinity, -.infinity, -1])
    func invalidSettings(value: Float) {
        expect("temperature must be finite and at least 0.00001, got \(value)", SamplingSettings(temperature: value))
        expect(
            "temperature by row must be finite and at least 0.00001, got \(value) as value 2 of 2",
            SamplingSettings(temperatureByRow: [1, value]))
        expect("top-p must be in (0, 1], got \(value)", SamplingSettings(topP: value))
        expect("min-p must be in [0, 1], got \(value)", SamplingSettings(minP: value))
        expect("alike-min-p must be in [0, 1], got \(value)", SamplingSettings(alikeMinP: value))
        expect("typical-p must be in (0, 1], got \(value)", SamplingSettings(typicalP: value))
        expect("epsilon cutoff must be in [0, 1), got \(value)", SamplingSettings(epsilonCutoff: value))
        expect("eta cutoff must be in [0, 1), got \(value)", SamplingSettings(etaCutoff: value))
        expect("top-n-sigma must be finite and 0 (off) or more, got \(value)", SamplingSettings(topNSigma: value))
        expect(
            "repetition penalty must be finite and above 0 (1 is off), got \(value)",
            SamplingSettings(repetitionPenalty: value))
        expect("guidance scale must be finite and 0 or more, got \(value)", SamplingSettings(guidanceScale: value))
        expect("guidance start must be finite and 0 or more, got \(value)", SamplingSettings(guidanceStart: value))
    }

    @Test func invalidCombinations() {
        expect("top-k must be 0 (off) or more, got -1", SamplingSettings(topK: -1))
        expect("repetition window must be 1 or more cells, got 0", SamplingSettings(repetitionWindow: 0))
        expect("best of must be in 1...64, got 0", SamplingSettings(bestOf: 0))
        expect("best of must be in 1...64, got 65", SamplingSettings(bestOf: 65))
        expect("guidance interval must begin at token 0 or later, got -3", SamplingSettings(guidanceInterval: -3...4))
        expect(
            "temperature 0 chooses the most likely token, and has no use for a temperature by row",
            SamplingSettings(temperature: 0, temperatureByRow: [1]))
        expect(
            "temperature by row must be finite and at least 0.00001, got 0.0 as value 1 of 1",
            SamplingSettings(temperatureByRow: [0]))
    }

    @Test func validSettings() throws {
        try SamplingSettings().validate()
        try SamplingSettings(temperature: 0, topK: 5, topP: 0.1, minP: 1, guidanceScale: 0).validate()
        try SamplingSettings(typicalP: 0.1, epsilonCutoff: 0.9, etaCutoff: 0.9, topNSigma: 9).validate()
        #expect(SamplingSettings(temperature: 0).isGreedy)
        #expect(!SamplingSettings().isGreedy)
        #expect(!SamplingSettings(temperature: 1, temperatureByRow: [1]).isGreedy)
        #expect(SamplingSettings(bestOf: 64).candidates == 64)
        #expect(SamplingSettings(temperature: 0, bestOf: 64).candidates == 1)
        #expect(SamplingSettings(bestOf: 2).comparesTokens && SamplingSettings(alikeMinP: 0.1).comparesTokens)
        #expect(!SamplingSettings().comparesTokens && !SamplingSettings(temperature: 0, alikeMinP: 1).comparesTokens)
    }

    @Test("settings survive JSON, absent keys are defaults")
    func json() throws {
        let settings = SamplingSettings(
            temperature: 0.9, temperatureByRow: [1.5, 0.5], topK: 64, topP: 0.95, minP: 0.05, alikeMinP: 0.2,
            typicalP: 0.9, epsilonCutoff: 0.0003, etaCutoff: 0.0004, topNSigma: 1.5, repetitionPenalty: 1.25,
            repetitionWindow: 3,
            guidanceScale: 4.5, guidanceSchedule: .cosine, guidanceStart: 0.5, guidanceInterval: 2...99,
            decode: .jacobi, window: 5, bestOf: 4)
        let data = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(SamplingSettings.self, from: data) == settings)
        let defaults = try JSONEncoder().encode(SamplingSettings())
        #expect(try JSONDecoder().decode(SamplingSettings.self, from: defaults) == SamplingSettings())
        #expect(try decoded("{}") == SamplingSettings())
    }

    @Test("each key sets one setting")
    func keys() throws {
        #expect(try decoded(#"{"temperature": 0.5}"#) == SamplingSettings(temperature: 0.5))
        #expect(try decoded(#"{"temperature_by_row": [1, 2]}"#) == SamplingSettings(temperatureByRow: [1, 2]))
        #expect(try decoded(#"{"top_k": 7}"#) == SamplingSettings(topK: 7))
        #expect(try decoded(#"{"top_p": 0.5}"#) == SamplingSettings(topP: 0.5))
        #expect(try decoded(#"{"min_p": 0.5}"#) == SamplingSettings(minP: 0.5))
        #expect(try decoded(#"{"alike_min_p": 0.5}"#) == SamplingSettings(alikeMinP: 0.5))
        #expect(try decoded(#"{"typical_p": 0.5}"#) == SamplingSettings(typicalP: 0.5))
        #expect(try decoded(#"{"epsilon_cutoff": 0.5}"#) == SamplingSettings(epsilonCutoff: 0.5))
        #expect(try decoded(#"{"eta_cutoff": 0.5}"#) == SamplingSettings(etaCutoff: 0.5))
        #expect(try decoded(#"{"top_n_sigma": 2}"#) == SamplingSettings(topNSigma: 2))
        #expect(try decoded(#"{"repetition_penalty": 2}"#) == SamplingSettings(repetitionPenalty: 2))
        #expect(try decoded(#"{"repetition_window": 2}"#) == SamplingSettings(repetitionWindow: 2))
        #expect(try decoded(#"{"guidance_scale": 2}"#) == SamplingSettings(guidanceScale: 2))
        #expect(try decoded(#"{"guidance_schedule": "linear"}"#) == SamplingSettings(guidanceSchedule: .linear))
        #expect(try decoded(#"{"guidance_start": 2}"#) == SamplingSettings(guidanceStart: 2))
        #expect(try decoded(#"{"guidance_interval": [0, 5]}"#) == SamplingSettings(guidanceInterval: 0...5))
        #expect(try decoded(#"{"decode": "jacobi"}"#) == SamplingSettings(decode: .jacobi))
        #expect(try decoded(#"{"window": 5}"#) == SamplingSettings(window: 5))
        #expect(try decoded(#"{"best_of": 5}"#) == SamplingSettings(bestOf: 5))
        #expect(try decoded(#"{"guidance_interval": null}"#) == SamplingSettings())
    }

    @Test func jsonRefusals() {
        func expect(_ code: SamplingError.Code, _ message: String, _ text: String) {
            #expect(throws: SamplingError(code, message)) { try decoded(text) }
        }
        expect(.invalidSetting, "top-p must be in (0, 1], got 1.3", #"{"top_p": 1.3}"#)
        expect(
            .invalidSetting, "guidance schedule must be one of constant, linear, cosine, got \"sine\"",
            #"{"guidance_schedule": "sine"}"#)
        expect(
            .invalidSetting, "decode must be one of sequential, jacobi, got \"parallel\"", #"{"decode": "parallel"}"#)
        for bounds in ["[5, 3]", "[1]", "[]", "[1, 2, 3]"] {
            expect(
                .invalidSetting,
                "guidance interval must be the first and the last token to guide, as [0, 255]; got \(bounds)",
                #"{"guidance_interval": \#(bounds)}"#)
        }
        expect(
            .unknownSetting,
            "there is no sampling setting \"topp\"; there are temperature, temperature_by_row, top_k, top_p, min_p, "
                + "alike_min_p, typical_p, epsilon_cutoff, eta_cutoff, top_n_sigma, repetition_penalty, repetition_window, "
                + "guidance_scale, guidance_schedule, guidance_start, guidance_interval, decode, window, best_of",
            #"{"top_k": 3, "topp": 0.5}"#)
        #expect(throws: DecodingError.self) { try decoded(#"{"top_k": "many"}"#) }
    }
}
