// Drawing pictures: the calls that users make.

import Foundation
import Synchronization
import WeftModel
import WeftPixels
import WeftTensor

extension Model {
    /// Draws one picture.
    ///
    /// - Parameters:
    ///   - request: what to draw
    ///   - threads: how many threads share the work; nil for all cores. The picture does not depend on it.
    /// - Throws: an error that says what is wrong with the request; `CancellationError` if the task is cancelled
    public func generate(_ request: GenerationRequest, threads: Int? = nil) async throws -> GeneratedPicture {
        try Task.checkCancellation()
        for try await event in events(for: [request], threads: threads) {
            if case .picture(let picture) = event { return picture }
        }
        throw CancellationError()
    }

    /// Draws pictures and tells of each token, row and picture.
    ///
    /// The pictures share forward passes, `batchSize` of them at a time; each is the one that it would be if it were
    /// drawn alone. Breaking out of the loop, or cancelling the task, stops the work at the next token.
    ///
    /// - Parameters:
    ///   - requests: what to draw
    ///   - threads: how many threads share the work; nil for all cores. The pictures do not depend on it.
    ///   - batchSize: how many pictures are drawn at a time, at least 1. The pictures do not depend on it.
    ///   - rows: whether ``GenerationEvent/row(_:)`` events are wanted
    /// - Returns: the events; the sequence throws what is wrong with a request
    public func events(
        for requests: [GenerationRequest], threads: Int? = nil, batchSize: Int = 16, rows: Bool = false
    ) -> AsyncThrowingStream<GenerationEvent, any Error> {
        AsyncThrowingStream { continuation in
            let cancelled = Flag()
            continuation.onTermination = { _ in cancelled.set() }
            // A thread of its own: the work takes seconds, and the pool of Swift's concurrency must not wait for it.
            let thread = Thread {
                do {
                    try self.draw(requests, threads: threads, batchSize: batchSize, rows: rows) { event in
                        continuation.yield(event)
                        return !cancelled.isSet
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            thread.stackSize = 1 << 22
            thread.start()
        }
    }

    /// Draws pictures as ``events(for:threads:batchSize:rows:)`` does, on the thread of the caller.
    ///
    /// - Parameters:
    ///   - paints: whether tokens become pictures; if not, ``GenerationEvent/tokens(_:)`` tells of them
    ///   - logits: called at every step with the logits before guidance, `[codes]`, of each row of each picture: the
    ///     picture's place in the list, then 0 for the row with the prompt and 1 for the one without
    ///   - report: called with every event; returns whether to go on
    /// - Throws: what is wrong with a request, and what `report` throws; nothing runs on then
    package func draw(
        _ requests: [GenerationRequest], threads: Int?, batchSize: Int, rows: Bool, paints: Bool = true,
        logits: ((Int, Int, UnsafeBufferPointer<Float>) throws -> Void)? = nil,
        report: (GenerationEvent) throws -> Bool
    ) throws {
        if paints { _ = try imageTokenizer }
        let pool = ThreadPool(threads)
        var start = 0
        while start < requests.count {
            let end = min(requests.count, start + max(1, batchSize))
            let first = start
            let told = logits.map { tell in { try tell(first + $0, $1, $2) } }
            guard try draw(requests, start..<end, pool: pool, rows: rows, paints: paints, logits: told, report: report)
            else { return }
            start = end
        }
    }

    /// Draws one batch; returns whether to go on.
    private func draw(
        _ requests: [GenerationRequest], _ range: Range<Int>, pool: ThreadPool, rows: Bool, paints: Bool,
        logits: ((Int, Int, UnsafeBufferPointer<Float>) throws -> Void)?, report: (GenerationEvent) throws -> Bool
    ) throws -> Bool {
        let run = try GenerationRun(model: self, requests: Array(requests[range]), pool: pool)
        guard try report(.prefilled(promptTokens: run.promptTokens)) else { return false }
        let total = requests[range].reduce(0) { $0 + $1.size.tokenCount }
        while !run.isFinished {
            try run.step(logits: logits)
            guard try report(.step(tokens: run.tokenCount, of: total)) else { return false }
            for index in range where rows {
                guard let row = partial(index, in: range, requests[index].size, run) else { continue }
                guard try report(.row(row)) else { return false }
            }
        }
        for index in range {
            let size = requests[index].size
            let grid = TokenGrid(
                model: name, rows: size.rows, columns: size.columns, tokens: run.tokens(of: index - range.lowerBound))
            guard paints else {
                let made = GeneratedTokens(index: index, request: requests[index], tokens: grid)
                guard try report(.tokens(made)) else { return false }
                continue
            }
            let picture = try decode(grid, pool: pool)
            let drawn = GeneratedPicture(index: index, request: requests[index], tokens: grid, picture: picture)
            guard try report(.picture(drawn)) else { return false }
        }
        return true
    }

    /// The picture so far, if its last token ended a row.
    private func partial(
        _ index: Int, in range: Range<Int>, _ size: PictureSize, _ run: GenerationRun
    ) -> PartialPicture? {
        let tokens = run.tokens(of: index - range.lowerBound)
        guard tokens.count == run.done, tokens.count % size.columns == 0 else { return nil }
        let grid = TokenGrid(model: name, rows: tokens.count / size.columns, columns: size.columns, tokens: tokens)
        return PartialPicture(index: index, tokens: grid, totalRows: size.rows)
    }
}

/// A flag that one thread sets and another one reads.
private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
