// Draws a batch of pictures: one forward pass a token for all of them.

import WeftModel
import WeftSampling
import WeftTensor

/// One batch of pictures while it is drawn. All memory is taken at the start; a step allocates nothing.
///
/// Rows of the decoder's state: the pictures in order, then the unconditional rows of those with guidance.
final class GenerationRun {
    private let pool: ThreadPool
    private let state: DecoderState
    private let pictures: [Drawing]
    private var rows: [Int]  // rows of the step to come
    private var fed: [Int]  // the token that each of `rows` is fed
    /// Tokens that each unfinished picture has.
    private(set) var done = 0

    /// Tokens of all prompts, unconditional rows included.
    let promptTokens: Int
    /// Tokens of the largest picture.
    let steps: Int

    /// One picture; a class, so that the threads of a step share nothing that changes.
    private final class Drawing {
        let count: Int
        let seed: UInt64
        let pipeline: SamplingPipeline
        let unconditionalRow: Int?
        var tokens: [Int] = []
        var failure: (any Error)?

        init(_ request: GenerationRequest, vocabulary: Int, unconditionalRow: Int?) throws {
            count = request.size.tokenCount
            seed = request.seed
            pipeline = try request.sampling.makePipeline(vocabularySize: vocabulary)
            self.unconditionalRow = unconditionalRow
            tokens.reserveCapacity(count)
        }
    }

    /// Reads all prompts.
    ///
    /// Throws what is wrong with a request: settings, size, prompt, token ids.
    init(model: Model, requests: [GenerationRequest], pool: ThreadPool) throws {
        self.pool = pool
        var conditional: [Prefix] = []
        var unconditional: [Prefix] = []
        var pictures: [Drawing] = []
        for (index, request) in requests.enumerated() {
            try model.check(request)
            let (size, sampling) = (request.size, request.sampling)
            let tokens = try model.promptTokens(request.prompt, name: "prompt")
            conditional.append(Prefix(row: index, tokens: tokens, columns: size.columns))
            let row = sampling.usesGuidance ? requests.count + unconditional.count : nil
            if let row {
                let other =
                    try request.negativePrompt.map { try model.promptTokens($0, name: "negative prompt") }
                    ?? model.unconditionalTokens(count: tokens.count)
                unconditional.append(Prefix(row: row, tokens: other, columns: size.columns))
            }
            pictures.append(
                try Drawing(
                    request, vocabulary: model.configuration.transformer.visualVocabulary, unconditionalRow: row))
        }
        let prefixes = conditional + unconditional
        self.pictures = pictures
        promptTokens = prefixes.reduce(0) { $0 + $1.tokens.count }
        steps = pictures.map(\.count).max() ?? 0
        rows = []
        fed = []
        rows.reserveCapacity(prefixes.count)
        fed.reserveCapacity(prefixes.count)
        state = model.decoder.makeState(
            rows: prefixes.count, prefixCapacity: prefixes.map(\.tokens.count).max() ?? 1,
            visualCapacity: max(0, steps - 1), pool: pool)
        try state.prefill(prefixes)
    }

    /// Whether all pictures have all their tokens.
    var isFinished: Bool { done >= steps }

    /// Tokens that all pictures have together.
    var tokenCount: Int { pictures.reduce(0) { $0 + $1.tokens.count } }

    /// Gives each unfinished picture one more token.
    ///
    /// Throws if no token can be chosen.
    func step() throws {
        if done > 0 {
            rows.removeAll(keepingCapacity: true)
            fed.removeAll(keepingCapacity: true)
            for (index, picture) in pictures.enumerated() where done < picture.count {
                rows.append(index)
                fed.append(picture.tokens[done - 1])
            }
            for picture in pictures where done < picture.count {
                guard let row = picture.unconditionalRow else { continue }
                rows.append(row)
                fed.append(picture.tokens[done - 1])
            }
            try state.step(rows: rows, tokens: fed)
        }
        pool.run(pictures.count, Choices(run: self))
        for picture in pictures { if let failure = picture.failure { throw failure } }
        done += 1
    }

    /// The pieces of a step: each chooses the token of one picture.
    private struct Choices: PoolWork {
        let run: GenerationRun
        func run(piece: Int) { run.choose(piece) }
    }

    private func choose(_ index: Int) {
        let picture = pictures[index]
        guard done < picture.count else { return }
        var logits = state.logits(index).mutableSpan
        let unconditional = picture.unconditionalRow.map { state.logits($0) }
        do {
            picture.tokens.append(
                try picture.pipeline.sample(&logits, unconditional: unconditional?.span, at: done, seed: picture.seed))
        } catch {
            picture.failure = error
        }
    }

    /// The tokens of a picture so far.
    func tokens(of index: Int) -> [Int] { pictures[index].tokens }
}
