// The rest of a grid that the token budget leaves: its most likely tokens, from one pass.

import WeftModel
import WeftSampling
import WeftTensor

extension GenerationBatch {
    /// The most likely tokens of the rest of a picture that has at least one token and a place.
    ///
    /// The pass reads, in place of the tokens that it has not: the token above, or the last one that was drawn where the
    /// row above is not there either. Guided as the picture's own tokens are.
    func likelyRest(of drawing: Drawing) throws -> [Int] {
        let size = drawing.request.size
        var known = drawing.tokens
        var rest: [Int] = []
        while known.count < size.tokenCount {
            let above = known.count - size.columns
            known.append(above >= 0 ? known[above] : known[drawing.tokens.count - 1])
        }
        let guidance = drawing.request.sampling
        var before = drawing.tokens
        var place = drawing.tokens.count
        // As many positions at a time as the state has room for; what is read is known beforehand, so this is one pass.
        let group = max(1, min(32, state.plan.largestPrediction / (rowEnd == nil ? 1 : 2)))
        let logits = Buffer(count: 2 * group * vocabulary)
        while place < size.tokenCount {
            let count = min(group, size.tokenCount - place)
            let isGuided = drawing.unconditional.map { place <= $0.until } ?? false
            try predict(drawing, drawing.row, known, place..<place + count, to: logits.pointer)
            if isGuided, let row = drawing.unconditional?.row {
                try predict(drawing, row, known, place..<place + count, to: logits.pointer + group * vocabulary)
            }
            for index in 0..<count {
                var with = UnsafeMutableBufferPointer(
                    start: logits.pointer + index * vocabulary, count: vocabulary
                ).mutableSpan
                let without = UnsafeBufferPointer(
                    start: logits.pointer + (group + index) * vocabulary, count: vocabulary)
                rest.append(
                    try guidance.mostLikely(
                        &with, unconditional: isGuided ? without.span : nil,
                        in: SamplingContext(tokens: before, rows: size.rows, columns: size.columns)))
                before.append(known[place + index])
            }
            place += count
        }
        return rest
    }

    /// Feeds a row the tokens before each of `places`, and writes the logits `[places.count, vocabulary]` after them.
    private func predict(
        _ drawing: Drawing, _ row: Int, _ tokens: [Int], _ places: Range<Int>, to logits: UnsafeMutablePointer<Float>
    ) throws {
        var fed: [FedToken] = []
        var wanted: [Int] = []
        for place in places {
            fed.append(.visual(tokens[place - 1]))
            if let rowEnd, place % drawing.request.size.columns == 0 { fed.append(.text(rowEnd)) }
            wanted.append(fed.count - 1)
        }
        try state.predict(row: row, tokens: fed, after: wanted, to: logits)
    }
}

extension SamplingSettings {
    /// The most likely token of logits `[vocabulary]`, which are changed, after guidance.
    fileprivate func mostLikely(
        _ logits: inout MutableSpan<Float>, unconditional: Span<Float>?, in context: SamplingContext
    ) throws -> Int {
        if let unconditional {
            try ClassifierFreeGuidance(scale: guidanceScale(at: context))
                .combine(&logits, unconditional: unconditional)
        }
        var generator = CounterRandom(seed: 0, tokenIndex: 0)  // greedy draws nothing
        return try GreedySampler().sample(&logits, using: &generator)
    }
}
