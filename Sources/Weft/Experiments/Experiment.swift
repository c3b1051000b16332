// An experiment as a job: every prompt with every combination of settings and every seed.

import WeftModel
import WeftSampling
import WeftTensor

/// The pictures of an experiment, all of them checked against a model.
public struct Experiment: Sendable {
    /// Prompts, axes and seeds.
    public let plan: ExperimentPlan
    /// The pictures and their requests, in the order of ``ExperimentPlan/pictures``.
    public let job: JobPlan
    /// What makes the job this job.
    public let description: JobDescription

    /// The settings that can be axes, with what their values are.
    public static let keys: [String: AxisKind] = [
        "size": .size, "quality": .words(Quality.allCases.map(\.rawValue)), "tokens": .wholeNumber(from: 1),
        "fill": .words(GridFill.allCases.map(\.rawValue)), "temperature": .number, "top_k": .wholeNumber(from: 0),
        "top_p": .number, "min_p": .number, "alike_min_p": .number, "typical_p": .number,
        "epsilon_cutoff": .number, "eta_cutoff": .number,
        "top_n_sigma": .number, "repetition_penalty": .number, "repetition_window": .wholeNumber(from: 1),
        "guidance_scale": .number, "guidance_start": .number,
        "guidance_schedule": .words(GuidanceSchedule.allCases.map(\.rawValue)),
        "decode": .words(DecodingMethod.allCases.map(\.rawValue)),
        "window": .wholeNumber(from: JacobiWindow.sizes.lowerBound),
        "best_of": .wholeNumber(from: SamplingSettings.candidateCounts.lowerBound),
    ]

    /// Reads a prompt file and checks every row in every combination; no weights are loaded.
    ///
    /// - Parameters:
    ///   - path: a `.txt`, `.jsonl` or `.csv` file; rows bring no seeds and counts of their own
    ///   - axes: `KEY=VALUES` each, with the keys of ``keys``; the first varies slowest
    ///   - seeds: as in `1-4`
    ///   - model: what draws the pictures
    ///   - overrides: what stands over the rows, and below the axes
    /// - Throws: ``PromptFileError`` that names every bad row; ``WeftError`` for an axis that makes no sense
    public init(
        path: String, axes: [String], seeds: String, model: ModelDescription,
        overrides: PromptOverrides = PromptOverrides()
    ) throws {
        if let lack = model.lack { throw WeftError(.invalidModel, "\(model.name) lacks \(lack)") }
        let axes = try axes.map { try Axis(parsing: $0, keys: Self.keys) }
        let seeds = try Axis.seeds(parsing: seeds)
        let cells = try ExperimentPlan(prompts: ["cells"], axes: axes, seeds: [0])
        let settings = try (0..<cells.cellCount).map { try CellSettings(cells.cell($0), over: overrides) }
        let pool = ThreadPool(threadCount: 1)
        let file = try PromptFile(path: path) { row in
            if row.seed != nil || row.count != 1 {
                throw WeftError(.invalidRequest, "a row of an experiment has no seed and no count: --seeds says them")
            }
            for cell in settings { _ = try model.longestPrefix(of: cell.request(for: row, model), pool: pool) }
        }
        plan = try ExperimentPlan(prompts: file.rows.map(\.name), axes: axes, seeds: seeds)
        var job = JobPlan()
        for picture in plan.pictures {
            let row = file.rows[picture.prompt]
            var request = try settings[picture.cell].request(for: row, model)
            request.seed = picture.seed
            var fields = [
                (key: "prompt_id", json: try row.name.json),
                (key: "axes", json: try Self.json(plan.cell(picture.cell))),
            ]
            if let facts = row.facts { fields.append((key: "facts", json: facts)) }
            try job.add(id: picture.id, row: row.row, request: request, fields: fields)
        }
        self.job = job
        var defaults = try overrides.settings(over: model)
        for axis in axes { defaults["axis \(axis.key)"] = axis.values.joined(separator: ",") }
        defaults["weights"] = model.weights?.rawValue
        defaults["cache"] = model.cache?.rawValue
        defaults["axes"] = axes.map(\.key).joined(separator: ",")
        defaults["seeds"] = seeds.map { "\($0)" }.joined(separator: ",")
        description = JobDescription(
            program: WeftRelease.version, rowsSHA256: file.sha256, rowCount: file.rows.count,
            pictureCount: job.pictures.count, model: model.name, modelFingerprint: try model.fingerprint(),
            defaults: defaults, seed: 0)
    }

    /// Values as a JSON object in the order of the axes.
    private static func json(_ values: [AxisValue]) throws -> String {
        let pairs = try values.map { value in
            let (key, text) = (try value.key.json, try value.text.json)
            return "\(key):\(text)"
        }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    /// The combination that a picture belongs to.
    func cell(of picture: JobPicture) -> Int { picture.index / (plan.prompts.count * plan.seeds.count) }
}
