// GuidanceTests: the guidance scale of each token, and when unconditional logits are needed.

import Foundation
import Testing
import WeftSampling

@Suite struct GuidanceTests {
    private func scales(_ settings: SamplingSettings, rows: Int = 2, columns: Int = 3) throws -> [Float] {
        try (0..<rows * columns).map { settings.guidanceScale(at: try place($0, rows: rows, columns: columns)) }
    }

    @Test func constant() throws {
        #expect(try scales(SamplingSettings(guidanceScale: 4)) == [4, 4, 4, 4, 4, 4])
        #expect(try scales(SamplingSettings()) == [1, 1, 1, 1, 1, 1])
        // The start belongs to schedules that move.
        #expect(try scales(SamplingSettings(guidanceScale: 4, guidanceStart: 9)) == [4, 4, 4, 4, 4, 4])
    }

    @Test("a linear schedule goes from the start at the first token to the scale at the last")
    func linear() throws {
        var settings = SamplingSettings(guidanceScale: 6, guidanceSchedule: .linear)
        #expect(try scales(settings) == [1, 2, 3, 4, 5, 6])
        settings.guidanceStart = 11
        #expect(try scales(settings) == [11, 10, 9, 8, 7, 6])
        #expect(try scales(settings, rows: 1, columns: 2) == [11, 6])
        #expect(try scales(settings, rows: 1, columns: 1) == [6])
    }

    @Test("a cosine schedule is half a wave")
    func cosine() throws {
        let settings = SamplingSettings(guidanceScale: 5, guidanceSchedule: .cosine, guidanceStart: 2)
        let result = try scales(settings, rows: 25, columns: 41)
        #expect(result.first == 2)
        #expect(result.last == 5)
        #expect(result[512] == 3.5)
        for (index, scale) in result.enumerated() {
            let expected = 2 + 3 * (1 - cos(Double.pi * Double(index) / 1024)) / 2
            #expect(abs(Double(scale) - expected) <= 3e-7)
        }
        for progress in stride(from: 0, through: 1, by: 1e-4) {
            let share = GuidanceSchedule.cosine.share(at: progress)
            #expect(abs(share - (1 - cos(Double.pi * progress)) / 2) <= 4e-16)
        }
    }

    @Test("outside of the interval the scale is 1, inside the schedule goes on as without it")
    func interval() throws {
        var settings = SamplingSettings(guidanceScale: 6, guidanceInterval: 1...3)
        #expect(try scales(settings) == [1, 6, 6, 6, 1, 1])
        settings.guidanceSchedule = .linear
        #expect(try scales(settings) == [1, 2, 3, 4, 1, 1])
        settings.guidanceInterval = 5...5
        #expect(try scales(settings) == [1, 1, 1, 1, 1, 6])
    }

    /// LlamaGen draws token 0 in its prefill, always guided, and then counts steps from 0: a step above `cfg_interval`
    /// is not guided unless that is -1. Step i draws token i + 1.
    @Test("cfg_interval = n of LlamaGen is the interval 0...n + 1")
    func llamaGen() throws {
        for interval in 0..<8 {
            var expected: [Float] = [7.5]
            var isGuided = true
            for step in 0..<5 {
                if interval > -1, step > interval { isGuided = false }
                expected.append(isGuided ? 7.5 : 1)
            }
            let settings = SamplingSettings(guidanceScale: 7.5, guidanceInterval: 0...interval + 1)
            #expect(try scales(settings) == expected)
        }
    }

    @Test func lastGuidedToken() {
        func last(_ settings: SamplingSettings, _ count: Int = 6) -> Int? { settings.lastGuidedToken(count: count) }
        #expect(last(SamplingSettings()) == nil)
        #expect(last(SamplingSettings(guidanceScale: 4)) == 5)
        #expect(last(SamplingSettings(guidanceScale: 4), 0) == nil)
        #expect(last(SamplingSettings(guidanceScale: 4, guidanceInterval: 1...3)) == 3)
        #expect(last(SamplingSettings(guidanceScale: 4, guidanceInterval: 1...9)) == 5)
        #expect(last(SamplingSettings(guidanceScale: 4, guidanceInterval: 6...9)) == nil)
        // Guidance that fades to 1 is off at the last token alone.
        #expect(last(SamplingSettings(guidanceScale: 1, guidanceSchedule: .linear, guidanceStart: 4)) == 4)
        #expect(last(SamplingSettings(guidanceSchedule: .cosine)) == nil)
        // From 1 upwards: nothing to guide at the first token.
        #expect(last(SamplingSettings(guidanceScale: 4, guidanceSchedule: .linear, guidanceInterval: 0...0)) == nil)
    }

    @Test("no token after the last guided one has a scale other than 1, and it has one itself")
    func lastGuidedTokenIsExact() throws {
        for number in 0..<2000 as Range<UInt64> {
            var random = CounterRandom(seed: 5, tokenIndex: number)
            let first = Int.random(in: 0..<12, using: &random)
            let settings = SamplingSettings(
                guidanceScale: Float(Int.random(in: 0...2, using: &random)),
                guidanceSchedule: GuidanceSchedule.allCases.randomElement(using: &random) ?? .constant,
                guidanceStart: Float(Int.random(in: 0...2, using: &random)),
                guidanceInterval: Bool.random(using: &random) ? first...first + 4 : nil)
            let scales = try scales(settings, rows: Int.random(in: 1...4, using: &random))
            #expect(settings.lastGuidedToken(count: scales.count) == scales.lastIndex { $0 != 1 }, "\(settings)")
            #expect(settings.usesGuidance || scales.allSatisfy { $0 == 1 })
        }
    }

    @Test("the pipeline guides each token by its own scale")
    func pipeline() throws {
        let settings = SamplingSettings(guidanceScale: 6, guidanceSchedule: .linear, guidanceInterval: 0...4)
        let pipeline = try settings.makePipeline(vocabularySize: 2)
        let without: [Float] = [1, 1]
        for (index, scale) in try scales(settings).enumerated() {
            var logits: [Float] = [3, 0]
            var span = logits.mutableSpan
            try pipeline.process(&span, unconditional: without.span, in: place(index, rows: 2, columns: 3))
            #expect(logits == [1 + 2 * scale, 1 - scale])
        }
    }

    @Test("guidance of many logits is that of each, and the first that cannot be is named")
    func manyLogits() throws {
        for count in [1, 15, 16, 17, 40] {
            let with = (0..<count).map { $0 % 7 == 3 ? masked : Float($0) / 3 }
            let without = (0..<count).map { Float($0 * $0 % 11) }
            var result = with
            var span = result.mutableSpan
            try ClassifierFreeGuidance(scale: 2.5).combine(&span, unconditional: without.span)
            #expect(result == zip(with, without).map { $0 == masked ? masked : $1 + ($0 - $1) * 2.5 })
            for bad in 0..<count where with[bad] != masked {
                var unconditional = without
                unconditional[bad] = .nan
                unconditional[count - 1] = .nan
                #expect {
                    var result = with
                    var span = result.mutableSpan
                    try ClassifierFreeGuidance(scale: 2).combine(&span, unconditional: unconditional.span)
                } throws: { error in
                    (error as? SamplingError)?.message
                        == "NaN in guidance of token \(bad) at scale 2.0: conditional \(with[bad]), unconditional nan"
                }
            }
        }
    }
}
