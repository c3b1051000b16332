// Where pictures leave the decoder: a head for each scale, or the only end that there is.

import WeftTensor

/// The end of the decoder for pictures of one scale: norm, swish, convolution to colours, and the enlarged codebook rows
/// where the configuration has heads.
struct ImageHead: Sendable {
    /// A head as the configuration describes it.
    struct Outline {
        /// How many times ``ImageTokenizerConfiguration/downsampling`` pixels a side of a token stands for.
        let scale: Int
        /// The level that it stands behind, an index of the decoder's channels.
        let level: Int
        /// Side of the square of pixels that a place of that level becomes.
        let patch: Int
        /// Side of the square of pixels that a codebook row becomes at once; nil for a decoder without heads.
        let square: Int?
        /// What stands before the names of its tensors.
        let name: String
    }

    let outline: Outline
    private let layers: [Layer]
    private let shuffle: PixelShuffle
    private let skip: Skip?

    /// From codebook rows straight to pixels.
    private struct Skip {
        let convolution: Conv2d
        let shuffle: PixelShuffle
    }

    /// The layers after those of its level, by name; the skip is not among them.
    static func stages(_ outline: Outline, _ stack: ImageTokenizerConfiguration.Stack) -> [Stage] {
        let (width, patch) = (stack.channels[outline.level], outline.patch)
        return [
            .norm(name: "\(outline.name).norm_out", channels: width),
            .same("\(outline.name).conv_out", inputs: width, outputs: 3 * patch * patch, kernel: stack.kernel),
        ]
    }

    init(
        _ outline: Outline, _ configuration: ImageTokenizerConfiguration, _ tensors: TensorReader, prefix: String,
        arithmetic: ConvolutionArithmetic?
    ) throws {
        self.outline = outline
        layers = try ImageHead.stages(outline, configuration.decoder).map {
            try Layer($0, configuration, tensors, prefix: prefix, arithmetic: arithmetic)
        }
        shuffle = PixelShuffle(factor: outline.patch)
        skip = try outline.square.map { square in
            let convolution = try Conv2d(
                tensors, "\(prefix)\(outline.name).skip", inputs: configuration.codebookDim,
                outputs: 3 * square * square, kernel: 1)
            return Skip(convolution: convolution, shuffle: PixelShuffle(factor: square))
        }
    }

    /// Writes what the codebook rows of the canvas, `[rows, columns, codebookDim]`, are alone to `pixels`; the canvas stays
    /// as it is.
    func begin(_ canvas: Canvas, pixels: UnsafeMutablePointer<Float>) {
        guard let skip else { return }
        canvas.apply(skip.convolution, canvas.current, to: canvas.spare)
        skip.shuffle.apply(
            canvas.spare, height: canvas.height, width: canvas.width, channels: 3, to: pixels, pool: canvas.pool)
    }

    /// Turns the canvas, which has gone through the level, into `pixels`, in which ``begin(_:pixels:)`` has written.
    func finish(_ canvas: inout Canvas, pixels: UnsafeMutablePointer<Float>) {
        for layer in layers { layer.apply(to: &canvas) }
        let target = skip == nil ? pixels : canvas.spare
        shuffle.apply(
            canvas.current, height: canvas.height, width: canvas.width, channels: 3, to: target, pool: canvas.pool)
        if skip != nil { canvas.add(target, to: pixels, channels: 3 * outline.patch * outline.patch) }
    }
}

extension ImageTokenizerConfiguration {
    /// The heads of the decoder; of one without heads the end of its levels, for scale 1.
    var outlines: [ImageHead.Outline] {
        guard let heads = decoder.heads else {
            let patch = decoder.patch ?? patch
            return [ImageHead.Outline(scale: 1, level: 0, patch: patch, square: nil, name: "decoder")]
        }
        return heads.map {
            ImageHead.Outline(
                scale: $0.scale, level: $0.level, patch: $0.patch, square: downsampling * $0.scale,
                name: "decoder.heads.\($0.scale)")
        }
    }
}
