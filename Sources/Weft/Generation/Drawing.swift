// One candidate of a picture while its tokens are drawn.

import WeftModel
import WeftSampling

/// A request whose prompt has been read into prefixes.
struct PreparedPicture {
    /// Its place in the list of requests.
    let index: Int
    let request: GenerationRequest
    let prefixes: GuidedPrefix
    /// Which of the picture's candidates it is, from 0.
    var candidate = 0
}

/// One candidate of a picture of a ``GenerationBatch``; a class, so that the threads of a step share nothing that changes.
final class Drawing {
    /// Its place in the list of requests.
    let index: Int
    let request: GenerationRequest
    /// Which of the picture's candidates it is, from 0.
    let candidate: Int
    /// The decoder's row with the prompt.
    let row: Int
    /// The decoder's row without it, and the last token that needs it.
    let unconditional: (row: Int, until: Int)?
    let prefixes: GuidedPrefix
    /// Whether its prefixes have been read.
    var isRead = false
    /// Where its logits stand among those of the pass, of the row with the prompt and of the one without; nil for those
    /// after the prefixes.
    var outputs: (first: Int, unconditional: Int)?
    /// How many rows of its grid have been told of.
    var toldRows = 0
    private(set) var tokens: [Int] = []
    private var sequentialTrace: [SampledToken] = []
    private(set) var failure: (any Error)?
    private let traces: Bool
    private let candidateScore: CandidateScore?  // nil: nothing to choose from
    private let pipeline: SamplingPipeline
    private let window: JacobiWindow?  // nil: one token a pass

    /// Throws ``SamplingError`` for settings that make no sense, and what the caller's own rules throw.
    init(
        _ picture: PreparedPicture, row: Int, vocabulary: Int, options: DrawingOptions, alike: AlikeCodes?
    ) throws {
        let request = picture.request
        index = picture.index
        self.request = request
        candidate = picture.candidate
        self.row = row
        prefixes = picture.prefixes
        traces = options.traces
        pipeline = try request.sampling.makePipeline(
            vocabularySize: vocabulary, processors: options.custom?.processors(request) ?? [],
            sampler: options.custom?.sampler(request)
        ) { alike?.of($0) ?? [] }
        candidateScore =
            request.sampling.candidates > 1
            ? CandidateScore(vocabularySize: vocabulary) { alike?.of($0) ?? [] } : nil
        let last = request.sampling.lastGuidedToken(count: request.size.tokenCount)
        unconditional = picture.prefixes.unconditional == nil ? nil : last.map { (row + 1, $0) }
        let size = request.size
        window =
            request.sampling.decode == .jacobi
            ? try JacobiWindow(
                pipeline, rows: size.rows, columns: size.columns, count: request.drawnTokens, seed: request.seed,
                traces: options.traces, candidate: UInt32(candidate), score: candidateScore) : nil
        tokens.reserveCapacity(size.tokenCount)
        if traces, window == nil { sequentialTrace.reserveCapacity(request.drawnTokens) }
    }

    /// How each token was chosen, in order; empty unless traces are kept.
    var trace: [SampledToken] { window?.trace ?? sequentialTrace }

    /// Whether all of its tokens are drawn, or one could not be.
    var isFinished: Bool { tokens.count >= request.drawnTokens || failure != nil }

    /// Whether its next token is chosen with the help of the row without the prompt.
    var isGuided: Bool { isGuided(at: tokens.count) }

    /// Whether the token of a position is chosen with the help of the row without the prompt.
    func isGuided(at position: Int) -> Bool { unconditional.map { position <= $0.until } ?? false }

    /// Drafts of the tokens behind the next one that the pass to come reads.
    var drafts: [Int] { window?.drafts ?? [] }

    /// Whether the tokens that a pass reads may turn out not to be the picture's.
    var isSpeculative: Bool { window != nil }

    /// Passes that it took so far, the one that reads the prefixes included.
    var passes: Int { window?.passes ?? min(tokens.count, request.drawnTokens) }

    /// How well its tokens fit the prompt; 0 for a picture without other candidates.
    var score: Double { candidateScore?.value ?? 0 }

    /// Chooses the next token of the pass from logits `[vocabulary]`, which are changed; keeps the error if there is none
    /// to choose.
    ///
    /// Returns whether the logits of another position are wanted; ``endPass()`` comes after the last.
    func choose(_ logits: inout MutableSpan<Float>, unconditional: Span<Float>?) -> Bool {
        do {
            if let window { return try window.judge(&logits, unconditional: unconditional) }
            try candidateScore?.look(at: logits.span)
            // The context is gone before the list of tokens grows: nothing is copied.
            if traces {
                let chosen = try pipeline.choose(
                    &logits, unconditional: unconditional, in: context(), seed: request.seed,
                    candidate: UInt32(candidate))
                sequentialTrace.append(chosen)
                tokens.append(chosen.token)
            } else {
                let token = try pipeline.sample(
                    &logits, unconditional: unconditional, in: context(), seed: request.seed,
                    candidate: UInt32(candidate))
                tokens.append(token)
            }
            candidateScore?.add(tokens[tokens.count - 1])
        } catch {
            failure = error
        }
        return false
    }

    /// Takes the tokens that the pass has settled.
    func endPass() {
        guard let window, failure == nil else { return }
        window.advance(&tokens)
    }

    /// Takes tokens that were not drawn one by one.
    func fill(_ rest: [Int]) { tokens += rest }

    private func context() throws -> SamplingContext {
        try SamplingContext(tokens: tokens, rows: request.size.rows, columns: request.size.columns)
    }
}
