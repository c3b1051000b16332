// What is written down of a picture that was drawn.

import Foundation

/// What the results say of a picture beside its id, prompt, seed and file.
public struct JobResult: Sendable {
    /// The model's name.
    public var model: String
    /// The size in pixels, as in `256x256`.
    public var size: String
    /// The quality: `low`, `medium` or `high`.
    public var quality: String
    /// How many visual tokens were drawn.
    public var tokens: Int
    /// In how many passes through the model, where a pass may bring several; nil for one token a pass.
    public var passes: Int?
    /// How long it took, in seconds; written with six decimals.
    public var seconds: Double
    /// Anything else, in this order: a key that no other field has, and its value as JSON text on one line.
    public var more: [(key: String, json: String)]

    /// Makes a result.
    public init(
        model: String, size: String, quality: String, tokens: Int, passes: Int? = nil, seconds: Double,
        more: [(key: String, json: String)] = []
    ) {
        self.model = model
        self.size = size
        self.quality = quality
        self.tokens = tokens
        self.passes = passes
        self.seconds = seconds
        self.more = more
    }

    /// Throws ``WeftError`` that names the field that cannot be written.
    func validate() throws {
        guard seconds.isFinite else { throw WeftError(.invalidRequest, "seconds of a result cannot be \(seconds)") }
        var keys = Set(JobLine.keys)
        for (key, json) in more {
            guard keys.insert(key).inserted else {
                throw WeftError(.invalidRequest, "the field \"\(key)\" is twice in a result")
            }
            let isJSON = (try? JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)) != nil
            guard isJSON, !json.utf8.contains(UInt8(ascii: "\n")) else {
                throw WeftError(.invalidRequest, "the field \"\(key)\" of a result is not JSON on one line: \(json)")
            }
        }
    }
}
