// From codebook rows to pixels.

import WeftTensor

/// The decoder: 1x1 convolution, what is left of a video's temporal layers, 3x3 convolution, middle blocks, levels from
/// the lowest resolution up, colours.
struct ImageDecoder: Sendable {
    private let first: Layer
    private let temporal: [Layer]
    private let layers: [Layer]
    private let shuffle: PixelShuffle

    /// The layers in order, by name.
    static func stages(_ configuration: ImageTokenizerConfiguration) -> [Stage] {
        [firstStage(configuration)] + temporalStages(configuration) + spatialStages(configuration)
    }

    private static func firstStage(_ configuration: ImageTokenizerConfiguration) -> Stage {
        .same(
            "post_quant_conv", inputs: configuration.codebookDim, outputs: configuration.latentChannels, kernel: 1)
    }

    /// What runs before the decoder itself, on the latents and on the codebook rows alike.
    private static func temporalStages(_ configuration: ImageTokenizerConfiguration) -> [Stage] {
        guard let temporal = configuration.temporal else { return [] }
        let latent = configuration.latentChannels
        let blocks = (0..<temporal.residualBlocks).map {
            Stage.temporal(name: "decoder.time_res_stack.\($0)", channels: latent)
        }
        let convolutions = (0..<temporal.convolutions).flatMap { index -> [Stage] in
            [.same("decoder.time_conv.\(index)", inputs: latent, outputs: latent), .swish(channels: latent)]
        }
        return blocks + convolutions
    }

    private static func spatialStages(_ configuration: ImageTokenizerConfiguration) -> [Stage] {
        let (stack, latent) = (configuration.decoder, configuration.latentChannels)
        let (lowest, last) = (stack.channels[stack.channels.count - 1], stack.channels.count - 1)
        var stages: [Stage] = [.same("decoder.conv_in", inputs: latent, outputs: lowest, kernel: stack.kernel)]
        stages += Stage.middle("decoder.mid", stack)
        var width = lowest
        for index in (0...last).reversed() {
            let name = "decoder.conv_blocks.\(last - index)"  // the lowest resolution is number 0
            stages += Stage.level(name, stack, index: index, inputs: width)
            width = stack.channels[index]
            if index > 0 {
                stages.append(.same("\(name).upsample.conv", inputs: width, outputs: width, upsampling: 2))
            }
        }
        stages.append(.norm(name: "decoder.norm_out", channels: width))
        let patch = stack.patch ?? configuration.patch
        let conv = Stage.same("decoder.conv_out", inputs: width, outputs: 3 * patch * patch, kernel: stack.kernel)
        stages.append(conv)
        return stages
    }

    init(_ configuration: ImageTokenizerConfiguration, _ tensors: TensorReader, prefix: String) throws {
        func layer(_ stage: Stage) throws -> Layer { try Layer(stage, configuration, tensors, prefix: prefix) }
        first = try layer(ImageDecoder.firstStage(configuration))
        temporal = try ImageDecoder.temporalStages(configuration).map(layer)
        layers = try ImageDecoder.spatialStages(configuration).map(layer)
        shuffle = PixelShuffle(factor: configuration.decoder.patch ?? configuration.patch)
    }

    /// Turns the canvas, codebook rows `[rows, columns, codebookDim]`, into what spatial norms look at, of that shape.
    func applyTemporalLayers(to canvas: inout Canvas) {
        for layer in temporal { layer.apply(to: &canvas) }
    }

    /// Turns the canvas, codebook rows `[rows, columns, codebookDim]`, into `pixels`, `[height, width, 3]`.
    func apply(to canvas: inout Canvas, pixels: UnsafeMutablePointer<Float>) {
        first.apply(to: &canvas)
        for layer in temporal { layer.apply(to: &canvas) }
        for layer in layers { layer.apply(to: &canvas) }
        shuffle.apply(
            canvas.current, height: canvas.height, width: canvas.width, channels: 3, to: pixels, pool: canvas.pool)
    }
}
