// Support: what the tests of this folder share.

import WeftSampling

let masked = -Float.infinity

/// The logits after one step.
func processed(
    _ logits: [Float], by step: some LogitsProcessor, in context: SamplingContext? = nil
) throws -> [Float] {
    var logits = logits
    var span = logits.mutableSpan
    try step.process(&span, in: context ?? place(0))
    return logits
}

/// The context of a token of a picture whose tokens so far are all 0: of one token a row, or of a grid.
func place(_ index: Int, rows: Int = 1 << 20, columns: Int = 1) throws -> SamplingContext {
    try SamplingContext(tokens: [Int](repeating: 0, count: index), rows: rows, columns: columns)
}

/// The token that a sampler chooses with the draws of seed 1.
func chosen(_ logits: [Float], by sampler: some Sampler, tokenIndex: UInt64 = 0) throws -> Int {
    var logits = logits
    var span = logits.mutableSpan
    var generator = CounterRandom(seed: 1, tokenIndex: tokenIndex)
    return try sampler.sample(&span, using: &generator)
}

/// The ids of the tokens that are not masked.
func kept(_ logits: [Float]) -> [Int] { logits.indices.filter { logits[$0] != masked } }

/// A generator that gives the same bits for ever, to place a draw exactly.
struct ConstantBits: RandomNumberGenerator {
    var bits: UInt64
    mutating func next() -> UInt64 { bits }
}

/// One random case of a property: logits with ties and masked tokens, of a size that changes from case to case.
struct RandomCase {
    var logits: [Float]
    var generator: CounterRandom

    init(_ number: Int, largest: Int = 40) {
        generator = CounterRandom(seed: 77, tokenIndex: UInt64(number))
        let size = Int.random(in: 2...largest, using: &generator)
        let step: Float = Bool.random(using: &generator) ? 0.5 : 0.001
        let maskedShare = Bool.random(using: &generator) ? 0.3 : 0
        logits = []
        for _ in 0..<size {
            let value = (Float.random(in: -6...6, using: &generator) / step).rounded() * step
            logits.append(generator.nextDouble() < maskedShare ? masked : value)
        }
        if kept(logits).isEmpty { logits[0] = 0 }
    }
}
