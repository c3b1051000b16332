// Decoders in the layout of Llama's first code, whose files say little: sizes come from the shapes of the tensors.

package import WeftTensor

extension LanguageModelConfiguration {
    /// LlamaGen's transformer: its sizes, and where its tensors stand.
    ///
    /// With captions instead of classes there is no text table: prefixes are ready embeddings. Throws
    /// ``LanguageModelError`` for a tensor that is missing or of an impossible shape, and ``DecoderError``.
    ///
    /// - Parameters:
    ///   - shape: the shape of a tensor by its name in the files; nil if there is none
    ///   - heads: the query heads, which the files do not say
    package static func llamaGen(
        shape: (String) -> [Int]?, heads: Int
    ) throws -> (configuration: DecoderConfiguration, names: TensorNames) {
        let sizes = try OriginalSizes(shape: shape, heads: heads)
        let classes = shape("cls_embedding.embedding_table.weight")?.first ?? 0
        let configuration = try sizes.decoder(
            rope: .init(kind: .grid, theta: 1e4, pairs: .interleaved, prefix: .zeroed), textVocabulary: classes,
            visualVocabulary: sizes.vocabulary)
        let text = TensorPlace("cls_embedding.embedding_table.weight")
        return (configuration, sizes.names(text: text, visual: nil))
    }

    /// The transformer in Chameleon's own `consolidated.pth`: its sizes, and where its tensors stand.
    ///
    /// Throws as ``llamaGen(shape:heads:)``, and for visual tokens outside of the vocabulary.
    ///
    /// - Parameters:
    ///   - shape: the shape of a tensor by its name in the files; nil if there is none
    ///   - heads: `n_heads` of `params.json`
    ///   - theta: `rope_theta`
    ///   - epsilon: `norm_eps`
    ///   - swinNorm: `swin_norm`
    ///   - visual: the token ids of the codes
    package static func originalChameleon(
        shape: (String) -> [Int]?, heads: Int, theta: Double = 1e4, epsilon: Float = 1e-5, swinNorm: Bool = false,
        visual: Range<Int>
    ) throws -> (configuration: DecoderConfiguration, names: TensorNames) {
        let sizes = try OriginalSizes(shape: shape, heads: heads)
        guard !visual.isEmpty, visual.lowerBound >= 0, visual.upperBound <= sizes.vocabulary else {
            throw LanguageModelError(
                "the visual tokens \(visual.lowerBound)..<\(visual.upperBound) are not in the vocabulary of "
                    + "\(sizes.vocabulary)")
        }
        let configuration = try sizes.decoder(
            rope: .init(kind: .sequence, theta: theta, pairs: .interleaved, prefix: .sequential), epsilon: epsilon,
            normPlacement: swinNorm ? .post : .pre,
            qkNorm: shape("layers.0.attention.q_normalization.weight") == nil ? .none : .layer,
            textVocabulary: sizes.vocabulary, visualVocabulary: visual.count)
        return (configuration, sizes.names(text: TensorPlace("tok_embeddings.weight"), visual: visual))
    }
}

/// The sizes of a decoder with the names of Llama's first code, read from its shapes.
private struct OriginalSizes {
    let vocabulary: Int
    let width: Int
    let layers: Int
    let heads: Int
    let kvHeads: Int
    let headDim: Int
    let hidden: Int
    /// Whether query, key and value are one matrix, and gate and up another.
    let isFused: (attention: Bool, feedForward: Bool)

