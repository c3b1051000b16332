// Writes the pictures of a job while the next ones are drawn.

import Foundation
import WeftPixels

/// A thread that commits pictures in the order in which they come; those that wait are committed together.
///
/// `commit` and `fail` wait when too many pictures are not written yet, so that a slow disk holds up the drawing and not
/// the memory. After an error nothing more is written; whoever calls next gets it.
final class JobCommitter: @unchecked Sendable {
    // What changes is guarded by `condition`; the folder is used by the thread alone until it has ended.
    private let condition = NSCondition()
    private var waiting: [Outcome] = []
    private var events: [JobEvent] = []
    private var failure: (any Error)?
    private var isEnding = false
    private var hasEnded = false

    /// Nil once the thread has ended, which may outlive ``finish()`` by a moment: the folder's lock must not.
    private var folder: JobFolder!
    private let model: ModelDescription
    private let options: JobOptions

    /// How many pictures may wait.
    private static let room = 64

    /// What became of a picture.
    private enum Outcome {
        case drawn(JobPicture, GeneratedPicture, fields: [(key: String, json: String)])
        case failed(JobPicture, String)
    }

    /// Starts the thread.
    init(_ folder: JobFolder, model: ModelDescription, options: JobOptions) {
        self.folder = folder
        self.model = model
        self.options = options
        let thread = Thread { self.work() }
        thread.name = "weft-commit"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Hands a picture on.
    func commit(_ picture: JobPicture, _ drawn: GeneratedPicture, fields: [(key: String, json: String)]) {
        add(.drawn(picture, drawn, fields: fields))
    }

    /// Hands on that a picture failed for good.
    func fail(_ picture: JobPicture, _ error: String) { add(.failed(picture, error)) }

    /// What has been written since the last call; throws what stopped the writing.
    func takeEvents() throws -> [JobEvent] {
        condition.lock()
        defer { condition.unlock() }
        if let failure { throw failure }
        defer { events = [] }
        return events
    }

    /// Waits until all is written, and ends the thread; throws what stopped the writing.
    func finish() throws -> [JobEvent] {
        condition.lock()
        isEnding = true
        condition.broadcast()
        while !hasEnded { condition.wait() }
        condition.unlock()
        return try takeEvents()
    }

    private func add(_ outcome: Outcome) {
        condition.lock()
        while waiting.count >= Self.room, failure == nil { condition.wait() }
        if failure == nil { waiting.append(outcome) }
        condition.broadcast()
        condition.unlock()
    }

    private func work() {
        while let outcomes = takeWaiting() {
            let result = Result { try write(outcomes) }
            condition.lock()
            switch result {
            case .success(let written): events += written
            case .failure(let error):
                failure = error
                waiting = []
            }
            condition.broadcast()
            condition.unlock()
        }
        condition.lock()
        folder = nil
        hasEnded = true
        condition.broadcast()
        condition.unlock()
    }

    private func takeWaiting() -> [Outcome]? {
        condition.lock()
        defer { condition.unlock() }
        while waiting.isEmpty, !isEnding { condition.wait() }
        guard !waiting.isEmpty else { return nil }
        defer {
            waiting = []
            condition.broadcast()
        }
        return waiting
    }

    private func write(_ outcomes: [Outcome]) throws -> [JobEvent] {
        var drawn: [(picture: JobPicture, png: [UInt8], result: JobResult)] = []
        var written: [JobEvent] = []
        for outcome in outcomes {
            switch outcome {
            case .drawn(let picture, let made, let fields):
                drawn.append(try prepare(picture, made, fields))
                written.append(.committed(picture, file: folder.fileName(picture), passes: made.passes))
            case .failed(let picture, let error):
                try folder.fail(picture, error)
                written.append(.failed(picture, error))
            }
        }
        if !drawn.isEmpty { try folder.commit(drawn) }
        return written
    }

    /// The picture's file and line; what belongs to it beside them is written now, since its line comes last.
    private func prepare(
        _ picture: JobPicture, _ drawn: GeneratedPicture, _ fields: [(key: String, json: String)]
    ) throws -> (picture: JobPicture, png: [UInt8], result: JobResult) {
        let (request, size) = (drawn.request, drawn.request.size)
        let file = folder.fileName(picture)
        let stem = file.hasSuffix(".png") ? String(file.dropLast(4)) : file
        if let tokens = options.tokensFolder { try TokenGrid.write([drawn.tokens], to: "\(tokens)/\(stem).json") }
        if let traces = options.traceFolder {
            let trace = PictureTrace(of: request, trace: drawn.trace, file: file)
            try AtomicFile.write([UInt8]((try trace.line() + "\n").utf8), to: "\(traces)/\(stem).jsonl")
        }
        let text =
            options.metadata
            ? try request.metadata(
                model: model.name, weights: model.weights, cache: model.cache, passes: drawn.passes) : []
        let result = JobResult(
            model: model.name, size: size.description, quality: size.quality.rawValue, tokens: request.drawnTokens,
            passes: request.saved(passes: drawn.passes)?.taken, seconds: drawn.seconds, more: fields)
        return (picture, try PNG.encode(drawn.picture, text: text), result)
    }
}
