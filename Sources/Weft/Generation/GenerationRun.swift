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
    private var fed: [FedToken]  // the token that each of `rows` is fed
    private let rowEnd: Int?  // the text token that ends a row of visual tokens
    /// Tokens that each unfinished picture has.
    private(set) var done = 0

    /// Tokens of all prompts, unconditional rows included.
    let promptTokens: Int
    /// Tokens of the largest picture.
    let steps: Int

    /// One picture; a class, so that the threads of a step share nothing that changes.
    private final class Drawing {
        let count: Int
        let columns: Int
        let seed: UInt64
        let pipeline: SamplingPipeline
        let unconditionalRow: Int?
        var tokens: [Int] = []
        var failure: (any Error)?

        init(_ request: GenerationRequest, vocabulary: Int, unconditionalRow: Int?) throws {
            count = request.size.tokenCount
            columns = request.size.columns
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
        let decoder = try model.decoder
        rowEnd = model.checkpoint.rowEnd
        var conditional: [Prefix] = []
        var unconditional: [Prefix] = []
        var pictures: [Drawing] = []
        for (index, request) in requests.enumerated() {
            try model.check(request)
            let prefixes = try model.prefixes(for: request, pool: pool)
            conditional.append(Prefix(row: index, content: prefixes.conditional, columns: request.size.columns))
            let row = prefixes.unconditional.map { content in
                let row = requests.count + unconditional.count
                unconditional.append(Prefix(row: row, content: content, columns: request.size.columns))
                return row
            }
            pictures.append(
                try Drawing(request, vocabulary: decoder.configuration.visualVocabulary, unconditionalRow: row))
        }
        let prefixes = conditional + unconditional
        self.pictures = pictures
        let lengths = prefixes.map { $0.count(hiddenSize: decoder.configuration.hiddenSize) }
        promptTokens = lengths.reduce(0, +)
        steps = pictures.map(\.count).max() ?? 0
        rows = []
        fed = []
        rows.reserveCapacity(2 * prefixes.count)
        fed.reserveCapacity(2 * prefixes.count)
        let capacity = requests.map { model.checkpoint.fedTokens(rows: $0.size.rows, columns: $0.size.columns) }
        state = decoder.makeState(
            rows: prefixes.count, prefixCapacity: lengths.max() ?? 1,
            fedCapacity: capacity.max() ?? 0, tokensPerStep: rowEnd == nil ? 1 : 2, pool: pool)
        try state.prefill(prefixes)
    }

    /// Whether all pictures have all their tokens.
    var isFinished: Bool { done >= steps }

    /// Tokens that all pictures have together.
    var tokenCount: Int { pictures.reduce(0) { $0 + $1.tokens.count } }

    /// Gives each unfinished picture one more token.
    ///
    /// - Parameter logits: called with the logits of each picture's rows before guidance: picture, row (0 with the
    ///   prompt, 1 without), logits
    /// - Throws: an error if no token can be chosen
    func step(logits report: ((Int, Int, UnsafeBufferPointer<Float>) throws -> Void)? = nil) throws {
        if done > 0 {
            rows.removeAll(keepingCapacity: true)
            fed.removeAll(keepingCapacity: true)
            for (index, picture) in pictures.enumerated() where done < picture.count { feed(picture, to: index) }
            for picture in pictures where done < picture.count {
                if let row = picture.unconditionalRow { feed(picture, to: row) }
            }
            try state.step(rows: rows, tokens: fed)
        }
        if let report { try tell(report) }
        pool.run(pictures.count, Choices(run: self))
        for picture in pictures { if let failure = picture.failure { throw failure } }
        done += 1
    }

    /// Lists the picture's last token for a row, and the end of the line if it was the last of one.
    private func feed(_ picture: Drawing, to row: Int) {
        rows.append(row)
        fed.append(.visual(picture.tokens[done - 1]))
        guard let rowEnd, done % picture.columns == 0 else { return }
        rows.append(row)
        fed.append(.text(rowEnd))
    }

    private func tell(_ report: (Int, Int, UnsafeBufferPointer<Float>) throws -> Void) throws {
        for (index, picture) in pictures.enumerated() where done < picture.count {
            try report(index, 0, UnsafeBufferPointer(state.logits(index)))
            if let row = picture.unconditionalRow { try report(index, 1, UnsafeBufferPointer(state.logits(row))) }
        }
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
