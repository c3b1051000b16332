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
    /// What is given, by the names of flags, as texts.
    var settings: [String: String] {
        get throws {
            var settings: [String: String] = [:]
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
