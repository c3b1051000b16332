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

    /// What one picture is normalised with; lies in scratch.
    enum Factors {
        case group(GroupNorm.Factors)
        case spatial(SpatialNorm.Factors)
        case none
    }

    /// How many floats of scratch ``factors(_:_:)`` takes, a multiple of 16.
    static func scratchCount(
        _ norm: ImageTokenizerConfiguration.Norm, channels: Int, pixels: Int, conditionPixels: Int
    ) -> Int {
        let count =
            switch norm {
            case .group: GroupNorm.scratchCount(channels: channels, pixels: pixels)
            case .channel: 0
            case .spatial:
                SpatialNorm.scratchCount(channels: channels, pixels: pixels, conditionPixels: conditionPixels)
            }
        return (count + 15) / 16 * 16
    }

    /// How many floats of the canvas' scratch ``factors(_:_:)`` takes, a multiple of 16.
    func scratchCount(_ canvas: Canvas) -> Int {
        let conditionPixels = canvas.condition.height * canvas.condition.width
        func count(_ norm: ImageTokenizerConfiguration.Norm, _ channels: Int) -> Int {
            PixelNorm.scratchCount(norm, channels: channels, pixels: canvas.pixels, conditionPixels: conditionPixels)
        }
        return switch self {
        case .group(let norm): count(.group, norm.channels)
        case .spatial(let norm): count(.spatial, norm.channels)
        case .channel, .batch: 0
        }
    }

    /// Looks at the whole picture `x`, of the height and width of the canvas; the result lies in the canvas' scratch.
    func factors(_ x: UnsafePointer<Float>, _ canvas: Canvas) -> Factors {
        switch self {
        case .group(let norm):
            .group(norm.factors(x, pixels: canvas.pixels, scratch: canvas.scratch, pool: canvas.pool))
        case .spatial(let norm):
            .spatial(
                norm.factors(
                    x, height: canvas.height, width: canvas.width, condition: canvas.condition,
                    scratch: canvas.scratch, pool: canvas.pool))
        case .channel, .batch: .none
        }
    }

    /// Normalises some rows of a picture with its factors; `x` and `y`: `[rows.count, width, channels]`, `y` may be `x`.
    func apply(
        _ x: UnsafePointer<Float>, rows: Range<Int>, factors: Factors, to y: UnsafeMutablePointer<Float>,
        activation: PixelActivation, _ canvas: Canvas
    ) {
        let pixels = rows.count * canvas.width
        switch (self, factors) {
        case (.group(let norm), .group(let factors)):
            norm.apply(x, pixels: pixels, factors: factors, to: y, activation: activation, pool: canvas.pool)
        case (.spatial(let norm), .spatial(let factors)):
            norm.apply(
                x, rows: rows, width: canvas.width, factors: factors, to: y, activation: activation,
                pool: canvas.pool)
        case (.channel(let norm), _):
            norm.apply(x, pixels: pixels, to: y, activation: activation, pool: canvas.pool)
        case (.batch(let norm), _):
            norm.apply(x, pixels: pixels, to: y, activation: activation, pool: canvas.pool)
        case (.group, _), (.spatial, _): preconditionFailure("the factors of another norm")
        }
    }

    /// Normalises a whole picture; `x` and `y` have the height and width of the canvas, and `y` may be `x`.
    func apply(
        _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, activation: PixelActivation, _ canvas: Canvas
    ) {
        let factors = factors(x, canvas)
        apply(x, rows: 0..<canvas.height, factors: factors, to: y, activation: activation, canvas)
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
