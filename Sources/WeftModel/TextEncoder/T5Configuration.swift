// What a T5 encoder is made of, as its config.json says.

/// Sizes of a T5 encoder; a value of this type has been checked.
package struct T5Configuration: Sendable, Equatable {
    /// What stands between the two products of a feed-forward layer.
    package enum FeedForward: String, Sendable, CaseIterable {
        /// `wo(gelu_tanh(wi_0 x) * wi_1 x)`, of T5 1.1 and flan-T5.
        case gatedGelu = "gated-gelu"
        /// `wo(relu(wi x))`, of the first T5.
        case relu
    }

    /// Width of the residual stream.
    package let width: Int
    /// Elements of a head.
    package let headDim: Int
    /// Width of the feed-forward layers.
    package let hiddenSize: Int
    /// How many layers follow each other.
    package let layers: Int
    /// Heads of a layer.
    package let heads: Int
    /// How many token ids there are.
    package let vocabulary: Int
    /// How many distances have a bias of their own, both directions together.
    package let buckets: Int
    /// The distance from which on all share one bias.
    package let largestDistance: Int
    /// Added to the mean square in every norm.
    package let epsilon: Float
    /// The feed-forward layers.
    package let feedForward: FeedForward

    /// Reads a `config.json`; throws ``CheckpointError`` that names `file`, the key and its value.
    package init(_ json: JSONValue, file: String) throws {
        func number(_ key: String, _ range: ClosedRange<Int>, default value: Int? = nil) throws -> Int {
            guard let found = json[key] else {
                guard let value else { throw CheckpointError(file, "\"\(key)\" is missing") }
                return value
            }
            guard let number = found.int, range.contains(number) else {
                throw CheckpointError(
                    file, "\"\(key)\" is not a whole number in \(range.lowerBound)...\(range.upperBound)")
            }
            return number
        }
        guard let type = json["model_type"]?.string, type == "t5" else {
            throw CheckpointError(file, "\"model_type\" is \"\(json["model_type"]?.string ?? "")\", not t5")
        }
        width = try number("d_model", 1...1 << 20)
        headDim = try number("d_kv", 1...1 << 14)
        hiddenSize = try number("d_ff", 1...1 << 20)
        layers = try number("num_layers", 1...1 << 10)
        heads = try number("num_heads", 1...1 << 12)
        vocabulary = try number("vocab_size", 1...1 << 24)
        buckets = try number("relative_attention_num_buckets", 4...1 << 12, default: 32)
        largestDistance = try number("relative_attention_max_distance", buckets / 4 + 1...1 << 20, default: 128)
        guard case .number(let epsilon) = json["layer_norm_epsilon"] ?? .number(1e-6), epsilon > 0, epsilon < 1 else {
            throw CheckpointError(file, "\"layer_norm_epsilon\" is not a number in (0, 1)")
        }
        self.epsilon = Float(epsilon)
        let name = json["feed_forward_proj"]?.string ?? "relu"
        guard let feedForward = FeedForward(rawValue: name) else {
            let known = FeedForward.allCases.map(\.rawValue).joined(separator: ", ")
            throw CheckpointError(file, "\"feed_forward_proj\" is \"\(name)\", not one of \(known)")
        }
        self.feedForward = feedForward
    }
}
