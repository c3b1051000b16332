// The sizes of an image tokenizer, from the shapes of its tensors.

import WeftTensor

/// Reads the sizes of an image tokenizer from the shapes of its tensors, asking for them by the tokenizer's own names.
///
/// What is not there ends a count; that nothing is left over is seen when the weights are taken.
struct ImageTokenizerShapes {
    /// The most residual blocks of a level.
    private static let mostBlocks = 64

    private let tensors: TensorReader
    private let names: TensorNames
    private let path: String

    init(_ files: [any TensorFile], _ names: TensorNames) {
        tensors = TensorReader(files, names: names)
        self.names = names
        path = files.map(\.path).joined(separator: ", ")
    }

    /// The sizes of the network, not checked; group norms are those of VQGAN, 32 groups and an epsilon of 1e-6.
    func configuration(
        _ outline: ImageTokenizerLayout.Outline, encoder: Bool
    ) throws -> ImageTokenizerConfiguration {
        let codebook = try shape("quantize.embedding.weight", dimensions: 2)
        let latent = try shape("post_quant_conv.weight", dimensions: 2)[0]
        return ImageTokenizerConfiguration(
            codebookSize: codebook[0], codebookDim: codebook[1], quantizer: .init(kind: outline.quantizer),
            latentChannels: latent, norm: outline.norm, normGroups: 32, normEpsilon: 1e-6, temporal: temporal(),
            encoder: encoder ? .levels(try encoderStack(levels: outline.encoderLevels)) : nil,
            decoder: try decoderStack(levels: outline.levels))
    }

    /// The decoder's levels; its tensors are numbered from the lowest resolution up.
    private func decoderStack(levels: Int) throws -> ImageTokenizerConfiguration.Stack {
        let lowest = try shape("decoder.conv_in.weight", dimensions: 2)[0]
        var stack = try stack("decoder", levels: levels, width: lowest)
        stack.channels.reverse()
        stack.residualBlocks.reverse()
        stack.attention.reverse()
        return stack
    }

    /// The encoder's levels; its tensors are numbered from the highest resolution down.
    private func encoderStack(levels: Int) throws -> ImageTokenizerConfiguration.Stack {
        let highest = try shape("encoder.conv_in.weight", dimensions: 2)[0]
        return try stack("encoder", levels: levels, width: highest)
    }

    /// The levels in the order in which pictures go through them, from a picture with `width` channels.
    private func stack(_ part: String, levels: Int, width: Int) throws -> ImageTokenizerConfiguration.Stack {
        var width = width
        var stack = ImageTokenizerConfiguration.Stack(
            channels: [], residualBlocks: [], attention: [],
            middle: tensors.contains("\(part).mid.0.conv1.weight") || tensors.contains("\(part).mid.2.conv1.weight"),
            middleAttention: tensors.contains("\(part).mid.1.q.weight"))
        for level in 0..<levels {
            let name = "\(part).conv_blocks.\(level)"
            let blocks = count { "\(name).res.\($0).conv1.weight" }
            if blocks > 0 { width = try shape("\(name).res.0.conv1.weight", dimensions: 2)[0] }
            stack.channels.append(width)
            stack.residualBlocks.append(blocks)
            stack.attention.append(tensors.contains("\(name).attn.0.q.weight"))
        }
        return stack
    }

    private func temporal() -> ImageTokenizerConfiguration.Temporal? {
        let blocks = count { "decoder.time_res_stack.\($0).conv1.weight" }
        let convolutions = count { "decoder.time_conv.\($0).weight" }
        return blocks + convolutions == 0 ? nil : .init(residualBlocks: blocks, convolutions: convolutions)
    }

    private func count(_ name: (Int) -> String) -> Int {
        (0..<ImageTokenizerShapes.mostBlocks).first { !tensors.contains(name($0)) } ?? ImageTokenizerShapes.mostBlocks
    }

    private func shape(_ name: String, dimensions: Int) throws -> [Int] {
        guard let shape = tensors.shape(of: name) else {
            throw WeightsError(file: path, tensor: names(name).name, "is missing")
        }
        if shape.count < dimensions {
            throw WeightsError(
                file: path, tensor: names(name).name, "has the shape \(shape), not \(dimensions) dimensions or more")
        }
        return shape
    }
}
