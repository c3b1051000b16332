// ErrorTests: what is refused, and in which words.

import Testing
import WeftSampling

@Suite struct ErrorTests {
    private func expect<Value>(
        _ code: SamplingError.Code, _ message: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () throws -> Value
    ) {
        #expect(throws: SamplingError(code, message), sourceLocation: sourceLocation) { _ = try body() }
    }

    @Test func settingsOutOfRange() {
        expect(.invalidSetting, "temperature must be finite and at least 0.00001, got -1.0") { try Temperature(-1) }
        expect(.invalidSetting, "temperature must be finite and at least 0.00001, got 0.0") { try Temperature(0) }
        expect(.invalidSetting, "temperature must be finite and at least 0.00001, got nan") { try Temperature(.nan) }
        expect(.invalidSetting, "top-k must be 0 (off) or more, got -1") { try TopK(-1) }
        expect(.invalidSetting, "top-p must be in (0, 1], got 1.3") { try TopP(1.3) }
        expect(.invalidSetting, "top-p must be in (0, 1], got 0.0") { try TopP(0) }
        expect(.invalidSetting, "top-p must be in (0, 1], got nan") { try TopP(.nan) }
        expect(.invalidSetting, "min-p must be in [0, 1], got -0.1") { try MinP(-0.1) }
        expect(.invalidSetting, "min-p must be in [0, 1], got nan") { try MinP(.nan) }
        expect(.invalidSetting, "guidance scale must be finite and 0 or more, got inf") {
            try ClassifierFreeGuidance(scale: .infinity)
        }
        expect(.invalidSetting, "guidance scale must be finite and 0 or more, got -2.0") {
            try ClassifierFreeGuidance(scale: -2)
        }
        expect(.invalidSetting, "vocabulary size must be in 1...2147483647, got 0") {
            try SamplingScratch(vocabularySize: 0)
        }
    }

    @Test func masks() {
        expect(.invalidToken, "allowed token id 4 is outside of the vocabulary 0..<4") {
            try TokenMask(allowing: [0, 4], vocabularySize: 4)
        }
        expect(.invalidToken, "allowed token id -1 is outside of the vocabulary 0..<4") {
            try TokenMask(allowingRanges: [-1..<2], vocabularySize: 4)
        }
        expect(.invalidSetting, "a token mask must allow at least one token, got none") {
            try TokenMask(allowing: 2..<2, vocabularySize: 4)
        }
        expect(.invalidSetting, "vocabulary size must be 1 or more, got 0") {
            try TokenMask(allowing: [], vocabularySize: 0)
        }
        expect(.sizeMismatch, "token mask is made for 4 logits, got 3") {
            try processed([1, 2, 3], by: TokenMask(allowing: [0], vocabularySize: 4))
        }
    }

    @Test("samplers and filters name the logit that cannot be used", arguments: [0, 1])
    func unusableLogits(sampler: Int) {
        func sample(_ logits: [Float]) throws -> Int {
            sampler == 0
                ? try chosen(logits, by: GreedySampler()) : try chosen(logits, by: CategoricalSampler())
        }
        expect(.emptyLogits, "cannot sample: there are no logits") { try sample([]) }
        expect(.allMasked, "cannot sample: all 3 logits are masked (-infinity)") {
            try sample([masked, masked, masked])
        }
        expect(.notANumber, "cannot sample: the logit of token 1 is NaN") { try sample([1, .nan, 3]) }
        expect(.notANumber, "cannot sample: the logit of token 0 is NaN") { try sample([-.nan, .infinity]) }
        expect(.positiveInfinity, "cannot sample: the logit of token 2 is +infinity") {
            try sample([1, masked, .infinity])
        }
    }

    @Test func filtersRefuseUnusableLogits() throws {
        let steps: [any LogitsProcessor] = [
            try TopK(1), try TopP(0.5), try MinP(0.5), try TypicalP(0.5), try EpsilonCutoff(0.5), try EtaCutoff(0.5),
            try TopNSigma(1),
        ]
        for step in steps {
            expect(.notANumber, "cannot sample: the logit of token 1 is NaN") {
                try processed([1, .nan, 3], by: step)
            }
            expect(.positiveInfinity, "cannot sample: the logit of token 0 is +infinity") {
                try processed([.infinity, 1], by: step)
            }
            expect(.allMasked, "cannot sample: all 2 logits are masked (-infinity)") {
                try processed([masked, masked], by: step)
            }
        }
        expect(.emptyLogits, "cannot sample: there are no logits") { try processed([], by: TopP(0.5)) }
    }

    @Test func sizes() throws {
        let scratch = try SamplingScratch(vocabularySize: 2)
        expect(.sizeMismatch, "sampling scratch is made for 2 logits, got 3") {
            var logits: [Float] = [1, 2, 3]
            var span = logits.mutableSpan
            try TopK(1).process(&span, in: place(0), scratch: scratch)
        }
        expect(.sizeMismatch, "guidance needs as many unconditional as conditional logits, got 1 and 2") {
            var logits: [Float] = [1, 2]
            let without: [Float] = [1]
            var span = logits.mutableSpan
            try ClassifierFreeGuidance(scale: 1).combine(&span, unconditional: without.span)
        }
        expect(.invalidToken, "token id 2 is outside of the vocabulary 0..<2") {
            let logits: [Float] = [1, 2]
            return try CategoricalSampler().logProbability(of: 2, in: logits.span)
        }
    }

    @Test func repetitionPenalty() throws {
        func penalised(_ logit: Float, by penalty: Float, token: Int) throws -> [Float] {
            let context = try SamplingContext(tokens: [token], rows: 1, columns: 2)
            return try processed([logit, 1], by: RepetitionPenalty(penalty), in: context)
        }
        for token in [-1, 2] {
            expect(
                .invalidToken,
                "repetition penalty found token id \(token) in the picture, outside of the vocabulary 0..<2"
            ) { try penalised(1, by: 2, token: token) }
        }
        expect(.overflow, "repetition penalty 2.0 of token 0: result is not finite for -3e+38") {
            try penalised(-3e38, by: 2, token: 0)
        }
        expect(.overflow, "repetition penalty 0.1 of token 0: result is not finite for 3e+38") {
            try penalised(3e38, by: 0.1, token: 0)
        }
        expect(.invalidSetting, "temperature by row needs at least one value, got none") { try TemperatureByRow([]) }
        #expect(try penalised(masked, by: 2, token: 0) == [masked, 1])
    }

    @Test func guidanceNamesTheToken() throws {
        func combined(_ with: Float, _ without: Float) throws {
            var logits: [Float] = [1, with]
            let unconditional: [Float] = [1, without]
            var span = logits.mutableSpan
            try ClassifierFreeGuidance(scale: 4).combine(&span, unconditional: unconditional.span)
        }
        let place = " guidance of token 1 at scale 4.0: conditional "
        expect(.notANumber, "NaN in" + place + "nan, unconditional 1.0") { try combined(.nan, 1) }
        expect(.positiveInfinity, "+infinity in" + place + "1.0, unconditional inf") { try combined(1, .infinity) }
        expect(.overflow, "result is not finite in" + place + "3e+38, unconditional -3e+38") {
            try combined(3e38, -3e38)
        }
    }

    @Test func description() {
        let error = SamplingError(.overflow, "too large")
        #expect("\(error)" == "too large")
        #expect("\(error.code)" == "overflow")
        #expect(error != SamplingError(.allMasked, "too large"))
    }
}
