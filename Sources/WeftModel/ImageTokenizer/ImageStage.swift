// The layers that encoder and decoder are made of, as the configuration describes them.

import WeftTensor

/// One layer as the configuration describes it: enough to plan its memory and to load its weights.
enum Stage {
    /// A convolution `name`.
    case convolution(
        name: String, inputs: Int, outputs: Int, kernel: Int, stride: Int = 1, padding: Conv2d.Padding,
        upsampling: Int = 1)
    /// A residual block: norm, swish, convolution, twice; a 1x1 shortcut where the channels change.
    case residual(name: String, inputs: Int, outputs: Int, kernel: Int)
    /// Attention over all pixels.
    case attention(name: String, channels: Int)
    /// A norm, swish, and a convolution that keeps height and width.
    case normed(norm: String, name: String, inputs: Int, outputs: Int, kernel: Int)
    /// A residual block that looks at one moment of a video: batch norms, 3x3 convolutions.
    case temporal(name: String, channels: Int)
    /// Swish alone.
    case swish(channels: Int)

    /// A convolution that keeps height and width, of the picture enlarged by `upsampling`.
    static func same(_ name: String, inputs: Int, outputs: Int, kernel: Int = 3, upsampling: Int = 1) -> Stage {
        .convolution(
            name: name, inputs: inputs, outputs: outputs, kernel: kernel, padding: .same(kernel: kernel),
            upsampling: upsampling)
    }

    /// The residual blocks of one level, each with its attention if the level has it.
    static func level(_ name: String, _ stack: ImageTokenizerConfiguration.Stack, index: Int, inputs: Int) -> [Stage] {
        let width = stack.channels[index]
        return (0..<stack.residualBlocks[index]).flatMap { block -> [Stage] in
            let inputs = block == 0 ? inputs : width
            let residual = Stage.residual(
                name: "\(name).res.\(block)", inputs: inputs, outputs: width, kernel: stack.kernel)
            let attention = Stage.attention(name: "\(name).attn.\(block)", channels: width)
            return stack.attention[index] ? [residual, attention] : [residual]
        }
    }

    /// The blocks at the lowest resolution between the levels and the latents.
    static func middle(_ name: String, _ stack: ImageTokenizerConfiguration.Stack) -> [Stage] {
        guard stack.middle, let width = stack.channels.last else { return [] }
        let attention = Stage.attention(name: "\(name).1", channels: width)
        return [.residual(name: "\(name).0", inputs: width, outputs: width, kernel: stack.kernel)]
            + (stack.middleAttention ? [attention] : [])
            + [.residual(name: "\(name).2", inputs: width, outputs: width, kernel: stack.kernel)]
    }
}
