// The JSON of an image tokenizer's configuration, with errors that name the key.

extension ImageTokenizerConfiguration {
    enum CodingKeys: String, CodingKey {
        case codebookSize = "codebook_size"
        case codebookDim = "codebook_dim"
        case quantizer
        case latentChannels = "latent_channels"
        case patch
        case norm
        case normGroups = "norm_groups"
        case normEpsilon = "norm_eps"
        case temporal
        case encoder
        case decoder
    }

    /// Reads and checks a configuration; throws ``ImageTokenizerError`` that names the key.
    package init(from decoder: any Swift.Decoder) throws {
        let keys = KeyReader(try decoder.container(keyedBy: CodingKeys.self))
        codebookSize = try keys.value(.codebookSize)
        codebookDim = try keys.value(.codebookDim)
        quantizer = try keys.value(.quantizer)
        latentChannels = try keys.value(.latentChannels)
        patch = try keys.value(.patch)
        norm = try keys.choice(.norm, of: ["group", "channel", "spatial"])
        normGroups = try keys.optional(.normGroups)
        normEpsilon = try keys.value(.normEpsilon)
        temporal = try keys.optional(.temporal)
        encoder = try keys.optional(.encoder)
        self.decoder = try keys.value(.decoder)
        try validate()
    }
}

extension ImageTokenizerConfiguration.Quantizer {
    enum CodingKeys: String, CodingKey {
        case kind
        case levels
    }

    /// Reads a quantizer; throws ``ImageTokenizerError`` that names the key.
    package init(from decoder: any Swift.Decoder) throws {
        let keys = KeyReader(try decoder.container(keyedBy: CodingKeys.self), prefix: "quantizer.")
        kind = try keys.choice(.kind, of: ["fsq", "l2", "plain"])
        levels = try keys.optional(.levels)
    }
}

extension ImageTokenizerConfiguration.Temporal {
    enum CodingKeys: String, CodingKey {
        case residualBlocks = "residual_blocks"
        case convolutions
    }

    /// Reads temporal layers; throws ``ImageTokenizerError`` that names the key.
    package init(from decoder: any Swift.Decoder) throws {
        let keys = KeyReader(try decoder.container(keyedBy: CodingKeys.self), prefix: "temporal.")
        residualBlocks = try keys.value(.residualBlocks)
        convolutions = try keys.value(.convolutions)
    }
}

extension ImageTokenizerConfiguration.Encoder {
    private enum CodingKeys: String, CodingKey {
        case kind
        case patch
    }

    private enum Kind: String {
        case linear
    }

    /// Reads an encoder, which has levels if it does not say its kind; throws ``ImageTokenizerError`` that names the key.
    package init(from decoder: any Swift.Decoder) throws {
        let keys = KeyReader(try decoder.container(keyedBy: CodingKeys.self), prefix: "encoder.")
        guard keys.has(.kind) else {
            self = .levels(try ImageTokenizerConfiguration.Stack(from: decoder))
            return
        }
        let kind: Kind = try keys.choice(.kind, of: ["linear"])
        switch kind {
        case .linear: self = .linear(patch: try keys.value(.patch))
        }
    }

    /// Writes what ``init(from:)`` reads.
    package func encode(to encoder: any Swift.Encoder) throws {
        switch self {
        case .levels(let stack): try stack.encode(to: encoder)
        case .linear(let patch):
            var keys = encoder.container(keyedBy: CodingKeys.self)
            try keys.encode(Kind.linear.rawValue, forKey: .kind)
            try keys.encode(patch, forKey: .patch)
        }
    }
}

extension ImageTokenizerConfiguration.Head {
    enum CodingKeys: String, CodingKey {
        case scale
        case level
        case patch
    }

    /// Reads a head; throws ``ImageTokenizerError`` that names the key.
    package init(from decoder: any Swift.Decoder) throws {
        let place = decoder.codingPath.last?.intValue.map { "decoder.heads[\($0)]." } ?? "decoder.heads."
        let keys = KeyReader(try decoder.container(keyedBy: CodingKeys.self), prefix: place)
        scale = try keys.value(.scale)
        level = try keys.value(.level)
        patch = try keys.value(.patch)
    }
}

extension ImageTokenizerConfiguration.Stack {
    enum CodingKeys: String, CodingKey {
        case channels
        case residualBlocks = "residual_blocks"
        case attention
        case middle
        case middleAttention = "middle_attention"
        case patch
        case kernel
        case heads
    }

    /// Reads the levels of an encoder or decoder; throws ``ImageTokenizerError`` that names the key.
    package init(from decoder: any Swift.Decoder) throws {
        let place = decoder.codingPath.last.map { "\($0.stringValue)." } ?? ""
        let keys = KeyReader(try decoder.container(keyedBy: CodingKeys.self), prefix: place)
        channels = try keys.value(.channels)
        residualBlocks = try keys.value(.residualBlocks)
        attention = try keys.value(.attention)
        middle = try keys.value(.middle)
        // Without middle blocks there is nothing for the attention to stand between.
        middleAttention = middle ? try keys.value(.middleAttention) : false
        patch = try keys.optional(.patch)
        kernel = try keys.optional(.kernel) ?? 3
        heads = try keys.optional(.heads)
    }
}

/// Reads keys of one JSON object with errors that name the key.
private struct KeyReader<Key: CodingKey> {
    private let container: KeyedDecodingContainer<Key>
    private let prefix: String

    init(_ container: KeyedDecodingContainer<Key>, prefix: String = "") {
        self.container = container
        self.prefix = prefix
    }

    func has(_ key: Key) -> Bool { container.contains(key) }

    func value<Value: Decodable>(_ key: Key) throws -> Value {
        do {
            return try container.decode(Value.self, forKey: key)
        } catch let error as DecodingError {
            throw ImageTokenizerError.configuration(prefix + key.stringValue, problem(error))
        }
    }

    func optional<Value: Decodable>(_ key: Key) throws -> Value? {
        has(key) ? try value(key) as Value : nil
    }

    func choice<Value: RawRepresentable<String>>(_ key: Key, of names: [String]) throws -> Value {
        let name: String = try value(key)
        if let value = Value(rawValue: name) { return value }
        throw ImageTokenizerError.configuration(
            prefix + key.stringValue, "\"\(name)\" is not one of \(names.joined(separator: ", "))")
    }

    private func problem(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound: "is missing"
        case .valueNotFound: "is null"
        case .typeMismatch(let type, _): "is not of the type \(type)"
        case .dataCorrupted(let context): context.debugDescription
        @unknown default: "cannot be read"
        }
    }
}
