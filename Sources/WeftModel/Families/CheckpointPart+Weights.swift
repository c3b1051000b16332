// The weights of a transformer's layers and head: which tensors they are, and what they take in another format.

package import WeftTensor

/// Outputs that are stored together once they are quantised.
private let panelOutputs = 16

extension CheckpointPart where Configuration == DecoderConfiguration {
    /// The tensors that hold matrices of layers, by their names in the files.
    private var layerTensors: Set<String> {
        Set(
            configuration.layerMatrices.map { names($0).name }.filter { name in files.contains { $0.entry(name) != nil }
            })
    }

    /// The tensor of the head, by its name in the files, if it can be quantised: one that is no embedding too, and that holds
    /// nothing else.
    private var headTensor: String? {
        guard !configuration.tieVisualEmbeddings else { return nil }
        let place = names("head.weight")
        let embeddings = ["text_embedding.weight", "visual_embedding.weight"].map { names($0).name }
        guard place.part == .whole, !embeddings.contains(place.name) else { return nil }
        return files.contains { $0.entry(place.name) != nil } ? place.name : nil
    }

    /// How the head lies in memory where the layers' matrices have a format; nil for how it is stored.
    ///
    /// Beside quantised layers it has 8 bits: it is read at every step too, and 4 bits would cost it more.
    package func headFormat(beside format: WeightFormat?) -> WeightFormat? {
        guard let headTensor, let format else { return nil }
        switch format {
        case .quantised: return .quantised(.q8)
        case .plain: return files.contains { $0.quantised(headTensor) != nil } ? format : nil
        }
    }

    /// How a tensor is stored in a format; nil for one that is neither a layer's matrix nor the head.
    ///
    /// Throws ``WeightsError`` as ``checkPanels(of:path:)``.
    package func quantisation(of entry: TensorEntry, as kind: Quantisation, path: String) throws -> Quantisation? {
        if entry.name == headTensor { return .q8 }
        guard layerTensors.contains(entry.name) else { return nil }
        try checkPanels(of: entry, path: path)
        return kind
    }

    /// Throws ``WeightsError`` if a matrix begins inside of a panel of the tensor that holds it and others, so that the
    /// tensor cannot be quantised as one.
    private func checkPanels(of entry: TensorEntry, path: String) throws {
        let rowSize = entry.shape.dropFirst().dropLast().reduce(1, *)
        var starts: [Int] = []
        for name in configuration.layerMatrices where names(name).name == entry.name {
            if case .rows(let rows, _) = names(name).part { starts.append(rows.lowerBound * rowSize) }
            // In a stack, each expert begins at a multiple of its rows, and half of them are its gate.
            if entry.shape.count == 3 { starts.append(name.contains("gate_up") ? rowSize / 2 : rowSize) }
        }
        guard let start = starts.first(where: { $0 % panelOutputs != 0 }) else { return }
        throw WeightsError(
            file: path, tensor: entry.name,
            "cannot be quantised: a layer begins at its output \(start), which is no multiple of \(panelOutputs)")
    }

    /// Bytes of the tensors that are not ignored, the layers' matrices in a format, and the head beside them; nil for how
    /// they are stored.
    package func byteCount(as format: WeightFormat?) -> Int {
        guard let format else { return byteCount }
        func change(_ entry: TensorEntry, _ format: WeightFormat) -> Int {
            let inputs = max(1, entry.shape.last ?? 1)
            let outputs = entry.shape.dropLast().reduce(1, *)
            return format.byteCount(outputs: outputs, inputs: inputs) - entry.byteCount
        }
        let head = headFormat(beside: format).map { format in headEntries.reduce(0) { $0 + change($1, format) } } ?? 0
        return layerEntries.reduce(byteCount + head) { $0 + change($1, format) }
    }

    /// Whether the layers' matrices or the head are quantised in a format; nil for how they are stored.
    package func isQuantised(as format: WeightFormat?) -> Bool {
        switch format {
        case .plain: false
        case .quantised: true
        case nil:
            (layerEntries + headEntries).contains { entry in Quantisation.allCases.contains { $0.dtype == entry.dtype }
            }
        }
    }

    /// Whether the layers' matrices are float32 in a format; nil for how they are stored.
    package func isFloat32(as format: WeightFormat?) -> Bool {
        switch format {
        case .plain(let dtype): dtype == .float32
        case .quantised: false
        case nil: layerEntries.allSatisfy { $0.dtype == DType.float32.rawValue }
        }
    }

    private var headEntries: [TensorEntry] { headTensor.map { name in files.compactMap { $0.entry(name) } } ?? [] }

    private var layerEntries: [TensorEntry] {
        let names = layerTensors
        return files.flatMap { file in names.compactMap { file.entry($0) } }
    }
}
