// The parts of a language model's configuration that take more than one key to read.

import WeftTensor

extension LanguageModelConfiguration {
    /// The elements of a head.
    static func headDim(
        _ object: HubObject, _ defaults: Defaults, _ type: ModelType, hiddenSize: Int, heads: Int
    ) throws -> Int {
        // Chameleon has no such key.
        let stated =
            type == .chameleon ? nil : try object.integer("head_dim", in: 2...DecoderConfiguration.largestCount)
        let preset = object.isNull("head_dim") ? nil : defaults.headDim
        if let headDim = stated ?? preset {
            guard headDim % 2 == 0 else { throw LanguageModelError("\"head_dim\" is \(headDim), which is odd") }
            return headDim
        }
        guard hiddenSize % heads == 0, hiddenSize / heads % 2 == 0 else {
            throw LanguageModelError(
                "\"hidden_size\" is \(hiddenSize), which does not make an even number of elements for each of the "
                    + "\(heads) heads of \"num_attention_heads\"")
        }
        return hiddenSize / heads
    }

    /// The longest sequence that no layer cuts; nil if none ever does.
    static func slidingWindow(
        _ object: HubObject, _ defaults: Defaults, _ type: ModelType, layers: Int
    ) throws -> Int? {
        let types: [String] = try object.value("layer_types") ?? []
        if let other = types.first(where: { !["full_attention", "sliding_attention"].contains($0) }) {
            throw LanguageModelError(
                "\"layer_types\" has \"\(other)\"; known are full_attention and sliding_attention")
        }
        let window =
            object.isNull("sliding_window")
            ? nil : try object.integer("sliding_window", in: 1...Int(Int32.max)) ?? defaults.slidingWindow
        switch type {
        case .mistral, .mixtral: return window
        case .qwen2, .qwen3, .qwen3MoE:
            guard try object.value("use_sliding_window") ?? false else { return nil }
            if type == .qwen3MoE { return window }
            if !types.isEmpty { return types.contains("sliding_attention") ? window : nil }
            return try object.integer("max_window_layers", in: 0...Int(Int32.max)) ?? 28 < layers ? window : nil
        case .llama, .gemma, .chameleon, .emu3Text, .emu3: return nil
        }
    }

    /// What gates go through.
    static func activation(_ object: HubObject, _ type: ModelType) throws -> GatedActivation {
        var key = "hidden_act"
        if type == .gemma, try object.value("hidden_activation") as String? != nil { key = "hidden_activation" }
        switch try object.value(key) ?? (type == .gemma ? "gelu_pytorch_tanh" : "silu") {
        case "silu", "swish": return .silu
        case "gelu_pytorch_tanh", "gelu_new": return .geluTanh
        // Gemma's first files say "gelu" and mean the approximation.
        case "gelu": return type == .gemma ? .geluTanh : .gelu
        case let other:
            throw LanguageModelError(
                "\(object.shown(key)) is \"\(other)\"; known are silu, swish, gelu, gelu_new, gelu_pytorch_tanh")
        }
    }

    /// The layers of experts.
    static func mixture(
        _ object: HubObject, _ type: ModelType, layers: Int, feedForwardSize: Int
    ) throws -> DecoderConfiguration.MixtureOfExperts? {
        guard type == .mixtral || type == .qwen3MoE else { return nil }
        let isMixtral = type == .mixtral
        let counts = (isMixtral ? 1 : 0)...DecoderConfiguration.largestCount
        let experts =
            try object.integer("num_experts", in: counts) ?? object.integer("num_local_experts", in: counts)
            ?? (isMixtral ? 8 : 128)
        guard experts > 0 else { return nil }
        let topK = try object.integer("num_experts_per_tok", in: 1...experts) ?? (isMixtral ? 2 : 8)
        guard topK <= experts else {
            throw LanguageModelError("\"num_experts_per_tok\" is \(topK), of \(experts) experts")
        }
        if isMixtral {
            return .init(
                layers: Array(0..<layers), experts: experts, topK: topK, hiddenSize: feedForwardSize, router: .softmax,
                renormalize: true)
        }
        let step = try object.integer("decoder_sparse_step", in: 1...DecoderConfiguration.largestCount) ?? 1
        let dense = Set(try object.integers("mlp_only_layers") ?? [])
        let width = try object.integer("moe_intermediate_size", in: 1...DecoderConfiguration.largestSize) ?? 768
        let sparse = (0..<layers).filter { ($0 + 1) % step == 0 && !dense.contains($0) }
        return sparse.isEmpty
            ? nil
            : .init(
                layers: sparse, experts: experts, topK: topK, hiddenSize: width, router: .softmax,
                renormalize: try object.value("norm_topk_prob") ?? false)
    }

