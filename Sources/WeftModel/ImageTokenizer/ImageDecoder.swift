// From codebook rows to pixels.

import WeftTensor

/// The decoder: 1x1 convolution, what is left of a video's temporal layers, 3x3 convolution, middle blocks, levels from
/// the lowest resolution up as far as the scale's head, colours; where there are heads, the ground of each square behind the
/// lowest level.
struct ImageDecoder: Sendable {
    private let first: Layer
    private let temporal: [Layer]
    private let levels: [[Layer]]  // the lowest resolution first
    private let ground: ImageGround?
    /// Where pictures leave, one for each scale.
    let heads: [ImageHead]

    /// The layers of pictures that leave by a head, in order, by name.
    static func stages(_ configuration: ImageTokenizerConfiguration, head: ImageHead.Outline) -> [Stage] {
        let levels = levelStages(configuration).dropLast(head.level).joined()
        return [firstStage(configuration)] + temporalStages(configuration) + levels
            + ImageHead.stages(head, configuration.decoder)
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

    /// The layers of each level, the lowest resolution first; what leads to a level stands at its beginning.
    private static func levelStages(_ configuration: ImageTokenizerConfiguration) -> [[Stage]] {
        let (stack, latent) = (configuration.decoder, configuration.latentChannels)
        let (lowest, last) = (stack.channels[stack.channels.count - 1], stack.channels.count - 1)
        var levels: [[Stage]] = []
        var stages: [Stage] = [.same("decoder.conv_in", inputs: latent, outputs: lowest, kernel: stack.kernel)]
        stages += Stage.middle("decoder.mid", stack)
        var width = lowest
        for index in (0...last).reversed() {
            let name = "decoder.conv_blocks.\(last - index)"  // the lowest resolution is number 0
            levels.append(stages + Stage.level(name, stack, index: index, inputs: width))
            width = stack.channels[index]
            stages = [.same("\(name).upsample.conv", inputs: width, outputs: width, upsampling: 2)]
        }
        return levels
    }

    init(
        _ configuration: ImageTokenizerConfiguration, _ tensors: TensorReader, prefix: String,
        arithmetic: ConvolutionArithmetic?
    ) throws {
        func layer(_ stage: Stage) throws -> Layer {
            try Layer(stage, configuration, tensors, prefix: prefix, arithmetic: arithmetic)
        }
        first = try layer(ImageDecoder.firstStage(configuration))
        temporal = try ImageDecoder.temporalStages(configuration).map(layer)
        levels = try ImageDecoder.levelStages(configuration).map { try $0.map(layer) }
        ground = try configuration.decoder.heads.map { _ in
            try ImageGround(configuration, tensors, prefix: prefix, arithmetic: arithmetic)
        }
        heads = try configuration.outlines.map {
            try ImageHead($0, configuration, tensors, prefix: prefix, arithmetic: arithmetic)
        }
    }

    /// Turns the canvas, codebook rows `[rows, columns, codebookDim]`, into what spatial norms look at, of that shape.
    func applyTemporalLayers(to canvas: inout Canvas) {
        for layer in temporal { layer.apply(to: &canvas) }
    }

    /// Turns the canvas, codebook rows `[rows, columns, codebookDim]`, into `pixels`, `[height, width, 3]`, at a scale that
    /// has a head; where the configuration has heads, the canvas's condition is the rows too.
    func apply(to canvas: inout Canvas, scale: Int, pixels: UnsafeMutablePointer<Float>) {
        guard let head = heads.first(where: { $0.outline.scale == scale }) else {
            preconditionFailure("scale \(scale) has no head")
        }
        first.apply(to: &canvas)
        for layer in temporal { layer.apply(to: &canvas) }
        for (index, level) in levels.dropLast(head.outline.level).enumerated() {
            for layer in level { layer.apply(to: &canvas) }
            if index == 0 { ground?.write(canvas) }
        }
        head.finish(&canvas, pixels: pixels)
    }
}
