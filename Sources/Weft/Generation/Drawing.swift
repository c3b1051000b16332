// One picture while its tokens are drawn.

import WeftModel
import WeftSampling

/// A request whose prompt has been read into prefixes.
struct PreparedPicture {
    /// Its place in the list of requests.
    let index: Int
    let request: GenerationRequest
    let prefixes: GuidedPrefix
}

/// One picture of a ``GenerationBatch``; a class, so that the threads of a step share nothing that changes.
final class Drawing {
    /// Its place in the list of requests.
    let index: Int
    let request: GenerationRequest
    /// The decoder's row with the prompt.
    let row: Int
    /// The decoder's row without it, and the last token that needs it.
    let unconditional: (row: Int, until: Int)?
    let prefixes: GuidedPrefix
    /// Whether its prefixes have been read.
    var isRead = false
    private(set) var tokens: [Int] = []
    private(set) var trace: [SampledToken] = []
    private(set) var failure: (any Error)?
    private let start = ContinuousClock.now
    private let traces: Bool
    private let pipeline: SamplingPipeline

    /// Throws ``SamplingError`` for settings that make no sense, and what the caller's own rules throw.
    init(_ picture: PreparedPicture, row: Int, vocabulary: Int, options: DrawingOptions) throws {
        let request = picture.request
        index = picture.index
        self.request = request
        self.row = row
        prefixes = picture.prefixes
        traces = options.traces
        pipeline = try request.sampling.makePipeline(
            vocabularySize: vocabulary, processors: options.custom?.processors(request) ?? [],
            sampler: options.custom?.sampler(request))
        let last = request.sampling.lastGuidedToken(count: request.size.tokenCount)
        unconditional = picture.prefixes.unconditional == nil ? nil : last.map { (row + 1, $0) }
        tokens.reserveCapacity(request.size.tokenCount)
        if traces { trace.reserveCapacity(request.drawnTokens) }
    }

    /// Whether all of its tokens are drawn, or one could not be.
    var isFinished: Bool { tokens.count >= request.drawnTokens || failure != nil }

    /// Whether its next token is chosen with the help of the row without the prompt.
    var isGuided: Bool { unconditional.map { tokens.count <= $0.until } ?? false }

    /// Whether a row of its grid has just become whole.
    var endsRow: Bool { !tokens.isEmpty && tokens.count % request.size.columns == 0 }

    /// Seconds since it has had its place.
    var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    /// Chooses the next token from logits `[vocabulary]`, which are changed; keeps the error if there is none to choose.
    func choose(_ logits: inout MutableSpan<Float>, unconditional: Span<Float>?) {
        do {
            // The context is gone before the list of tokens grows: nothing is copied.
            if traces {
                let chosen = try pipeline.choose(
                    &logits, unconditional: unconditional, in: context(), seed: request.seed)
                trace.append(chosen)
                tokens.append(chosen.token)
            } else {
                let token = try pipeline.sample(
                    &logits, unconditional: unconditional, in: context(), seed: request.seed)
                tokens.append(token)
            }
        } catch {
            failure = error
        }
    }

    /// Takes tokens that were not drawn one by one.
    func fill(_ rest: [Int]) { tokens += rest }

    private func context() throws -> SamplingContext {
        try SamplingContext(tokens: tokens, rows: request.size.rows, columns: request.size.columns)
    }
}