    /// The base of the frequencies and how they are changed.
    static func rope(
        _ object: HubObject, _ defaults: Defaults, maximumPositions: Int
    ) throws -> (theta: Double, scaling: RotaryScaling?) {
        let old = try object.object("rope_scaling").flatMap { $0.isEmpty ? nil : $0 }
        let rope = try old ?? object.object("rope_parameters")
        let theta =
            try rope?.number("rope_theta", above: 0) ?? object.number("rope_theta", above: 0) ?? defaults.theta
        for place in [rope, object] {
            guard let share = try place?.number("partial_rotary_factor", above: 0) else { continue }
            guard share == 1 else {
                throw LanguageModelError(
                    "\(place?.shown("partial_rotary_factor") ?? "") is \(share); heads that rotate in part are not known"
                )
            }
        }
        guard let rope else { return (theta, nil) }
        let key = rope.has("rope_type") ? "rope_type" : "type"
        let name: String = try rope.value(key) ?? "default"
        guard name != "default" else {
            if let nested = ["full_attention", "sliding_attention"].first(where: { rope.has($0) }) {
                throw LanguageModelError("\(rope.shown(nested)): rotation that differs between layers is not known")
            }
            return (theta, nil)
        }
        guard let kind = RotaryScaling.Kind(rawValue: name) else {
            throw LanguageModelError("\(rope.shown(key)) is \"\(name)\"; known are default, linear, llama3, yarn")
        }
        return (theta, try scaling(kind, rope, object, maximumPositions: maximumPositions))
    }

    private static func scaling(
        _ kind: RotaryScaling.Kind, _ rope: HubObject, _ object: HubObject, maximumPositions: Int
    ) throws -> RotaryScaling {
        let lengths = 1...DecoderConfiguration.largestSize
        let key = "original_max_position_embeddings"
        let original = try object.integer(key, in: lengths) ?? rope.integer(key, in: lengths) ?? maximumPositions
        let stated = try rope.number("factor", above: 0)
        guard let factor = stated ?? (kind == .yarn ? Double(maximumPositions) / Double(original) : nil) else {
            throw LanguageModelError("\(rope.shown("factor")) is missing")
        }
        func required(_ key: String) throws -> Double {
            guard let value = try rope.number(key, above: 0) else {
                throw LanguageModelError("\(rope.shown(key)) is missing")
            }
            return value
        }
        let scaling: RotaryScaling
        switch kind {
        case .linear: scaling = RotaryScaling(kind: kind, factor: factor)
        case .llama3:
            scaling = RotaryScaling(
                kind: kind, factor: factor, originalPositions: original,
                lowFrequencyFactor: try required("low_freq_factor"),
                highFrequencyFactor: try required("high_freq_factor"))
        case .yarn:
            scaling = RotaryScaling(
                kind: kind, factor: factor, originalPositions: original,
                betaFast: try rope.number("beta_fast", above: 0) ?? 32,
                betaSlow: try rope.number("beta_slow", above: 0) ?? 1, truncates: try rope.value("truncate") ?? true,
                attentionFactor: try rope.number("attention_factor", above: 0)
                    ?? RotaryScaling.attentionFactor(
                        factor, mscale: rope.number("mscale", least: 0),
                        mscaleAllDim: rope.number("mscale_all_dim", least: 0)))
        }
        if let problem = scaling.problem { throw LanguageModelError("\(rope.shown("factor")): \(problem)") }
        return scaling
    }
}
