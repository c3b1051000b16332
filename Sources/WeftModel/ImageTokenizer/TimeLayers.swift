// The layers of a video tokenizer that look back in time, as they are for a single picture.

import WeftTensor

/// What stands between the codebook and the decoder of Emu3's video tokenizer, for its first frame.
///
/// Every convolution over time is causal: before the first frame there are zeros, so that only its last tap meets anything.
/// So a convolution over time and space is one over space, and more frames need not be made. A first convolution turns
/// codebook rows into latents; residual blocks and convolutions then work on latents and codebook rows alike. Source:
/// baaivision/Emu3, `Emu3VisionVQDecoder`.
struct TimeLayers: Sendable {
    private struct Block {
        let norm1: BatchNorm
        let conv1: Conv2d
        let norm2: BatchNorm
        let conv2: Conv2d
    }

    private let first: Conv2d
    private let blocks: [Block]
    private let convolutions: [Conv2d]
    private let channels: Int

    init(
        _ time: ImageTokenizerConfiguration.Time, _ configuration: ImageTokenizerConfiguration, _ tensors: TensorReader,
        prefix: String
    ) throws {
        let channels = configuration.latentChannels
        self.channels = channels
        guard channels == configuration.codebookDim else {
            throw ImageTokenizerError.configuration(
                "latent_channels", "\(channels) is not the codebook_dim \(configuration.codebookDim)")
        }
        func convolution(_ name: String, kernel: Int) throws -> Conv2d {
            try Conv2d(
                tensors, prefix + name, inputs: channels, outputs: channels, kernel: kernel,
                padding: .same(kernel: kernel))
        }
        first = try convolution("post_quant_conv", kernel: try Self.kernel(tensors, prefix + "post_quant_conv"))
        blocks = try (0..<time.residualBlocks).map { index in
            let name = "decoder.time_res_stack.\(index)."
            return Block(
                norm1: try BatchNorm(tensors, prefix + name + "norm1", channels: channels),
                conv1: try convolution(name + "conv1", kernel: 3),
                norm2: try BatchNorm(tensors, prefix + name + "norm2", channels: channels),
                conv2: try convolution(name + "conv2", kernel: 3))
        }
        convolutions = try (0..<time.convolutions).map { try convolution("decoder.time_conv.\($0)", kernel: 3) }
    }

    /// The side of the first convolution: 1 in the published tokenizer.
    private static func kernel(_ tensors: TensorReader, _ name: String) throws -> Int {
        let side = tensors.shape(of: name + ".weight")?.last ?? 1
        guard side == 1 || side == 3 else {
            throw ImageTokenizerError.configuration("post_quant_conv", "a kernel of side \(side) is not 1 or 3")
        }
        return side
    }

    /// Floats of scratch: three pictures of latents, and the patches of a convolution.
    static func scratchCount(_ configuration: ImageTokenizerConfiguration, pixels: Int) -> Int {
        let channels = configuration.latentChannels
        return 3 * aligned(pixels * channels) + Conv2d.patchCount(inputs: channels, kernel: 3, pixels: pixels)
    }

    private static func aligned(_ count: Int) -> Int { (count + 15) / 16 * 16 }

    /// Replaces the codebook rows of the canvas by latents, and those that norms look at by what the layers make of them.
    func apply(to canvas: inout Canvas) {
        let count = canvas.pixels * channels
        canvas.apply(first, canvas.current, to: canvas.spare)
        canvas.current.update(from: canvas.spare, count: count)
        run(canvas.current, canvas)
        run(canvas.codes, canvas)
    }

    /// The blocks and convolutions on one picture of latents, in place.
    private func run(_ x: UnsafeMutablePointer<Float>, _ canvas: Canvas) {
        let count = canvas.pixels * channels
        let size = Self.aligned(count)
        let (a, b, scratch) = (canvas.scratch, canvas.scratch + size, canvas.scratch + 3 * size)
        func apply(_ convolution: Conv2d, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>) {
            convolution.apply(
                x, height: canvas.height, width: canvas.width, to: y, scratch: scratch, pool: canvas.pool)
        }
        for block in blocks {
            block.norm1.swish(x, pixels: canvas.pixels, to: a)
            apply(block.conv1, a, to: b)
            block.norm2.swish(b, pixels: canvas.pixels, to: a)
            apply(block.conv2, a, to: b)
            for index in 0..<count { x[index] += b[index] }
        }
        for convolution in convolutions {
            apply(convolution, x, to: a)
            for index in 0..<count { x[index] = PixelMath.swish(a[index]) }
        }
    }
}

/// Batch normalisation with the statistics of training (arXiv:1502.03167): one factor and one summand a channel.
struct BatchNorm: Sendable {
    private let scale: [Float]
    private let shift: [Float]

    /// Takes `weight`, `bias`, `running_mean` and `running_var`.
    init(_ tensors: TensorReader, _ name: String, channels: Int) throws {
        func values(_ part: String) throws -> [Float] {
            try tensors.take("\(name).\(part)", shape: [channels]).floats()
        }
        let (weight, bias) = (try values("weight"), try values("bias"))
        let (mean, variance) = (try values("running_mean"), try values("running_var"))
        let scale = zip(weight, variance).map { Float(Double($0) / (Double($1) + 1e-5).squareRoot()) }
        self.scale = scale
        shift = (0..<channels).map { Float(Double(bias[$0]) - Double(mean[$0]) * Double(scale[$0])) }
    }

    /// `swish(x * scale + shift)`, both `[pixels, channels]`.
    func swish(_ x: UnsafePointer<Float>, pixels: Int, to y: UnsafeMutablePointer<Float>) {
        for pixel in 0..<pixels {
            for channel in scale.indices {
                let index = pixel * scale.count + channel
                y[index] = PixelMath.swish(x[index] * scale[channel] + shift[channel])
            }
        }
    }
}
