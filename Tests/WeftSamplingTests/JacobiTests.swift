// Speculative Jacobi decoding: what it draws is distributed as what is drawn token by token.

import Testing
import WeftSampling

/// A made-up model of a few tokens whose logits depend on everything that was drawn.
private struct ToyModel {
    var vocabulary = 3
    /// How far apart logits are.
    var spread: Float = 2

    func logits(after tokens: [Int]) -> [Float] {
        let key = tokens.reduce(UInt64(1)) { $0 &* 1_000_003 &+ UInt64($1 + 1) }
        var generator = CounterRandom(seed: 99, tokenIndex: key)
        return (0..<vocabulary).map { _ in (generator.nextFloat() * 2 - 1) * spread }
    }

    /// What stands for the row without a prompt.
    func unconditional(after tokens: [Int]) -> [Float] { logits(after: [7] + tokens) }
}

/// A picture of 2x2 tokens.
private let grid = (rows: 2, columns: 2, count: 4)

@Suite struct JacobiTests {
    /// Draws a picture with drafts.
    ///
    /// - Parameter rejects: whether drafts can be turned down; if not, each meets the logits that it was drawn from
    private func draw(
        _ model: ToyModel, _ pipeline: SamplingPipeline, seed: UInt64, traces: Bool = false, rejects: Bool = true
    ) throws -> (tokens: [Int], window: JacobiWindow) {
        let window = try JacobiWindow(
            pipeline, rows: grid.rows, columns: grid.columns, count: grid.count, seed: seed, traces: traces)
        var tokens: [Int] = []
        var previous: [Int: [Float]] = [:]
        while tokens.count < grid.count {
            var read = tokens
            for index in 0...window.drafts.count {
                var logits = model.logits(after: read)
                let other = model.unconditional(after: read)
                let isDrafted = index < window.drafts.count
                if !rejects, isDrafted {
                    let draft = window.drafts[index]
                    logits = previous[read.count] ?? logits.indices.map { $0 == draft ? 0 : -.infinity }
                }
                previous[read.count] = logits
                var span = logits.mutableSpan
                let isGuided = pipeline.settings.usesGuidance
                guard try window.judge(&span, unconditional: isGuided ? other.span : nil) else { break }
                read.append(window.drafts[index])
            }
            window.advance(&tokens)
        }
        return (tokens, window)
    }

    /// The probability of every picture, drawn token by token.
    private func probabilities(_ model: ToyModel, _ pipeline: SamplingPipeline) throws -> [[Int]: Double] {
        var pictures: [[Int]: Double] = [[]: 1]
        for _ in 0..<grid.count {
            var longer: [[Int]: Double] = [:]
            for (tokens, probability) in pictures {
                var logits = model.logits(after: tokens)
                let other = model.unconditional(after: tokens)
                var span = logits.mutableSpan
                try pipeline.process(
                    &span, unconditional: pipeline.settings.usesGuidance ? other.span : nil,
                    in: SamplingContext(tokens: tokens, rows: grid.rows, columns: grid.columns))
                for token in 0..<model.vocabulary {
                    let logarithm = try pipeline.logProbability(of: token, in: logits.span)
                    guard logarithm > -.infinity else { continue }
                    longer[tokens + [token]] = probability * exponential(logarithm)
                }
            }
            pictures = longer
        }
        return pictures
    }

    private func exponential(_ x: Double) -> Double {
        var (sum, term) = (1.0, 1.0)
        for n in 1..<60 {
            term *= x / Double(n)
            sum += term
        }
        return sum
    }

    /// How many standard deviations Pearson's chi-square of the pictures of many seeds lies above what is expected.
    private func deviation(_ settings: SamplingSettings, rejects: Bool = true) throws -> Double {
        let model = ToyModel()
        let pipeline = try settings.makePipeline(vocabularySize: model.vocabulary)
        let expected = try probabilities(model, pipeline)
        let count = 40_000
        var found: [[Int]: Int] = [:]
        for seed in 0..<count {
            found[try draw(model, pipeline, seed: UInt64(seed), rejects: rejects).tokens, default: 0] += 1
        }
        if found.keys.contains(where: { expected[$0] == nil }) { return .infinity }
        // Pictures that are rarer than five times are counted together.
        var (statistic, cells, rare, rareFound) = (0.0, 0, 0.0, 0)
        for (tokens, probability) in expected {
            let mean = probability * Double(count)
            guard mean >= 5 else {
                rare += mean
                rareFound += found[tokens] ?? 0
                continue
            }
            let difference = Double(found[tokens] ?? 0) - mean
            statistic += difference * difference / mean
            cells += 1
        }
        if rare > 0 {
            let difference = Double(rareFound) - rare
            statistic += difference * difference / rare
            cells += 1
        }
        let freedom = Double(cells - 1)
        return (statistic - freedom) / (2 * freedom).squareRoot()
    }

    static let settings = [
        SamplingSettings(decode: .jacobi, window: 2),
        SamplingSettings(decode: .jacobi, window: 3),
        SamplingSettings(decode: .jacobi, window: 16),
        SamplingSettings(temperature: 0.7, topP: 0.9, decode: .jacobi, window: 4),
        SamplingSettings(topK: 2, repetitionPenalty: 1.5, decode: .jacobi, window: 4),
        SamplingSettings(guidanceScale: 2, guidanceSchedule: .linear, decode: .jacobi, window: 4),
    ]

