// The layers that encoder and decoder are made of, with their weights.

import WeftTensor

// MARK: - Layer

/// One loaded layer.
enum Layer: Sendable {
    case convolution(Conv2d)
    case residual(ResidualBlock)
    case attention(AttentionBlock)
    case normed(PixelNorm, Conv2d)
    case swish(channels: Int)

    /// - Parameter arithmetic: in what numbers convolutions multiply; nil for bfloat16 where weights have 16 bits, else
    ///   float32
    init(
        _ stage: Stage, _ configuration: ImageTokenizerConfiguration, _ tensors: TensorReader, prefix: String,
        arithmetic: ConvolutionArithmetic?
    ) throws {
        switch stage {
        case .convolution(let name, let inputs, let outputs, let kernel, let stride, let padding, let upsampling):
            let convolution = try Conv2d(
                tensors, prefix + name, inputs: inputs, outputs: outputs, kernel: kernel, stride: stride,
                padding: padding, upsampling: upsampling, arithmetic: arithmetic)
            self = .convolution(convolution)
        case .residual(let name, let inputs, let outputs, let kernel):
            let block = try ResidualBlock(
                configuration, tensors, prefix + name, inputs: inputs, outputs: outputs, kernel: kernel,
                arithmetic: arithmetic)
            self = .residual(block)
        case .temporal(let name, let channels):
            let block = try ResidualBlock(
                configuration, tensors, prefix + name, inputs: channels, outputs: channels, kernel: 3,
                arithmetic: arithmetic, temporal: true)
            self = .residual(block)
        case .attention(let name, let channels):
            self = .attention(
                try AttentionBlock(
                    configuration, tensors, prefix + name, channels: channels, arithmetic: arithmetic))
        case .normed(let norm, let name, let inputs, let outputs, let kernel):
            self = .normed(
                try PixelNorm(configuration, tensors, prefix + norm, channels: inputs),
                try Conv2d(
                    tensors, prefix + name, inputs: inputs, outputs: outputs, kernel: kernel,
                    padding: .same(kernel: kernel), arithmetic: arithmetic))
        case .swish(let channels): self = .swish(channels: channels)
        }
    }

    func apply(to canvas: inout Canvas) {
        switch self {
        case .convolution(let convolution): canvas.convolve(convolution)
        case .residual(let block): block.apply(to: &canvas)
        case .attention(let block): block.apply(to: &canvas)
        case .normed(let norm, let convolution):
            canvas.convolve(convolution, after: norm, of: canvas.current, to: canvas.spare)
            swap(&canvas.current, &canvas.spare)
        case .swish(let channels):
            WeftTensor.swish(canvas.current, count: canvas.pixels * channels, pool: canvas.pool)
        }
    }
}

extension Conv2d {
    /// Takes `name.weight` and `name.bias`.
    ///
    /// - Parameter arithmetic: nil for bfloat16 where the weight has 16 bits, else float32
    init(
        _ tensors: TensorReader, _ name: String, inputs: Int, outputs: Int, kernel: Int, stride: Int = 1,
        padding: Padding = .none, upsampling: Int = 1, arithmetic: ConvolutionArithmetic? = .float32
    ) throws {
        let weight = try tensors.take("\(name).weight", shape: [outputs, inputs, kernel, kernel])
        let bias = try tensors.take("\(name).bias", shape: [outputs])
        self.init(
            weight: weight, bias: bias, stride: stride, padding: padding, upsampling: upsampling,
            arithmetic: arithmetic ?? (weight.dtype == .float32 ? .float32 : .bfloat16))
    }
}

// MARK: - ResidualBlock

/// `shortcut(x) + conv2(swish(norm2(conv1(swish(norm1(x))))))`.
struct ResidualBlock: Sendable {
    private let norm1: PixelNorm
    private let conv1: Conv2d
    private let norm2: PixelNorm
    private let conv2: Conv2d
    private let shortcut: Conv2d?  // nil: x itself

