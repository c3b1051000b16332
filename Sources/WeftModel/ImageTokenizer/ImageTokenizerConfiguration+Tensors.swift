// The tensors of an image tokenizer's decoder by name and shape, without a file that has them.

package import WeftTensor

extension ImageTokenizerConfiguration {
    /// The tensors that ``ImageTokenizer`` takes of a configuration without encoder, by its own names.
    ///
    /// - Parameter matrices: the type of those with several dimensions; the others are float32
    package func decoderTensors(_ matrices: DType) -> [TensorEntry] {
        var list = TensorList(matrices)
        list.add("quantize.embedding.weight", codebookSize, codebookDim)
        var seen: Set<String> = []
        for head in outlines {
            for stage in ImageDecoder.stages(self, head: head) where seen.insert(stage.name).inserted {
                add(stage, to: &list)
            }
            if let square = head.square {
                list.addConvolution(
                    "\(head.name).skip", outputs: PixelComposition.fixed * square * square, inputs: codebookDim,
                    kernel: 1)
            }
        }
        if decoder.heads != nil {
            add(ImageGround.stage(decoder), to: &list)
            list.add(ImageGround.distance, ImageGround.side, ImageGround.side)
        }
        return list.entries
    }

    private func add(_ stage: Stage, to list: inout TensorList) {
        switch stage {
        case .convolution(let name, let inputs, let outputs, let kernel, _, _, _):
            list.addConvolution(name, outputs: outputs, inputs: inputs, kernel: kernel)
        case .residual(let name, let inputs, let outputs, let kernel):
            addNorm("\(name).norm1", inputs, to: &list)
            addNorm("\(name).norm2", outputs, to: &list)
            list.addConvolution("\(name).conv1", outputs: outputs, inputs: inputs, kernel: kernel)
            list.addConvolution("\(name).conv2", outputs: outputs, inputs: outputs, kernel: kernel)
            if inputs != outputs {
                list.addConvolution("\(name).nin_shortcut", outputs: outputs, inputs: inputs, kernel: 1)
            }
        case .attention(let name, let channels):
            addNorm("\(name).norm", channels, to: &list)
            for part in ["q", "k", "v", "proj_out"] {
                list.addConvolution("\(name).\(part)", outputs: channels, inputs: channels, kernel: 1)
            }
        case .normed(let norm, let name, let inputs, let outputs, let kernel):
            addNorm(norm, inputs, to: &list)
            list.addConvolution(name, outputs: outputs, inputs: inputs, kernel: kernel)
        case .temporal(let name, let channels):
            for part in 1...2 {
                for value in ["weight", "bias", "running_mean", "running_var"] {
                    list.add("\(name).norm\(part).\(value)", channels)
                }
                list.addConvolution("\(name).conv\(part)", outputs: channels, inputs: channels, kernel: 3)
            }
        case .swish: break
        }
    }

    private func addNorm(_ name: String, _ channels: Int, to list: inout TensorList) {
        switch norm {
        case .channel: list.add("\(name).weight", channels)
        case .group:
            list.add("\(name).weight", channels)
            list.add("\(name).bias", channels)
        case .spatial:
            list.add("\(name).norm_layer.weight", channels)
            list.add("\(name).norm_layer.bias", channels)
            list.addConvolution("\(name).conv_y", outputs: channels, inputs: codebookDim, kernel: 1)
            list.addConvolution("\(name).conv_b", outputs: channels, inputs: codebookDim, kernel: 1)
        }
    }
}

extension Stage {
    /// What stands before the names of its tensors; empty without tensors.
    fileprivate var name: String {
        switch self {
        case .convolution(let name, _, _, _, _, _, _), .residual(let name, _, _, _), .attention(let name, _),
            .normed(_, let name, _, _, _), .temporal(let name, _):
            name
        case .swish: ""
        }
    }
}
