// What stands over the rows of a prompt file.

import Foundation

/// What stands over the rows of a prompt file: a value that is given here is that of all rows.
public struct PromptOverrides: Sendable, Hashable {
    /// Pixels from left to right.
    public var width: Int?
    /// Pixels from top to bottom.
    public var height: Int?
    /// The token budget.
    public var quality: Quality?
    /// How tokens are chosen.
    public var sampling = SamplingOverrides()
    /// What to steer away from.
    public var negativePrompt: GenerationRequest.Prompt?
    /// After how many tokens to stop.
    public var tokenLimit: Int?
    /// What stands in the rest of the grid.
    public var fill: GridFill?

    /// Nothing is given.
    public init() {}
}

extension PromptOverrides {
    /// The request of a row, with the row's seed or 0.
    ///
    /// - Throws: ``WeftError`` for a size or a model that is not the model's
    func request(for row: PromptRow, _ model: ModelDescription) throws -> GenerationRequest {
        if let named = row.model, named != model.name {
            throw WeftError(.invalidRequest, "the row names the model \"\(named)\", and \(model.name) draws")
        }
        let isSized = width != nil || height != nil
        let size = try model.size(
            width: isSized ? width : row.size?.width, height: isSized ? height : row.size?.height,
            quality: quality ?? row.quality)
        let first = PromptPicture(id: row.name, seed: row.seed ?? 0, number: 0)
        var request = row.request(for: first, size: size, sampling: model.sampling)
        request.sampling = sampling.applied(to: request.sampling)
        request.negativePrompt = negativePrompt ?? request.negativePrompt
        request.tokenLimit = tokenLimit ?? request.tokenLimit
        request.fill = fill ?? request.fill
        return request
    }

    /// What is given, by the names of flags, and the model's own settings, as texts.
    func settings(over model: ModelDescription) throws -> [String: String] {
        var settings = ["model_settings": try model.sampling.json]
        settings["width"] = width.map(String.init)
        settings["height"] = height.map(String.init)
        settings["quality"] = quality?.rawValue
        settings["negative_prompt"] = negativePrompt?.shown
        settings["tokens"] = tokenLimit.map(String.init)
        settings["fill"] = fill?.rawValue
        if sampling != SamplingOverrides() { settings["sampling"] = try sampling.json }
        return settings
    }
}

extension Encodable {
    /// The value as JSON on one line, with sorted keys.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}
