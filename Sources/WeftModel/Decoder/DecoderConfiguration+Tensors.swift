// The tensors of a decoder by name and shape, without a file that has them.

package import WeftTensor

extension DecoderConfiguration {
    /// The tensors that ``Decoder`` takes, by its own names.
    ///
    /// - Parameter matrices: the type of those with several dimensions; the others are float32
    package func tensors(_ matrices: DType) -> [TensorEntry] {
        var list = TensorList(matrices)
        if textVocabulary > 0 { list.add("text_embedding.weight", textVocabulary, hiddenSize) }
        list.add("visual_embedding.weight", visualVocabulary, visualCodeSize ?? hiddenSize)
        if let visualCodeSize {
            list.addLinear("visual_projector.0", outputs: hiddenSize, inputs: visualCodeSize, hasBias: true)
            list.addLinear("visual_projector.1", outputs: hiddenSize, inputs: hiddenSize, hasBias: true)
        }
        for layer in 0..<layers { add(layer, to: &list) }
        list.add("norm.weight", hiddenSize)
        if headProjector {
            list.addLinear("head.projector", outputs: hiddenSize, inputs: hiddenSize, hasBias: true)
            list.addLinear("head", outputs: visualVocabulary, inputs: hiddenSize, hasBias: true)
        } else if !tieVisualEmbeddings {
            list.addLinear("head", outputs: visualVocabulary, inputs: hiddenSize)
        }
        return list.entries
    }

    private func add(_ layer: Int, to list: inout TensorList) {
        let name = "layers.\(layer)."
        list.add(name + "attention_norm.weight", hiddenSize)
        list.add(name + "feed_forward_norm.weight", hiddenSize)
        for (part, count) in [("query", heads), ("key", kvHeads), ("value", kvHeads)] {
            list.addLinear(
                "\(name)attention.\(part)", outputs: count * headDim, inputs: hiddenSize, hasBias: attentionBias)
        }
        list.addLinear(
            name + "attention.output", outputs: hiddenSize, inputs: heads * headDim, hasBias: attentionOutputBias)
        for (part, count) in [("query_norm", heads), ("key_norm", kvHeads)] {
            switch qkNorm {
            case .none: break
            case .rms: list.add("\(name)attention.\(part).weight", headDim)
            case .layer:
                list.add("\(name)attention.\(part).weight", count, headDim)
                list.add("\(name)attention.\(part).bias", count, headDim)
            }
        }
        guard let moe, isMixture(layer) else {
            return addGated(name + "feed_forward.", feedForward.hiddenSize, feedForward.bias, to: &list)
        }
        list.addLinear(name + "moe.router", outputs: moe.experts, inputs: hiddenSize)
        if moe.selectionBias { list.add(name + "moe.selection_bias", moe.experts) }
        for expert in 0..<moe.experts { addGated("\(name)moe.experts.\(expert).", moe.hiddenSize, false, to: &list) }
        if moe.sharedExperts > 0 { addGated(name + "moe.shared.", moe.sharedHiddenSize, false, to: &list) }
    }

    private func addGated(_ name: String, _ hidden: Int, _ hasBias: Bool, to list: inout TensorList) {
        list.addLinear(name + "gate", outputs: hidden, inputs: hiddenSize, hasBias: hasBias)
        list.addLinear(name + "up", outputs: hidden, inputs: hiddenSize, hasBias: hasBias)
        list.addLinear(name + "down", outputs: hiddenSize, inputs: hidden, hasBias: hasBias)
    }
}

/// Collects the tensors of a network.
struct TensorList {
    private(set) var entries: [TensorEntry] = []
    private let matrices: DType

    /// - Parameter matrices: the type of tensors with several dimensions
    init(_ matrices: DType) { self.matrices = matrices }

    mutating func add(_ name: String, _ shape: Int...) {
        entries.append(TensorEntry(name, shape, matrices: matrices))
    }

    mutating func addLinear(_ name: String, outputs: Int, inputs: Int, hasBias: Bool = false) {
        add(name + ".weight", outputs, inputs)
        if hasBias { add(name + ".bias", outputs) }
    }

    mutating func addConvolution(_ name: String, outputs: Int, inputs: Int, kernel: Int) {
        add(name + ".weight", outputs, inputs, kernel, kernel)
        add(name + ".bias", outputs)
    }
}
