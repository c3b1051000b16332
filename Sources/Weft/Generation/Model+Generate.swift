// Drawing pictures: the calls that users make.

import Foundation
import Synchronization

extension Model {
    /// Draws one picture.
    ///
    /// - Parameters:
    ///   - request: what to draw
    ///   - threads: how many threads share the work; nil for all cores. The picture does not depend on it.
    ///   - trace: whether ``GeneratedPicture/trace`` is wanted
    ///   - custom: processors and a sampler of one's own
    /// - Throws: an error that says what is wrong with the request; `CancellationError` if the task is cancelled
    public func generate(
        _ request: GenerationRequest, threads: Int? = nil, trace: Bool = false,
        custom: CustomSampling? = nil
    ) async throws -> GeneratedPicture {
        try Task.checkCancellation()
        for try await event in events(for: [request], threads: threads, trace: trace, custom: custom) {
            if case .picture(let picture) = event { return picture }
        }
        throw CancellationError()
    }

    /// Draws pictures and tells of each token, row and picture.
    ///
    /// All requests are checked before the first token. The pictures share forward passes, `batchSize` of them at a time:
    /// the place of one that is finished is taken by the next at once, so pictures of several sizes are told of in the
    /// order in which they are finished. Each is the one that it would be if it were drawn alone. Breaking out of the
    /// loop, or cancelling the task, stops the work at the next token.
    ///
    /// - Parameters:
    ///   - requests: what to draw
    ///   - threads: how many threads share the work; nil for all cores. The pictures do not depend on it.
    ///   - batchSize: how many pictures are drawn at a time, each with all its candidates, at least 1. The pictures do not
    ///     depend on it.
    ///   - rows: whether ``GenerationEvent/row(_:)`` events are wanted
    ///   - trace: whether ``GeneratedPicture/trace`` is wanted
    ///   - custom: processors and a sampler of one's own
    /// - Returns: the events; the sequence throws what is wrong with a request
    public func events(
        for requests: [GenerationRequest], threads: Int? = nil, batchSize: Int = 16, rows: Bool = false,
        trace: Bool = false, custom: CustomSampling? = nil
    ) -> AsyncThrowingStream<GenerationEvent, any Error> {
        AsyncThrowingStream { continuation in
            let cancelled = Flag()
            continuation.onTermination = { _ in cancelled.set() }
            let options = DrawingOptions(
                threads: threads, batchSize: batchSize, rows: rows, traces: trace, custom: custom)
            // A thread of its own: the work takes seconds, and the pool of Swift's concurrency must not wait for it.
            let thread = Thread {
                do {
                    try self.draw(requests, options) { event in
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

    /// Draws pictures as ``events(for:threads:batchSize:rows:trace:custom:)`` does, on the thread of the caller.
    ///
    /// - Parameters:
    ///   - logits: called at every step with the logits before guidance, `[codes]`, of each row of each picture: the
    ///     picture's place in the list, then 0 for the row with the prompt and 1 for the one without
    ///   - report: called with every event; returns whether to go on
    /// - Throws: what is wrong with a request, before any event, and what `report` throws; nothing runs on then
    package func draw(
        _ requests: [GenerationRequest], _ options: DrawingOptions = DrawingOptions(),
        logits: ((Int, Int, UnsafeBufferPointer<Float>) throws -> Void)? = nil,
        report: (GenerationEvent) throws -> Bool
    ) throws {
        guard !requests.isEmpty else { return }
        try DrawingSession(self, requests, options).run(logits: logits, report: report)
    }
}

/// A flag that one thread sets and another one reads.
private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
