// A prompt file as a job: every row checked, with its pictures and requests.

import WeftModel
import WeftTensor

/// The pictures of a prompt file, all of them checked against a model.
///
/// A setting is that of the overrides, of the row, or of the model, in this order.
public struct PromptJob: Sendable {
    /// The pictures and their requests, in the order of the file.
    public let plan: JobPlan
    /// What makes the job this job.
    public let description: JobDescription

    /// Reads a prompt file and checks every row; no weights are loaded.
    ///
    /// - Parameters:
    ///   - path: a `.txt`, `.jsonl` or `.csv` file
    ///   - model: what draws the pictures
    ///   - overrides: what stands over the rows
    ///   - seed: from which the seeds of rows without one are derived
    ///   - metadata: whether the pictures' files say how they were made, which decides their bytes
    /// - Throws: ``PromptFileError`` that names every bad row; ``WeftError`` for a model that cannot draw pictures
    public init(
        path: String, model: ModelDescription, overrides: PromptOverrides = PromptOverrides(), seed: UInt64 = 0,
        metadata: Bool = true
    ) throws {
        if let lack = model.lack { throw WeftError(.invalidModel, "\(model.name) lacks \(lack)") }
        let pool = ThreadPool(threadCount: 1)
        let file = try PromptFile(path: path) { row in
            let request = try overrides.request(for: row, model)
            _ = try model.longestPrefix(of: request, pool: pool)
        }
        var plan = JobPlan()
        for row in file.rows {
            var request = try overrides.request(for: row, model)
            for picture in row.pictures(jobSeed: seed) {
                request.seed = picture.seed
                let fields = row.facts.map { [(key: "facts", json: $0)] } ?? []
                try plan.add(id: picture.id, row: row.row, request: request, fields: fields)
            }
        }
        self.plan = plan
        var defaults = try overrides.settings(over: model)
        defaults["metadata"] = "\(metadata)"
        defaults["weights"] = model.weights?.rawValue
        defaults["cache"] = model.cache?.rawValue
        description = JobDescription(
            program: WeftRelease.version, rowsSHA256: file.sha256,
            rowCount: file.rows.count, pictureCount: plan.pictures.count, model: model.name,
            modelFingerprint: try model.fingerprint(), defaults: defaults, seed: seed)
    }
}
