// The JSON of a decoder's configuration, with errors that name key and value.

extension DecoderConfiguration {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case hiddenSize = "hidden_size"
        case layers
        case heads
        case kvHeads = "kv_heads"
        case headDim = "head_dim"
        case rmsNormEpsilon = "rms_norm_eps"
        case normOffset = "norm_offset"
        case normPlacement = "norm_placement"
        case qkNorm = "qk_norm"
        case attentionBias = "attention_bias"
        case attentionOutputBias = "attention_output_bias"
        case rope
        case feedForward = "feed_forward"
        case moe
        case textVocabulary = "text_vocabulary"
        case visualVocabulary = "visual_vocabulary"
        case tieVisualEmbeddings = "tie_visual_embeddings"
        case embeddingScale = "embedding_scale"
        case visualCodeSize = "visual_code_size"
        case headProjector = "head_projector"
    }

    /// Reads and checks a configuration; throws ``DecoderError`` that names the key and its value.
    package init(from decoder: any Swift.Decoder) throws {
        let keys = try ConfigurationObject<CodingKeys>(decoder)
        try self.init(
            hiddenSize: keys.value(.hiddenSize), layers: keys.value(.layers), heads: keys.value(.heads),
            kvHeads: keys.value(.kvHeads), headDim: keys.value(.headDim), rmsNormEpsilon: keys.value(.rmsNormEpsilon),
            normOffset: keys.value(.normOffset, default: false),
            normPlacement: keys.choice(.normPlacement, default: .pre),
            qkNorm: keys.flag(.qkNorm).map { $0 ? .rms : .none } ?? keys.choice(.qkNorm),
            attentionBias: keys.value(.attentionBias),
            attentionOutputBias: keys.optional(.attentionOutputBias), rope: keys.value(.rope),
            feedForward: keys.value(.feedForward), moe: keys.optional(.moe),
            textVocabulary: keys.value(.textVocabulary), visualVocabulary: keys.value(.visualVocabulary),
            tieVisualEmbeddings: keys.value(.tieVisualEmbeddings, default: false),
            embeddingScale: keys.value(.embeddingScale, default: 1),
            visualCodeSize: keys.optional(.visualCodeSize),
            headProjector: keys.value(.headProjector, default: false))
    }
}

extension DecoderConfiguration.Rope {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case kind
        case theta
        case pairs
        case prefix
        case scaling
    }

    /// Reads the object `rope`; throws ``DecoderError`` that names the key.
    package init(from decoder: any Swift.Decoder) throws {
        let keys = try ConfigurationObject<CodingKeys>(decoder, prefix: "rope.")
        try self.init(
            kind: keys.choice(.kind), theta: keys.value(.theta), pairs: keys.choice(.pairs),
            prefix: keys.choice(.prefix), scaling: keys.optional(.scaling))
    }
}

extension DecoderConfiguration.FeedForward {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case activation
        case hiddenSize = "hidden_size"
        case bias
    }

    /// Reads the object `feed_forward`; throws ``DecoderError`` that names the key.
    package init(from decoder: any Swift.Decoder) throws {
        let keys = try ConfigurationObject<CodingKeys>(decoder, prefix: "feed_forward.")
        try self.init(
            activation: keys.choice(.activation), hiddenSize: keys.value(.hiddenSize),
            bias: keys.value(.bias, default: false))
    }
}

extension DecoderConfiguration.MixtureOfExperts {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case layers
        case experts
        case topK = "top_k"
        case hiddenSize = "hidden_size"
        case router
        case renormalize
        case sharedExperts = "shared_experts"
        case sharedHiddenSize = "shared_hidden_size"
        case selectionBias = "selection_bias"
        case scaling
    }

    /// Reads the object `moe`; throws ``DecoderError`` that names the key.
    package init(from decoder: any Swift.Decoder) throws {
        let keys = try ConfigurationObject<CodingKeys>(decoder, prefix: "moe.")
        try self.init(
            layers: keys.value(.layers), experts: keys.value(.experts), topK: keys.value(.topK),
            hiddenSize: keys.value(.hiddenSize), router: keys.choice(.router), renormalize: keys.value(.renormalize),
            sharedExperts: keys.value(.sharedExperts, default: 0),
            sharedHiddenSize: keys.value(.sharedHiddenSize, default: 0),
            selectionBias: keys.value(.selectionBias, default: false), scaling: keys.value(.scaling, default: 1))
    }
}

/// Reads one JSON object whose keys are all known.
private struct ConfigurationObject<Key: CodingKey & CaseIterable> {
    private let container: KeyedDecodingContainer<Key>
    private let prefix: String

    init(_ decoder: any Swift.Decoder, prefix: String = "") throws {
        self.prefix = prefix
        do {
            container = try decoder.container(keyedBy: Key.self)
            let known = Set(Key.allCases.map(\.stringValue))
            let keys = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
            if let unknown = keys.filter({ !known.contains($0) }).min() {
                throw DecoderError.configuration(prefix + unknown, "is not a known key")
            }
        } catch is DecodingError {
            throw DecoderError.configuration(String(prefix.dropLast()), "is not an object")
        }
    }

    func value<Value: Decodable>(_ key: Key) throws -> Value {
        guard container.contains(key) else {
            throw DecoderError.configuration(prefix + key.stringValue, "is missing")
        }
        do {
            return try container.decode(Value.self, forKey: key)
        } catch let error as DecoderError {
            throw error
        } catch {  // not only DecodingError: numbers that do not fit have another one
            throw DecoderError.configuration(
                prefix + key.stringValue, "\(shown(key)) is not of the type \(Value.self)")
        }
    }

    func value<Value: Decodable>(_ key: Key, default value: Value) throws -> Value {
        container.contains(key) ? try self.value(key) : value
    }

    func optional<Value: Decodable>(_ key: Key) throws -> Value? {
        guard container.contains(key), try !container.decodeNil(forKey: key) else { return nil }
        let value: Value = try value(key)
        return value
    }

    func choice<Value>(_ key: Key) throws -> Value
    where Value: RawRepresentable<String> & CaseIterable {
        let name: String = try value(key)
        if let value = Value(rawValue: name) { return value }
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        throw DecoderError.configuration(prefix + key.stringValue, "\"\(name)\" is not one of \(names)")
    }

    func choice<Value>(_ key: Key, default value: Value) throws -> Value
    where Value: RawRepresentable<String> & CaseIterable {
        container.contains(key) ? try choice(key) : value
    }

    /// The value if it is true or false.
    func flag(_ key: Key) -> Bool? { try? container.decode(Bool.self, forKey: key) }

    /// A value of the wrong type as text.
    private func shown(_ key: Key) -> String {
        if let text = try? container.decode(String.self, forKey: key) { return "\"\(text)\"" }
        if let flag = try? container.decode(Bool.self, forKey: key) { return "\(flag)" }
        if let number = try? container.decode(Double.self, forKey: key) { return "\(number)" }
        return (try? container.decodeNil(forKey: key)) == true ? "null" : "the value"
    }
}

/// Any key of an object.
private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
