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
            let request = try Self.request(for: row, model, overrides)
            _ = try model.longestPrefix(of: request, pool: pool)
        }
        var plan = JobPlan()
        for row in file.rows {
            var request = try Self.request(for: row, model, overrides)
            for picture in row.pictures(jobSeed: seed) {
                request.seed = picture.seed
                let fields = row.facts.map { [(key: "facts", json: $0)] } ?? []
                try plan.add(id: picture.id, row: row.row, request: request, fields: fields)
            }
        }
        self.plan = plan
        var defaults = try overrides.settings
        defaults["metadata"] = "\(metadata)"
        defaults["model_settings"] = try model.sampling.json
        description = JobDescription(
            program: WeftRelease.version, rowsSHA256: file.sha256,
            rowCount: file.rows.count, pictureCount: plan.pictures.count, model: model.name,
            modelFingerprint: try model.fingerprint(), defaults: defaults, seed: seed)
    }

    /// The request of a row, without its seed; throws ``WeftError`` for what the model cannot do.
    private static func request(
        for row: PromptRow, _ model: ModelDescription, _ overrides: PromptOverrides
    ) throws -> GenerationRequest {
        if let named = row.model, named != model.name {
            throw WeftError(.invalidRequest, "the row names the model \"\(named)\", and \(model.name) draws")
        }
        let isSized = overrides.width != nil || overrides.height != nil
        let size = try model.size(
            width: isSized ? overrides.width : row.size?.width, height: isSized ? overrides.height : row.size?.height,
            quality: overrides.quality ?? row.quality)
        return GenerationRequest(
            prompt: row.prompt, negativePrompt: overrides.negativePrompt ?? row.negativePrompt, seed: row.seed ?? 0,
            size: size, sampling: overrides.sampling.applied(to: row.sampling.applied(to: model.sampling)),
            tokenLimit: overrides.tokenLimit ?? row.tokenLimit, fill: overrides.fill ?? .likely)
    }
}
