// Draws a list of requests: keeps the places of a batch taken until all pictures are there.

import WeftModel
import WeftPixels
import WeftSampling
import WeftTensor

/// One call that draws pictures; belongs to one thread.
final class DrawingSession {
    private let model: Model
    private let requests: [GenerationRequest]
    private let options: DrawingOptions
    private let pool: ThreadPool
    private let batch: GenerationBatch
    private let painter: GridPainter?
    private let totalTokens: Int
    private var next = 0  // the request of which a candidate is begun next
    private var nextCandidate = 0  // which one
    private var contests: [Int: CandidateContest] = [:]  // by the request's place, from its first candidate to its last
    private var endedTokens = 0  // tokens of candidates that are finished
    private var lastPrompt: (request: PromptRequest, prefixes: GuidedPrefix)?

    /// What is told of each step: the picture's place in the list, its row (0 with the prompt, 1 without), logits.
    typealias LogitsReport = (Int, Int, UnsafeBufferPointer<Float>) throws -> Void

    /// Checks all requests, of which there must be one, and takes the memory.
    ///
    /// Throws what is wrong with the first request that cannot be drawn.
    init(_ model: Model, _ requests: [GenerationRequest], _ options: DrawingOptions) throws {
        let decoder = try model.decoder
        self.model = model
        self.requests = requests
        self.options = options
        pool = ThreadPool(options.threads)
        painter = options.paints ? try GridPainter(model, pool: pool) : nil
        var capacity = GenerationBatch.Capacity(
            places: GenerationBatch.Capacity.places(for: requests, pictures: options.batchSize),
            isGuided: false, prefix: 1, fed: 0, columns: requests.map(\.size.columns).min() ?? 1,
            cache: model.description.cacheType.format)
        var checked: Set<PromptRequest> = []
        for request in requests {
            let size = request.size
            capacity.isGuided = capacity.isGuided || request.sampling.usesGuidance
            capacity.window = max(capacity.window, request.sampling.tokensPerPass)
            capacity.fed = max(capacity.fed, model.checkpoint.fedTokens(rows: size.rows, columns: size.columns))
            guard checked.insert(model.description.promptRequest(for: request)).inserted else {
                try model.description.check(request)
                continue
            }
            capacity.prefix = max(capacity.prefix, try model.description.longestPrefix(of: request, pool: pool))
        }
        batch = GenerationBatch(
            decoder, rowEnd: model.checkpoint.rowEnd, capacity: capacity, options: options,
            alike: requests.contains { $0.sampling.comparesTokens } ? model.alikeCodes : nil, pool: pool)
        totalTokens = requests.reduce(0) { $0 + $1.allDrawnTokens }
    }

    /// Draws until all pictures are there or `report` says to stop.
    func run(logits: LogitsReport?, report: (GenerationEvent) throws -> Bool) throws {
        while true {
            guard try fillPlaces(report) else { return }
            if batch.isEmpty { return }
            let promptTokens = try batch.readPrompts()
            if promptTokens > 0 {
                guard try report(.prefilled(promptTokens: promptTokens)) else { return }
            }
            if let logits {
                try batch.step { drawing, row, values in try logits(drawing.index, row, values) }
            } else {
                try batch.step()
            }
            let tokens = batch.pictures.reduce(endedTokens) { $0 + $1.tokens.count }
            guard try report(.step(tokens: tokens, of: totalTokens)), try tellRows(report), try finish(report) else {
                return
            }
        }
    }

    /// Begins as many candidates as there is room for; returns whether to go on.
    private func fillPlaces(_ report: (GenerationEvent) throws -> Bool) throws -> Bool {
        while batch.hasRoom, next < requests.count {
            let (index, request, candidate) = (next, requests[next], nextCandidate)
            do {
                try batch.add(
                    PreparedPicture(
                        index: index, request: request, prefixes: try prefixes(for: request), candidate: candidate))
            } catch {
                beginNextRequest()
                guard try fail(index, error, report) else { return false }
                continue
            }
            if candidate == 0 { contests[index] = CandidateContest(candidates: request.sampling.candidates) }
            nextCandidate += 1
            if nextCandidate == request.sampling.candidates { beginNextRequest() }
        }
        return true
    }

