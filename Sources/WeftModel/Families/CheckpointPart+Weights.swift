// The weights of a transformer's layers: which tensors they are, and what they take in another format.

package import WeftTensor

/// Outputs that are stored together once they are quantised.
private let panelOutputs = 16

extension CheckpointPart where Configuration == DecoderConfiguration {
    /// The tensors that hold matrices of layers, by their names in the files.
    package var layerTensors: Set<String> {
        Set(
            configuration.layerMatrices.map { names($0).name }.filter { name in files.contains { $0.entry(name) != nil }
            })
    }

    /// Throws ``WeightsError`` if a matrix begins inside of a panel of the tensor that holds it and others, so that the
    /// tensor cannot be quantised as one.
    package func checkPanels(of entry: TensorEntry, path: String) throws {
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

    /// Bytes of the tensors that are not ignored, the layers' matrices in a format; nil for how they are stored.
    package func byteCount(as format: WeightFormat?) -> Int {
        guard let format else { return byteCount }
        return layerEntries.reduce(byteCount) { total, entry in
            let inputs = max(1, entry.shape.last ?? 1)
            let outputs = entry.shape.dropLast().reduce(1, *)
            return total - entry.byteCount + format.byteCount(outputs: outputs, inputs: inputs)
        }
    }

    /// Whether the layers' matrices are quantised in a format; nil for how they are stored.
    package func isQuantised(as format: WeightFormat?) -> Bool {
        switch format {
        case .plain: false
        case .quantised: true
        case nil: layerEntries.contains { entry in Quantisation.allCases.contains { $0.dtype == entry.dtype } }
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

    private var layerEntries: [TensorEntry] {
        let names = layerTensors
        return files.flatMap { file in names.compactMap { file.entry($0) } }
    }
}
