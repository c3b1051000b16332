// The finished pictures of an experiment with all that is known of them.

import Foundation
import WeftPixels

/// Reads what an experiment's folder holds.
public struct ExperimentResults {
    private let path: String
    private let lines: [Line]

    /// A line of the results.
    private struct Line: Decodable {
        let id: String
        let prompt: String?
        let promptID: String?
        let seed: UInt64?
        let tokens: Int?
        let size: String?
        let file: String?
        let seconds: Double?
        let tokensPerSecond: Double?
        let peakBytes: Int?
        let axes: [String: String]?

        private enum CodingKeys: String, CodingKey {
            case id, prompt, seed, tokens, size, file, seconds, axes
            case promptID = "prompt_id"
            case tokensPerSecond = "tokens_per_second"
            case peakBytes = "peak_bytes"
        }
    }

    /// Reads the results of a folder; see ``JobMerge`` for one that several shards have drawn.
    ///
    /// - Throws: an error that names the file and the line
    public init(folder: String) throws {
        path = folder
        let file = "\(folder)/results.jsonl"
        let text = String(decoding: try AtomicFile.read(path: file), as: UTF8.self)
        lines = try text.split(separator: "\n").enumerated().map { number, line in
            do {
                return try JSONDecoder().decode(Line.self, from: Data(line.utf8))
            } catch {
                throw WeftError(.invalidFile, "\(file):\(number + 1): is no line of an experiment")
            }
        }
    }

    /// The pictures in the order of the experiment; those that failed for good are left out.
    ///
    /// - Parameters:
    ///   - experiment: what was drawn
    ///   - faithfulness: whether pictures show what their prompts say, by id; see ``FactsChecker``
    ///   - model: measures how much of a picture survives the image tokenizer; nil for no such measure
    ///   - references: what the image tokenizer is measured with; nil for the experiment's own pictures
    /// - Throws: an error that names the picture that cannot be read
    public func records(
        of experiment: Experiment, faithfulness: [String: Bool] = [:], model: Model? = nil,
        references: [Picture]? = nil
    ) throws -> [ExperimentRecord] {
        let byID = Dictionary(lines.filter { $0.file != nil }.map { ($0.id, $0) }) { first, _ in first }
        var records: [ExperimentRecord] = []
        var sizes: [PictureSize] = []
        for (picture, request) in zip(experiment.plan.pictures, experiment.job.requests) {
            guard let line = byID[picture.id], let file = line.file else { continue }
            let png = try AtomicFile.read(path: "\(path)/\(file)")
            let shown = try PNG.decode(png).0
            sizes.append(request.size)
            records.append(
                ExperimentRecord(
                    id: picture.id, promptID: experiment.plan.prompts[picture.prompt], prompt: line.prompt ?? "",
                    values: experiment.plan.cell(picture.cell), seed: picture.seed, tokens: line.tokens ?? 0,
                    width: shown.width, height: shown.height, seconds: line.seconds ?? 0,
                    tokensPerSecond: line.tokensPerSecond ?? 0, peakBytes: line.peakBytes,
                    faithfulness: faithfulness[picture.id].map { $0 ? 1 : 0 }, png: png))
        }
        if let model, model.canEncode {
            let measure = ReconstructionMeasure(model, references: references)
            try measure.measure(&records, sizes: sizes)
        }
        return records
    }
}
