// A language model as a decoder of visual tokens: its sizes, and where its tensors stand.

package import WeftTensor

extension LanguageModelConfiguration {
    /// The decoder whose text table is the whole vocabulary and whose visual tokens are some of it.
    ///
    /// Throws ``LanguageModelError`` for tokens outside of the vocabulary.
    ///
    /// - Parameter visual: the token ids of the codes, code 0 first
    package func decoder(visual: Range<Int>) throws -> DecoderConfiguration {
        try check(visual)
        return try decoder(visualVocabulary: visual.count, isTied: tiesEmbeddings, codeSize: nil)
    }

    /// The decoder that makes visual embeddings of codes by a projector and has a head of two layers, as Janus has.
    package func projectedDecoder(codes: Int, codeSize: Int) throws -> DecoderConfiguration {
        try decoder(visualVocabulary: codes, isTied: false, codeSize: codeSize)
    }

    private func decoder(visualVocabulary: Int, isTied: Bool, codeSize: Int?) throws -> DecoderConfiguration {
        try DecoderConfiguration(
            hiddenSize: hiddenSize, layers: layers, heads: heads, kvHeads: kvHeads, headDim: headDim,
            rmsNormEpsilon: rmsNormEpsilon, normOffset: modelType == .gemma, normPlacement: normPlacement,
            qkNorm: queryKeyNorm, attentionBias: attentionBias, attentionOutputBias: attentionOutputBias,
            rope: .init(kind: .sequence, theta: theta, pairs: .half, prefix: .sequential, scaling: scaling),
            feedForward: feedForward, moe: moe, textVocabulary: vocabularySize, visualVocabulary: visualVocabulary,
            tieVisualEmbeddings: isTied, embeddingScale: modelType == .gemma ? Float(hiddenSize).squareRoot() : 1,
            visualCodeSize: codeSize, headProjector: codeSize != nil)
    }

    private func check(_ visual: Range<Int>) throws {
        guard !visual.isEmpty, visual.lowerBound >= 0, visual.upperBound <= vocabularySize else {
            throw LanguageModelError(
                "\"vocab_size\" is \(vocabularySize); the visual tokens \(visual.lowerBound)..<\(visual.upperBound) "
                    + "are not in it")
        }
    }

    /// Where the decoder's tensors stand in files with transformers' names.
    ///
    /// - Parameters:
    ///   - prefix: what stands before `embed_tokens`, `layers` and `norm`, such as `model.`
    ///   - head: the head of the whole vocabulary; not read if it is tied
    ///   - visual: the token ids of the codes
    package func names(
        prefix: String = "model.", head: String = "lm_head.weight", visual: Range<Int>
    ) -> TensorNames {
        let (type, total) = (modelType, vocabularySize)
        return TensorNames { name in
            switch name {
            case "visual_embedding.weight":
                TensorPlace(prefix + "embed_tokens.weight", part: .rows(visual, total: total))
            case "head.weight": TensorPlace(head, part: .rows(visual, total: total))
            default: TensorPlace(prefix + Self.hubName(name, type))
            }
        }
    }

    /// transformers' name of a tensor of the text table, the layers or the last norm.
    static func hubName(_ name: String, _ type: ModelType) -> String {
        if name == "text_embedding.weight" { return "embed_tokens.weight" }
        let parts = name.split(separator: ".", maxSplits: 2)
        guard parts.count == 3, parts[0] == "layers" else { return name }
        return "layers.\(parts[1])." + layerName(String(parts[2]), type)
    }

    private static func layerName(_ name: String, _ type: ModelType) -> String {
        let experts = type == .mixtral ? "block_sparse_moe." : "mlp."
        let parts = name.split(separator: ".")
        if parts.count == 5, name.hasPrefix("moe.experts."), let part = expertNames[String(parts[3])] {
            return "\(experts)experts.\(parts[2])." + (type == .mixtral ? part.mixtral : part.other) + ".\(parts[4])"
        }
        if name.hasPrefix("moe.router.") { return experts + "gate.weight" }
        // How transformers 5 holds all experts of a layer in memory.
        if name == "moe.experts.gate_up.weight" { return experts + "experts.gate_up_proj" }
        if name == "moe.experts.down.weight" { return experts + "experts.down_proj" }
        for (ours, theirs) in layerNames where name.hasPrefix(ours) { return theirs + name.dropFirst(ours.count) }
        return name
    }

    private static let expertNames = [
        "gate": (mixtral: "w1", other: "gate_proj"), "up": (mixtral: "w3", other: "up_proj"),
        "down": (mixtral: "w2", other: "down_proj"),
    ]

    private static let layerNames = [
        ("attention_norm.", "input_layernorm."), ("feed_forward_norm.", "post_attention_layernorm."),
        ("attention.query.", "self_attn.q_proj."), ("attention.key.", "self_attn.k_proj."),
        ("attention.value.", "self_attn.v_proj."), ("attention.output.", "self_attn.o_proj."),
        ("attention.query_norm.", "self_attn.q_norm."), ("attention.key_norm.", "self_attn.k_norm."),
        ("feed_forward.gate.", "mlp.gate_proj."), ("feed_forward.up.", "mlp.up_proj."),
        ("feed_forward.down.", "mlp.down_proj."),
    ]
}
