// Draws what a job's folder lacks.

import WeftPixels

/// Something that happened while a job was drawn.
public enum JobEvent: Sendable {
    /// The tokens that were drawn since the start, and what they come to in the end.
    case tokens(Int, of: Int)
    /// A picture is on the disk; its tokens took so many passes through the model.
    case committed(JobPicture, file: String, passes: Int)
    /// A picture failed for good, and why.
    case failed(JobPicture, String)
}

/// How a job is drawn; only whether files have text chunks shows in its pictures.
public struct JobOptions: Sendable {
    /// How many threads share the work; nil for all cores.
    public var threads: Int?
    /// How many pictures are drawn at a time; nil for as many as memory allows.
    public var batchSize: Int?
    /// Whether the pictures' files say how they were made.
    public var metadata = true
    /// A folder for the visual tokens of each picture; nil for none.
    public var tokensFolder: String?
    /// A folder for the trace of each picture; nil for none.
    public var traceFolder: String?

    /// Options with their defaults.
    public init() {}
}

/// Draws the pictures that a job's folder lacks, and commits them one by one.
///
/// Pictures are written by a thread of their own while the next ones are drawn. When it returns or throws, everything
/// that was finished is committed, and nothing is half-done.
public struct JobRunner {
    private let model: Model
    private let plan: JobPlan
    private let folder: JobFolder
    private let options: JobOptions

    /// A job in a folder that was opened for it.
    public init(_ model: Model, _ plan: JobPlan, in folder: JobFolder, options: JobOptions = JobOptions()) {
        self.model = model
        self.plan = plan
        self.folder = folder
        self.options = options
    }

    /// Draws the pictures that are pending.
    ///
    /// - Parameters:
    ///   - pictures: which of them, in this order; nil for all
    ///   - fields: further fields of a picture's line in the results, known once it is drawn
    ///   - report: called with every event, from the thread of the caller; returns whether to go on
    /// - Throws: an error that names the file that cannot be written; what is wrong with a request. A picture that cannot
    ///   be drawn is no error: its line says why.
    public func run(
        _ pictures: [JobPicture]? = nil,
        fields: (GeneratedPicture) throws -> [(key: String, json: String)] = { _ in [] },
        report: (JobEvent) throws -> Bool
    ) throws {
        let pending = pictures ?? folder.pending
        let requests = pending.map { plan.requests[$0.index] }
        guard !requests.isEmpty else { return }
        let committer = JobCommitter(folder, model: model.description, options: options)
        let drawing = DrawingOptions(
            threads: options.threads, batchSize: options.batchSize ?? model.batchSize(for: requests),
            traces: options.traceFolder != nil, keepsGoing: true)
        do {
            try model.draw(requests, drawing) { event in
                switch event {
                case .step(let tokens, let total):
                    guard try report(.tokens(tokens, of: total)) else { return false }
                case .picture(let drawn):
                    let picture = pending[drawn.index]
                    let more = try plan.fields[picture.index] + fields(drawn)
                    committer.commit(picture, drawn, fields: more)
                case .failed(let failed): committer.fail(pending[failed.index], "\(failed.error)")
                case .prefilled, .row, .tokens: break
                }
                return try tell(committer.takeEvents(), report)
            }
        } catch {
            _ = try? committer.finish()
            throw error
        }
        _ = try tell(committer.finish(), report)
    }

    private func tell(_ events: [JobEvent], _ report: (JobEvent) throws -> Bool) throws -> Bool {
        for event in events { guard try report(event) else { return false } }
        return true
    }
}
