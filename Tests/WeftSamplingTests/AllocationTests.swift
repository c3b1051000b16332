// AllocationTests: a token takes no memory, whatever the settings: every call of malloc and its kin is counted.

#if os(Linux) && canImport(CAllocations)
    import CAllocations
    import Testing
    import WeftSampling

    @Suite struct AllocationTests {
        @Test(arguments: [false, true])
        func tokensAllocateNothing(traced: Bool) async {
            // In a process of its own, where no other test takes memory at the same time.
            await #expect(processExitsWith: .success) { [traced] in
                let size = 300
                let all = SamplingSettings(
                    temperature: 1.1, topK: 200, topP: 0.95, minP: 0.001, alikeMinP: 0.001, typicalP: 0.95,
                    epsilonCutoff: 1e-4, etaCutoff: 1e-4, topNSigma: 4, repetitionPenalty: 1.2, repetitionWindow: 2,
                    guidanceScale: 3,
                    guidanceSchedule: .cosine, guidanceInterval: 0...30)
                let byRow = SamplingSettings(temperatureByRow: [1.5, 0.5, 1])
                let greedy = SamplingSettings(temperature: 0, guidanceScale: 2)
                let grammar = try GridGrammar(rows: 6, columns: 7) { row, column in
                    try TokenMask(allowing: row + column..<size, vocabularySize: size)
                }
                let alike = (0..<size).map { [$0 ^ 1] }
                for settings in [SamplingSettings(), all, byRow, greedy] {
                    let pipeline = try settings.makePipeline(vocabularySize: size, processors: [grammar]) { alike[$0] }
                    let logits = (0..<size).map { Float($0 * 7919 % 311) / 40 }
                    let without = (0..<size).map { Float($0 * 104729 % 307) / 40 }
                    var work = [Float](repeating: 0, count: size)
                    var tokens: [Int] = []
                    tokens.reserveCapacity(42)
                    let before = allocation_count()
                    while tokens.count < 42 {
                        for token in 0..<size { work[token] = logits[token] }
                        var span = work.mutableSpan
                        let token: Int
                        if traced {
                            token = try pipeline.choose(
                                &span, unconditional: without.span,
                                in: SamplingContext(tokens: tokens, rows: 6, columns: 7), seed: 3
                            ).token
                        } else {
                            token = try pipeline.sample(
                                &span, unconditional: without.span,
                                in: SamplingContext(tokens: tokens, rows: 6, columns: 7), seed: 3)
                        }
                        tokens.append(token)
                    }
                    let taken = allocation_count() - before
                    #expect(taken == 0, "\(taken) allocations in 42 tokens with \(settings)")
                }
            }
        }

        @Test func allocationsAreCounted() {
            let before = allocation_count()
            let array = Array(0..<Int.random(in: 100...200))
            let after = allocation_count()
            #expect(after > before, "\(array.count) numbers take memory")
        }
    }
#endif
