// Settings over settings.

import Foundation
import Testing
import Weft
import WeftSampling

@Suite struct SamplingOverridesTests {
    private let base = SamplingSettings(
        temperature: 0.3, temperatureByRow: [0.2], topK: 3, topP: 0.3, minP: 0.3, alikeMinP: 0.3, typicalP: 0.3,
        epsilonCutoff: 0.3, etaCutoff: 0.3, topNSigma: 0.3, repetitionPenalty: 1.3, repetitionWindow: 3,
        guidanceScale: 3,
        guidanceSchedule: .linear, guidanceStart: 3, guidanceInterval: 3...4, window: 3, bestOf: 2)
    private let settings = SamplingSettings(
        temperature: 0.6, temperatureByRow: [0.6, 1], topK: 6, topP: 0.6, minP: 0.6, alikeMinP: 0.6, typicalP: 0.6,
        epsilonCutoff: 0.6, etaCutoff: 0.6, topNSigma: 0.6, repetitionPenalty: 1.6, repetitionWindow: 6,
        guidanceScale: 6, guidanceSchedule: .cosine, guidanceStart: 6, guidanceInterval: 6...7,
        decode: .jacobi, window: 6, bestOf: 7)

    private func overrides(_ settings: SamplingSettings) throws -> SamplingOverrides {
        try JSONDecoder().decode(SamplingOverrides.self, from: JSONEncoder().encode(settings))
    }

    @Test func nothingGivenChangesNothing() {
        #expect(SamplingOverrides().applied(to: base) == base)
    }

    @Test func everythingGivenReplacesEverything() throws {
        #expect(try overrides(settings).applied(to: base) == settings)
        #expect(try overrides(base).applied(to: settings) == base)
    }

    @Test func whatIsGivenReplacesThatAlone() {
        var overrides = SamplingOverrides()
        overrides.topK = 0
        overrides.temperatureByRow = []
        var expected = base
        expected.topK = 0
        expected.temperatureByRow = []
        #expect(overrides.applied(to: base) == expected)
    }

    @Test func theKeysAreThoseOfPromptFiles() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var overrides = SamplingOverrides()
        #expect(String(decoding: try encoder.encode(overrides), as: UTF8.self) == "{}")
        overrides.topNSigma = 1.5
        overrides.guidanceInterval = 2...5
        overrides.guidanceSchedule = .linear
        #expect(
            String(decoding: try encoder.encode(overrides), as: UTF8.self)
                == #"{"guidance_interval":[2,5],"guidance_schedule":"linear","top_n_sigma":1.5}"#)
        let fixture = try PromptFixture()
        var all = try JSONEncoder().encode(try self.overrides(settings))
        all.removeLast()
        let row = try fixture.file(String(decoding: all, as: UTF8.self) + #","prompt":"a"}"#, "a.jsonl").rows[0]
        #expect(row.sampling.applied(to: base) == settings)
    }

    @Test func aRowWithoutOverridesIsARowWithEmptyOnes() throws {
        let fixture = try PromptFixture()
        var row = try fixture.file("a", "a.txt").rows[0]
        let plain = row
        row.sampling.topK = 3
        #expect(row != plain && row.sampling.topK == 3)
        row.sampling.topK = nil
        #expect(row == plain)
    }
}
