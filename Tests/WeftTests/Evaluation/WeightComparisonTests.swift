// What types of weights change, measured on a tiny model.

import Foundation
import Testing

@testable import Weft

@Suite struct WeightComparisonTests {
    @Test func fewerBitsChangeMore() throws {
        let tiny = try TinyModel()
        let model = try Model(at: tiny.folder)
        let requests = try ["a red circle", "two blue stars", "a house"].map { try model.request($0, width: 32) }
        let types: [WeightType] = [.f32, .bf16, .q8, .q4]
        let comparison = try WeightComparison(
            of: model.description, types: types, caches: [.bf16, .q8], requests: requests,
            threads: 1)
        #expect(comparison.pictures == 3 && comparison.tokens == 3 * 64)
        let rows = comparison.rows
        #expect(rows.map(\.weights) == types + [.f32, .f32])
        #expect(rows.map(\.cache) == [.f32, .f32, .f32, .f32, .bf16, .q8])
        #expect(rows[0].logitsError == 0 && rows[0].topAgreement == 1 && rows[0].tokenAgreement == 1)
        // Matrices of 32 inputs fill half of the 64 that q8 takes at least.
        #expect(rows[0].bytes > rows[1].bytes && rows[2].bytes > rows[3].bytes)
        #expect(rows[1].logitsError > 0 && rows[2].logitsError > 0 && rows[3].logitsError > rows[2].logitsError)
        #expect(rows[1].logitsError < 0.05 && rows[2].logitsError < 0.1 && rows[3].logitsError < 0.6)
        #expect(rows[4].logitsError > 0 && rows[4].logitsError < 0.01)
        #expect(rows[5].logitsError > 0 && rows[5].logitsError < 0.05)
        #expect(rows.allSatisfy { (0...1).contains($0.topAgreement) && (0...1).contains($0.tokenAgreement) })
        // What follows another token may be anything, so a picture of its own has fewer equal tokens.
        #expect(rows[3].topAgreement > 0.4)
        // The result does not depend on guidance, which is off, nor on threads.
        var guided = requests
        for index in guided.indices { guided[index].sampling.guidanceScale = 3 }
        let again = try WeightComparison(
            of: model.description, types: types, caches: [.bf16, .q8], requests: guided, threads: 2)
        #expect(again.markdown == comparison.markdown)
        let lines = comparison.markdown.split(separator: "\n")
        #expect(lines.count == 8)
        #expect(
            lines[0] == "| weights | keys and values | transformer, MB | error of logits | same greatest logit "
                + "| same greedy tokens |")
        #expect(lines[2] == "| f32 | f32 | 0.3 | 0% | 100.00% | 100.0% |")
    }

    /// What is stored quantised is compared with the float32 that it stands for.
    @Test func quantisedFilesAreComparedWithWhatTheyStandFor() throws {
        let tiny = try TinyModel()
        let stored = "\(tiny.output)/stored"
        let description = try ModelDescription(folder: tiny.folder)
        try description.convert(to: stored, dtype: .q8)
        let request = try Model(at: stored).request(width: 32)
        let comparison = try WeightComparison(
            of: ModelDescription(folder: stored), types: [.f32, .q8], requests: [request], threads: 1)
        #expect(comparison.rows[0].logitsError == 0)
        #expect(comparison.rows[1].logitsError > 0 && comparison.rows[1].logitsError < 0.1)
    }
}