    init(
        _ configuration: ImageTokenizerConfiguration, _ tensors: TensorReader, _ name: String, inputs: Int,
        outputs: Int, kernel: Int, arithmetic: ConvolutionArithmetic?, temporal: Bool = false
    ) throws {
        func convolution(_ part: String, inputs: Int, kernel: Int) throws -> Conv2d {
            try Conv2d(
                tensors, "\(name).\(part)", inputs: inputs, outputs: outputs, kernel: kernel,
                padding: .same(kernel: kernel), arithmetic: arithmetic)
        }
        func norm(_ part: String, channels: Int) throws -> PixelNorm {
            if temporal { return .batch(try BatchNorm(tensors, "\(name).\(part)", channels: channels)) }
            return try PixelNorm(configuration, tensors, "\(name).\(part)", channels: channels)
        }
        norm1 = try norm("norm1", channels: inputs)
        conv1 = try convolution("conv1", inputs: inputs, kernel: kernel)
        norm2 = try norm("norm2", channels: outputs)
        conv2 = try convolution("conv2", inputs: outputs, kernel: kernel)
        shortcut = inputs == outputs ? nil : try convolution("nin_shortcut", inputs: inputs, kernel: 1)
    }

    /// Takes `other` for what stands between the convolutions, and `spare` only where the channels change.
    func apply(to canvas: inout Canvas) {
        let (x, between) = (canvas.current, canvas.other)
        canvas.convolve(conv1, after: norm1, of: x, to: between)
        guard let shortcut else { return canvas.add(conv2, after: norm2, of: between, to: x) }
        canvas.apply(shortcut, x, to: canvas.spare)
        canvas.add(conv2, after: norm2, of: between, to: canvas.spare)
        swap(&canvas.current, &canvas.spare)
    }
}

// MARK: - AttentionBlock

/// `x + proj_out(attention(q(h), k(h), v(h)))` with `h = norm(x)`, one head over all pixels.
struct AttentionBlock: Sendable {
    private let norm: PixelNorm
    private let query: Conv2d
    private let key: Conv2d
    private let value: Conv2d
    private let output: Conv2d
    private let attention: PixelAttention

    init(
        _ configuration: ImageTokenizerConfiguration, _ tensors: TensorReader, _ name: String, channels: Int,
        arithmetic: ConvolutionArithmetic?
    ) throws {
        func projection(_ part: String) throws -> Conv2d {
            try Conv2d(
                tensors, "\(name).\(part)", inputs: channels, outputs: channels, kernel: 1, arithmetic: arithmetic)
        }
        norm = try PixelNorm(configuration, tensors, "\(name).norm", channels: channels)
        query = try projection("q")
        key = try projection("k")
        value = try projection("v")
        output = try projection("proj_out")
        attention = PixelAttention(channels: channels)
    }

    /// How many floats of scratch the block needs: queries, keys, values, scores.
    static func scratchCount(channels: Int, pixels: Int) -> Int {
        3 * aligned(pixels * channels) + PixelAttention.scratchCount(channels: channels, pixels: pixels)
    }

    /// The count that keeps what follows aligned to 64 bytes.
    private static func aligned(_ count: Int) -> Int { (count + 15) / 16 * 16 }

    func apply(to canvas: inout Canvas) {
        let (x, a, b) = (canvas.current, canvas.spare, canvas.other)
        let size = AttentionBlock.aligned(canvas.pixels * attention.channels)
        let (q, k, v) = (canvas.scratch, canvas.scratch + size, canvas.scratch + 2 * size)  // each [pixels, channels]
        norm.apply(x, to: a, activation: .none, canvas)
        // The attention's scratch is larger than the picture, and so than what a 1x1 convolution takes.
        let rest = canvas.scratch + 3 * size
        canvas.apply(query, a, to: q, scratch: rest)
        canvas.apply(key, a, to: k, scratch: rest)
        canvas.apply(value, a, to: v, scratch: rest)
        attention.apply(
            query: q, key: k, value: v, pixels: canvas.pixels, to: b, scratch: rest, pool: canvas.pool)
        canvas.apply(output, b, to: a, scratch: rest)
        canvas.add(a, to: x, channels: attention.channels)
    }
}
