// From codebook rows to pixels.

import WeftTensor

/// The decoder: 1x1 convolution, 3x3 convolution, middle blocks, levels from the lowest resolution up, colours.
struct ImageDecoder: Sendable {
    private let time: TimeLayers?
    private let layers: [Layer]
    private let shuffle: PixelShuffle

    /// The layers in order, by name.
    static func stages(_ configuration: ImageTokenizerConfiguration) -> [Stage] {
        let (stack, latent) = (configuration.decoder, configuration.latentChannels)
        let (lowest, last) = (stack.channels[stack.channels.count - 1], stack.channels.count - 1)
        var stages: [Stage] = []
        if configuration.time == nil {
            stages.append(
                .convolution(
                    name: "post_quant_conv", inputs: configuration.codebookDim, outputs: latent, kernel: 1,
                    padding: .none))
        }
        stages.append(.same("decoder.conv_in", inputs: latent, outputs: lowest, kernel: stack.kernel))
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
        time = try configuration.time.map { try TimeLayers($0, configuration, tensors, prefix: prefix) }
        layers = try ImageDecoder.stages(configuration).map { try Layer($0, configuration, tensors, prefix: prefix) }
        shuffle = PixelShuffle(factor: configuration.decoder.patch ?? configuration.patch)
    }

    /// Turns the canvas, codebook rows `[rows, columns, codebookDim]`, into `pixels`, `[height, width, 3]`.
    func apply(to canvas: inout Canvas, pixels: UnsafeMutablePointer<Float>) {
        time?.apply(to: &canvas)
        for layer in layers { layer.apply(to: &canvas) }
        shuffle.apply(
            canvas.current, height: canvas.height, width: canvas.width, channels: 3, to: pixels, pool: canvas.pool)
    }
}
