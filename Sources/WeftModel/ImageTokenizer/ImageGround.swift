// What shines through behind things, square by square.

import WeftTensor

/// The ground of each square of a grid: mean colours of the squares around it, in shares that the levels choose.
///
/// So the tone of a background that fills a neighbour goes on behind a thing as it is, and no square shows around that. The
/// shares are a softmax over a neighbourhood and white; squares outside of the picture have none.
struct ImageGround: Sendable {
    /// Squares a side of the neighbourhood.
    static let side = 5
    private static let name = "decoder.ground"
    /// What stands before the names of the tensors that make mean colours of codebook rows.
    static let color = "\(name).color"
    private let shares: Layer
    private let color: Conv2d

    /// The layer that makes logits of the shares, `[rows, columns, side * side + 1]`, the last of them that of white.
    static func stage(_ stack: ImageTokenizerConfiguration.Stack) -> Stage {
        .normed(
            norm: "\(name).norm", name: "\(name).shares", inputs: stack.channels[stack.channels.count - 1],
            outputs: side * side + 1, kernel: 1)
    }

    init(
        _ configuration: ImageTokenizerConfiguration, _ tensors: TensorReader, prefix: String,
        arithmetic: ConvolutionArithmetic?
    ) throws {
        shares = try Layer(
            ImageGround.stage(configuration.decoder), configuration, tensors, prefix: prefix, arithmetic: arithmetic)
        color = try Conv2d(
            tensors, prefix + ImageGround.color, inputs: configuration.codebookDim,
            outputs: PixelComposition.colors, kernel: 1)
    }

    /// Writes the ground of each square, its difference from white, of a canvas that has gone through the lowest level and
    /// whose condition is the codebook rows; leaves the canvas as it is.
    func write(_ canvas: Canvas) {
        var copy = canvas
        shares.apply(to: &copy)
        let (logits, colors) = (copy.current, copy.other)
        copy.apply(color, canvas.condition.pixels, to: colors)
        let (height, width, channels) = (canvas.height, canvas.width, PixelComposition.colors)
        canvas.pool.run(height) { row in
            for column in 0..<width {
                let place = row * width + column
                mix(
                    logits + place * (ImageGround.side * ImageGround.side + 1), colors, row: row, column: column,
                    height: height, width: width, to: canvas.ground + place * channels)
            }
        }
    }

    /// Writes the ground of one square; what `logits` holds has no meaning then.
    private func mix(
        _ logits: UnsafeMutablePointer<Float>, _ colors: UnsafePointer<Float>, row: Int, column: Int, height: Int,
        width: Int, to ground: UnsafeMutablePointer<Float>
    ) {
        let (side, channels) = (ImageGround.side, PixelComposition.colors)
        func source(_ index: Int) -> Int? {
            let (y, x) = (row + index / side - side / 2, column + index % side - side / 2)
            return (0..<height).contains(y) && (0..<width).contains(x) ? y * width + x : nil
        }
        for index in 0..<side * side where source(index) == nil { logits[index] = -.infinity }
        Scores.softmax(logits, count: side * side + 1)
        ground.update(repeating: 0, count: channels)
        for index in 0..<side * side {
            guard let place = source(index) else { continue }
            for channel in 0..<channels {
                ground[channel] += logits[index] * (colors[place * channels + channel] - PixelComposition.white)
            }
        }
    }
}
