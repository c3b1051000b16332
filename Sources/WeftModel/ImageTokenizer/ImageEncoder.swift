// From pixels to latents.

import WeftTensor

/// The encoder: first convolution, levels from the highest resolution down, middle blocks, two convolutions to latents; or
/// one convolution of squares of pixels.
struct ImageEncoder: Sendable {
    private let layers: [Layer]

    /// The layers in order, by name; nil for a configuration without encoder.
    static func stages(_ configuration: ImageTokenizerConfiguration) -> [Stage]? {
        switch configuration.encoder {
        case nil: nil
        case .linear(let patch):
            [
                .convolution(
                    name: "encoder.conv_in", inputs: 3, outputs: configuration.codebookDim, kernel: patch,
                    stride: patch, padding: .none)
            ]
        case .levels(let stack): stages(configuration, stack)
        }
    }

    private static func stages(
        _ configuration: ImageTokenizerConfiguration, _ stack: ImageTokenizerConfiguration.Stack
    ) -> [Stage] {
        let (latent, last) = (configuration.latentChannels, stack.channels.count - 1)
        let patch = stack.patch ?? configuration.patch
        var width = stack.channels[0]
        var stages: [Stage] = [
            patch == 1
                ? .same("encoder.conv_in", inputs: 3, outputs: width)
                : .convolution(
                    name: "encoder.conv_in", inputs: 3, outputs: width, kernel: patch, stride: patch, padding: .none)
        ]
        for index in 0...last {
            let name = "encoder.conv_blocks.\(index)"  // the highest resolution is number 0
            stages += Stage.level(name, stack, index: index, inputs: width)
            width = stack.channels[index]
            if index < last {
                stages.append(
                    .convolution(
                        name: "\(name).downsample.conv", inputs: width, outputs: width, kernel: 3, stride: 2,
                        padding: .downsample))
            }
        }
        stages += Stage.middle("encoder.mid", stack)
        stages.append(
            .normed(
                norm: "encoder.norm_out", name: "encoder.conv_out", inputs: width, outputs: latent,
                kernel: stack.kernel))
        stages.append(
            .convolution(
                name: "quant_conv", inputs: latent, outputs: configuration.codebookDim, kernel: 1, padding: .none))
        return stages
    }

    /// Nil for a configuration without encoder.
    init?(_ configuration: ImageTokenizerConfiguration, _ tensors: TensorReader, prefix: String) throws {
        guard let stages = ImageEncoder.stages(configuration) else { return nil }
        // Tokens come of it, which are to be the same on any processor.
        layers = try stages.map { try Layer($0, configuration, tensors, prefix: prefix, arithmetic: .float32) }
    }

    /// Turns the canvas, pixels `[height, width, 3]`, into latents `[rows, columns, codebookDim]`.
    func apply(to canvas: inout Canvas) {
        for layer in layers { layer.apply(to: &canvas) }
    }
}