    @Test("every picture has its own probability", arguments: settings)
    func distribution(settings: SamplingSettings) throws {
        let deviation = try deviation(settings)
        #expect(abs(deviation) < 5, "\(deviation) standard deviations")
    }

    @Test("drafts that are never turned down would show", arguments: settings)
    func mutant(settings: SamplingSettings) throws {
        #expect(try deviation(settings, rejects: false) > 100)
    }

    @Test("at temperature 0 the tokens are those of greedy sampling", arguments: [2, 3, 4, 64])
    func greedy(window: Int) throws {
        let model = ToyModel(vocabulary: 50)
        for scale: Float in [1, 3] {
            let settings = SamplingSettings(temperature: 0, guidanceScale: scale, decode: .jacobi, window: window)
            let pipeline = try settings.makePipeline(vocabularySize: model.vocabulary)
            var tokens: [Int] = []
            while tokens.count < grid.count {
                var logits = model.logits(after: tokens)
                let other = model.unconditional(after: tokens)
                var span = logits.mutableSpan
                let context = try SamplingContext(tokens: tokens, rows: grid.rows, columns: grid.columns)
                tokens.append(
                    try pipeline.sample(&span, unconditional: scale == 1 ? nil : other.span, in: context, seed: 1))
            }
            #expect(try draw(model, pipeline, seed: 1).tokens == tokens)
        }
    }

    @Test("where tokens hardly depend on each other, a pass brings several")
    func passes() throws {
        let model = ToyModel(vocabulary: 8, spread: 0.1)
        let pipeline = try SamplingSettings(decode: .jacobi, window: 4).makePipeline(vocabularySize: 8)
        var passes = 0
        for seed: UInt64 in 0..<200 { passes += try draw(model, pipeline, seed: seed).window.passes }
        #expect(passes < 640, "\(passes) passes for 800 tokens")
        #expect(try draw(model, pipeline, seed: 1).tokens == draw(model, pipeline, seed: 1).tokens)
    }

    @Test("a trace says of each token what it says of one that is drawn alone")
    func trace() throws {
        let model = ToyModel(vocabulary: 9)
        let settings = SamplingSettings(temperature: 0.8, topK: 5, guidanceScale: 2, decode: .jacobi, window: 4)
        let pipeline = try settings.makePipeline(vocabularySize: 9)
        for seed: UInt64 in 0..<20 {
            let (tokens, window) = try draw(model, pipeline, seed: seed, traces: true)
            #expect(try draw(model, pipeline, seed: seed).tokens == tokens)
            #expect(window.trace.map(\.token) == tokens)
            for (index, entry) in window.trace.enumerated() {
                let read = Array(tokens[..<index])
                let other = model.unconditional(after: read)
                let context = try SamplingContext(tokens: read, rows: grid.rows, columns: grid.columns)
                var logits = model.logits(after: read)
                var span = logits.mutableSpan
                let alone = try pipeline.choose(&span, unconditional: other.span, in: context, seed: seed)
                #expect(entry.entropy == alone.entropy && entry.modelEntropy == alone.modelEntropy)
                #expect(entry.logProbability == (try pipeline.logProbability(of: entry.token, in: logits.span)))
                #expect(entry.rank == logits.count { $0 > logits[entry.token] })
            }
        }
    }

    @Test("an error counts where the tokens before it are done")
    func errors() throws {
        let pipeline = try SamplingSettings(decode: .jacobi, window: 4).makePipeline(vocabularySize: 2)
        for bad in [1, 3] {
            let window = try JacobiWindow(pipeline, rows: 2, columns: 2, count: 4, seed: 1)
            var tokens: [Int] = []
            #expect(throws: SamplingError(.notANumber, "cannot sample: the logit of token 0 is NaN")) {
                while tokens.count < 4 {
                    for index in 0...window.drafts.count {
                        let position = tokens.count + index
                        // 0 and 1 in turn, so that no first draft stays, and nothing to draw from behind one that is wrong.
                        let isWrong = index > 0 && window.drafts[index - 1] == position % 2
                        var logits: [Float] = position % 2 == 0 ? [0, -.infinity] : [-.infinity, 0]
                        if isWrong || position == bad { logits[0] = .nan }
                        var span = logits.mutableSpan
                        guard try window.judge(&span) else { break }
                    }
                    window.advance(&tokens)
                }
            }
            #expect(tokens == Array([0, 1, 0][..<bad]))
        }
    }

    @Test func refusals() throws {
        let jacobi = SamplingSettings(decode: .jacobi)
        let own = try jacobi.makePipeline(vocabularySize: 3, sampler: CategoricalSampler())
        #expect(
            throws: SamplingError(
                .invalidSetting,
                "decode jacobi draws from distributions that it knows, and has no use for another sampler")
        ) { try JacobiWindow(own, rows: 2, columns: 2, count: 4, seed: 1) }
        let pipeline = try jacobi.makePipeline(vocabularySize: 3)
        #expect(throws: SamplingError(.invalidContext, "a grid of 2x2 has 1 to 4 tokens to draw, got 5")) {
            try JacobiWindow(pipeline, rows: 2, columns: 2, count: 5, seed: 1)
        }
        for window in [1, 65] {
            #expect(throws: SamplingError(.invalidSetting, "window must be in 2...64, got \(window)")) {
                try SamplingSettings(window: window).validate()
            }
        }
    }
}