    private func beginNextRequest() {
        next += 1
        nextCandidate = 0
    }

    /// Many pictures of one prompt follow each other, and reading it may take a network.
    private func prefixes(for request: GenerationRequest) throws -> GuidedPrefix {
        let asked = model.description.promptRequest(for: request)
        if let lastPrompt, lastPrompt.request == asked { return lastPrompt.prefixes }
        let prefixes = try model.description.prefixes(for: request, pool: pool)
        lastPrompt = (asked, prefixes)
        return prefixes
    }

    private func tellRows(_ report: (GenerationEvent) throws -> Bool) throws -> Bool {
        guard options.rows else { return true }
        for drawing in batch.pictures where drawing.candidate == 0 && drawing.failure == nil {
            let size = drawing.request.size
            while (drawing.toldRows + 1) * size.columns <= drawing.tokens.count {
                drawing.toldRows += 1
                var grid = model.description.grid(of: size)
                grid.rows = drawing.toldRows
                grid.tokens = Array(drawing.tokens.prefix(grid.rows * size.columns))
                let row = PartialPicture(index: drawing.index, tokens: grid, totalRows: size.rows)
                guard try report(.row(row)) else { return false }
            }
        }
        return true
    }

    /// Tells of the pictures whose candidates have all their tokens; returns whether to go on.
    private func finish(_ report: (GenerationEvent) throws -> Bool) throws -> Bool {
        for candidate in batch.pictures where candidate.isFinished {
            endedTokens += candidate.request.drawnTokens
            contests[candidate.index]?.end(candidate)
        }
        // The rest of a grid is predicted while the candidate has its place; one that has lost is never painted.
        for candidate in batch.pictures where candidate.isFinished && candidate.request.isPartial {
            guard candidate.request.fill == .likely, contests[candidate.index]?.best === candidate else { continue }
            candidate.fill(try batch.likelyRest(of: candidate))
        }
        var drawn: [(drawing: Drawing, start: ContinuousClock.Instant)] = []
        for index in batch.takeFinished().map(\.index) {
            guard let contest = contests[index], contest.isOver else { continue }
            contests[index] = nil
            switch contest.result {
            case .success(let best): drawn.append((best, contest.start))
            case .failure(let error): guard try fail(index, error, report) else { return false }
            }
        }
        func seconds(since start: ContinuousClock.Instant) -> Double { (ContinuousClock.now - start) / .seconds(1) }
        guard let painter else {
            for (drawing, start) in drawn {
                let made = GeneratedTokens(
                    index: drawing.index, request: drawing.request, tokens: grid(drawing), trace: drawing.trace,
                    passes: drawing.passes, seconds: seconds(since: start))
                guard try report(.tokens(made)) else { return false }
            }
            return true
        }
        let painted = try painter.paint(drawn.map { ($0.drawing.request, grid($0.drawing)) })
        for ((drawing, start), result) in zip(drawn, painted) {
            let picture = GeneratedPicture(
                index: drawing.index, request: drawing.request, tokens: result.grid, picture: result.picture,
                trace: drawing.trace, passes: drawing.passes, seconds: seconds(since: start))
            guard try report(.picture(picture)) else { return false }
        }
        return true
    }

    private func grid(_ drawing: Drawing) -> TokenGrid {
        let request = drawing.request
        var grid = model.description.grid(of: request.size)
        grid.tokens = drawing.tokens
        grid.drawn = request.isPartial ? request.drawnTokens : nil
        grid.fill = request.isPartial ? request.fill : nil
        return grid
    }

    private func fail(_ index: Int, _ error: any Error, _ report: (GenerationEvent) throws -> Bool) throws -> Bool {
        guard options.keepsGoing else { throw error }
        return try report(.failed(FailedPicture(index: index, request: requests[index], error: error)))
    }
}