    init(shape: (String) -> [Int]?, heads: Int) throws {
        func matrix(_ name: String) throws -> (rows: Int, columns: Int) {
            guard let shape = shape(name) else { throw LanguageModelError("tensor \"\(name)\" is missing") }
            guard shape.count == 2, shape.allSatisfy({ (1...DecoderConfiguration.largestSize).contains($0) }) else {
                throw LanguageModelError("tensor \"\(name)\" has the shape \(shape), which is no matrix")
            }
            return (shape[0], shape[1])
        }
        (vocabulary, width) = try matrix("tok_embeddings.weight")
        guard heads > 0, width % heads == 0 else {
            throw LanguageModelError("\(heads) heads do not divide the \(width) columns of \"tok_embeddings.weight\"")
        }
        self.heads = heads
        headDim = width / heads
        let attention = "layers.0.attention."
        isFused = (shape(attention + "wqkv.weight") != nil, shape("layers.0.feed_forward.w13.weight") != nil)
        let name = attention + (isFused.attention ? "wqkv.weight" : "wk.weight")
        let rows = try matrix(name).rows
        let keyRows = isFused.attention ? (rows - width) / 2 : rows
        guard keyRows > 0, keyRows % headDim == 0, !isFused.attention || width + 2 * keyRows == rows,
            heads % (keyRows / headDim) == 0
        else { throw LanguageModelError("tensor \"\(name)\" has \(rows) rows, which do not fit \(heads) heads") }
        kvHeads = keyRows / headDim
        hidden = try matrix("layers.0.feed_forward.w2.weight").columns
        var layers = 1
        while shape("layers.\(layers).attention_norm.weight") != nil { layers += 1 }
        self.layers = layers
    }

    func decoder(
        rope: DecoderConfiguration.Rope, epsilon: Float = 1e-5,
        normPlacement: DecoderConfiguration.NormPlacement = .pre, qkNorm: DecoderConfiguration.QueryKeyNorm = .none,
        textVocabulary: Int, visualVocabulary: Int
    ) throws -> DecoderConfiguration {
        try DecoderConfiguration(
            hiddenSize: width, layers: layers, heads: heads, kvHeads: kvHeads, headDim: headDim,
            rmsNormEpsilon: epsilon, normPlacement: normPlacement, qkNorm: qkNorm, rope: rope,
            feedForward: .init(activation: .silu, hiddenSize: hidden), textVocabulary: textVocabulary,
            visualVocabulary: visualVocabulary)
    }

    /// - Parameter visual: the rows of the vocabulary that are codes; nil for all
    func names(text: TensorPlace, visual: Range<Int>?) -> TensorNames {
        let part = visual.map { TensorPlace.Part.rows($0, total: vocabulary) } ?? .whole
        let sizes = self
        return TensorNames { name in
            switch name {
            case "text_embedding.weight": return text
            case "visual_embedding.weight": return TensorPlace("tok_embeddings.weight", part: part)
            case "head.weight": return TensorPlace("output.weight", part: part)
            default:
                let parts = name.split(separator: ".", maxSplits: 2)
                guard parts.count == 3, parts[0] == "layers" else { return TensorPlace(name) }
                let place = sizes.layerPlace(String(parts[2]))
                return TensorPlace("layers.\(parts[1]).\(place.name)", part: place.part)
            }
        }
    }

    private func layerPlace(_ name: String) -> TensorPlace {
        let keyRows = kvHeads * headDim
        func slice(_ whole: String, _ start: Int, _ count: Int, of total: Int) -> TensorPlace {
            TensorPlace(whole, part: .rows(start..<start + count, total: total))
        }
        switch (name, isFused.attention, isFused.feedForward) {
        case ("attention.query.weight", true, _):
            return slice("attention.wqkv.weight", 0, width, of: width + 2 * keyRows)
        case ("attention.key.weight", true, _):
            return slice("attention.wqkv.weight", width, keyRows, of: width + 2 * keyRows)
        case ("attention.value.weight", true, _):
            return slice("attention.wqkv.weight", width + keyRows, keyRows, of: width + 2 * keyRows)
        case ("feed_forward.gate.weight", _, true): return slice("feed_forward.w13.weight", 0, hidden, of: 2 * hidden)
        case ("feed_forward.up.weight", _, true):
            return slice("feed_forward.w13.weight", hidden, hidden, of: 2 * hidden)
        default:
            for (ours, theirs) in Self.layerNames where name.hasPrefix(ours) {
                return TensorPlace(theirs + name.dropFirst(ours.count))
            }
            return TensorPlace(name)
        }
    }

    private static let layerNames = [
        ("feed_forward_norm.", "ffn_norm."), ("attention.query.", "attention.wq."), ("attention.key.", "attention.wk."),
        ("attention.value.", "attention.wv."), ("attention.output.", "attention.wo."),
        ("attention.query_norm.", "attention.q_normalization."), ("attention.key_norm.", "attention.k_normalization."),
        ("feed_forward.gate.", "feed_forward.w1."), ("feed_forward.up.", "feed_forward.w3."),
        ("feed_forward.down.", "feed_forward.w2."),
    ]
}
