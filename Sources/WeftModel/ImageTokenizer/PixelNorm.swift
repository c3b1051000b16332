// The norms of encoder and decoder.

import WeftTensor

/// The norm that the configuration chooses, or that of a temporal block.
enum PixelNorm: Sendable {
    case group(GroupNorm)
    case channel(ChannelNorm)
    case spatial(SpatialNorm)
    case batch(BatchNorm)

    init(
        _ configuration: ImageTokenizerConfiguration, _ tensors: TensorReader, _ name: String, channels: Int
    ) throws {
        switch configuration.norm {
        case .group: self = .group(try GroupNorm(configuration, tensors, name, channels: channels))
        case .channel:
            let weight = try tensors.take("\(name).weight", shape: [channels])
            self = .channel(ChannelNorm(weight: weight, epsilon: configuration.normEpsilon))
        case .spatial:
            let norm = try GroupNorm(configuration, tensors, "\(name).norm_layer", channels: channels)
            let rows = configuration.codebookDim
            let scale = try Conv2d(tensors, "\(name).conv_y", inputs: rows, outputs: channels, kernel: 1)
            let shift = try Conv2d(tensors, "\(name).conv_b", inputs: rows, outputs: channels, kernel: 1)
            self = .spatial(SpatialNorm(norm: norm, scale: scale, shift: shift))
        }
    }

    /// `x` and `y`: `[pixels, channels]` with the pixels of the canvas; `y` may be `x`.
    func apply(
        _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, activation: PixelActivation, _ canvas: Canvas
    ) {
        switch self {
        case .group(let norm):
            norm.apply(
                x, pixels: canvas.pixels, to: y, activation: activation, scratch: canvas.scratch, pool: canvas.pool)
        case .channel(let norm):
            norm.apply(x, pixels: canvas.pixels, to: y, activation: activation, pool: canvas.pool)
        case .batch(let norm):
            norm.apply(x, pixels: canvas.pixels, to: y, activation: activation, pool: canvas.pool)
        case .spatial(let norm):
            norm.apply(
                x, height: canvas.height, width: canvas.width, condition: canvas.condition, to: y,
                activation: activation, scratch: canvas.scratch, pool: canvas.pool)
        }
    }
}

extension GroupNorm {
    /// Takes `name.weight` and `name.bias`.
    init(
        _ configuration: ImageTokenizerConfiguration, _ tensors: TensorReader, _ name: String, channels: Int
    ) throws {
        let weight = try tensors.take("\(name).weight", shape: [channels])
        let bias = try tensors.take("\(name).bias", shape: [channels])
        self.init(
            weight: weight, bias: bias, groups: configuration.normGroups ?? 1, epsilon: configuration.normEpsilon)
    }
}

extension BatchNorm {
    /// Takes `name.weight`, `.bias`, `.running_mean` and `.running_var`; epsilon is PyTorch's default.
    init(_ tensors: TensorReader, _ name: String, channels: Int) throws {
        func take(_ part: String) throws -> Tensor { try tensors.take("\(name).\(part)", shape: [channels]) }
        self.init(
            weight: try take("weight"), bias: try take("bias"), mean: try take("running_mean"),
            variance: try take("running_var"), epsilon: 1e-5)
    }
}
