// JacobiWindow+Pass: what a pass through the model makes of the drafts.

extension JacobiWindow {
    /// Takes the logits of the next position of the pass.
    ///
    /// - Parameters:
    ///   - logits: `[vocabulary]`, after the tokens and the drafts of the positions before; changed in place.
    ///   - unconditional: `[vocabulary]`; without it guidance is left out.
    /// - Returns: whether the logits of another position are wanted; ``advance(_:)`` comes after the last.
    /// - Throws: ``SamplingError`` as ``SamplingPipeline/sample(_:unconditional:in:using:)``, for a position that follows
    ///   nothing but tokens. Where drafts that may not stay led to such logits, the pass ends before them instead.
    public func judge(_ logits: inout MutableSpan<Float>, unconditional: Span<Float>? = nil) throws -> Bool {
        precondition(chosen.count <= drafts.count && history.count < total, "all positions of the pass are judged")
        let draft = chosen.count < drafts.count ? drafts[chosen.count] : nil
        let token: Int
        do {
            token = try choose(&logits, unconditional: unconditional, over: draft)
        } catch {
            if isRunning { throw error }
            return false
        }
        chosen.append(token)
        if isRunning { run += 1 }
        guard let draft else { return false }
        isRunning = isRunning && token == draft
        history.append(draft)
        return true
    }

    /// Ends the pass: appends the tokens that are done, one at least, and makes the drafts of the next pass.
    public func advance(_ tokens: inout [Int]) {
        precondition(run > 0, "no position of the pass is judged")
        history.removeLast(history.count - count)
        for token in chosen[..<run] {
            history.append(token)
            tokens.append(token)
        }
        count += run
        passes += 1
        let wanted = max(0, min(size, total - count) - 1)
        drafts.removeAll(keepingCapacity: true)
        for token in chosen[run...].prefix(wanted) { drafts.append(token) }
        while drafts.count < wanted {
            let left = drafts.last ?? history[count - 1]
            distributions?.keep(only: left, at: count + drafts.count)
            drafts.append(left)
        }
        chosen.removeAll(keepingCapacity: true)
        run = 0
        isRunning = true
    }

    /// What stands in the next position of the pass: its draft, or another draw.
    private func choose(
        _ logits: inout MutableSpan<Float>, unconditional: Span<Float>?, over draft: Int?
    ) throws -> Int {
        let position = history.count
        let context = try SamplingContext(tokens: history, rows: rows, columns: columns)
        let isTraced = traces && isRunning
        if isRunning { try score?.look(at: logits.span) }
        try pipeline.guide(&logits, unconditional: unconditional, in: context)
        let model = isTraced ? try pipeline.keepModel(logits.span) : nil
        try pipeline.filter(&logits, in: context)
        let weights = try BlockSums(logits.span, withEntropy: isTraced)
        if isTraced { pipeline.scratch.keep(logits.span) }
        var generator = CounterRandom(
            seed: seed, tokenIndex: UInt64(position), stream: firstStream + UInt32(passes))
        let token: Int
        if let distributions {
            token = try distributions.choose(
                logits.span, weights, over: draft, at: position, scratch: pipeline.scratch, using: &generator)
            distributions.keep(logits.span, weights, at: position)
        } else {
            token = try GreedySampler().sample(&logits, using: &generator)
        }
        if isRunning { score?.add(token) }
        if let model { trace.append(pipeline.traced(token, weights, model: model)) }
        return token
    }
}
