// Where pictures leave the decoder: a head for each scale, or the only end that there is.

import WeftTensor

/// The end of the decoder for pictures of one scale: norm, swish, convolution to colours.
///
/// A head of a configuration that has several puts things on their ground: a codebook row, enlarged, is the mean picture of
/// its token over white and how much of each pixel that covers; the levels add to both, and say what shines through and what
/// of the mean picture is left out.
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
    private let row: EnlargedRow?

    /// From codebook rows straight to pixels: colours and cover.
    private struct EnlargedRow {
        let convolution: Conv2d
        let shuffle: PixelShuffle
    }

    /// Numbers of a pixel that the levels make: those of a composition; without rows the colours alone.
    private static func madeChannels(_ outline: Outline) -> Int {
        outline.square == nil ? PixelComposition.colors : PixelComposition.made
    }

    /// The layers after those of its level, by name; the enlarged row is not among them.
    static func stages(_ outline: Outline, _ stack: ImageTokenizerConfiguration.Stack) -> [Stage] {
        let (width, patch) = (stack.channels[outline.level], outline.patch)
        return [
            .normed(
                norm: "\(outline.name).norm_out", name: "\(outline.name).conv_out", inputs: width,
                outputs: madeChannels(outline) * patch * patch, kernel: stack.kernel)
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
        row = try outline.square.map { square in
            let convolution = try Conv2d(
                tensors, "\(prefix)\(outline.name).skip", inputs: configuration.codebookDim,
                outputs: PixelComposition.fixed * square * square, kernel: 1)
            return EnlargedRow(convolution: convolution, shuffle: PixelShuffle(factor: square))
        }
    }

    /// What codebook rows `[size, dim]` look like alone, `[size, 4, square, square]`: colours over white, and cover; for a head
    /// of a configuration that has several.
    func rowPictures(_ rows: Tensor, pool: ThreadPool) -> [Float] {
        guard let convolution = row?.convolution else { preconditionFailure("a head without rows") }
        let size = rows.shape[0]
        return [Float](unsafeUninitializedCapacity: size * convolution.outputs) { pictures, initialized in
            var scratch = [Float](repeating: 0, count: max(1, convolution.scratchCount(height: size, width: 1)))
            scratch.withUnsafeMutableBufferPointer { scratch in
                rows.floats().withUnsafeBufferPointer { rows in
                    convolution.apply(
                        rows.baseAddress!, height: size, width: 1, to: pictures.baseAddress!,
                        scratch: scratch.baseAddress!, pool: pool)
                }
            }
            initialized = size * convolution.outputs
        }
    }

    /// Floats of each of the canvas's buffers that ``finish(_:pixels:)`` takes for `pixels` pixels of the picture.
    static func floats(pixels: Int) -> Int { PixelComposition.made * pixels }

    /// Turns the canvas, which has gone through the level, into `pixels`; its condition is the codebook rows.
    func finish(_ canvas: inout Canvas, pixels: UnsafeMutablePointer<Float>) {
        for layer in layers { layer.apply(to: &canvas) }
        let (height, width) = (canvas.height, canvas.width)
        let target = row == nil ? pixels : canvas.spare
        shuffle.apply(
            canvas.current, height: height, width: width, channels: ImageHead.madeChannels(outline), to: target,
            pool: canvas.pool)
        guard let row else { return }
        let rows = canvas.condition
        row.convolution.apply(
            rows.pixels, height: rows.height, width: rows.width, to: canvas.current, scratch: canvas.scratch,
            pool: canvas.pool)
        row.shuffle.apply(
            canvas.current, height: rows.height, width: rows.width, channels: PixelComposition.fixed, to: canvas.other,
            pool: canvas.pool)
        PixelComposition.apply(
            made: canvas.spare, fixed: canvas.other, shares: canvas.ground, side: ImageGround.side,
            square: row.shuffle.factor, to: pixels, lines: canvas.current, height: height * outline.patch,
            width: width * outline.patch, pool: canvas.pool)
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
