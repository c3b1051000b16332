// What shines through behind things, square by square.

import WeftTensor

/// The ground of each square of a grid: mean colours of the squares around it, in shares that the levels choose.
///
/// So the tone of a background that fills a square goes on behind things as it is, and no square shows around those. The
/// shares are a softmax over white and the ``side`` x ``side`` squares around. The logit of one of them is the sum of how
/// much it looks like a ground itself (its key), of where it lies, and, among the nearest, of what the square that takes the
/// ground says. Squares outside of the picture have no share.
struct ImageGround: Sendable {
    /// Squares a side of the neighbourhood.
    static let side = 17
    /// Squares a side of those that a square says something of.
    static let nearSide = 5
    private static let name = "decoder.ground"
    /// What stands before the names of the tensors that make mean colours of codebook rows.
    static let color = "\(name).color"
    /// The name of the tensor of what lies where, `[side, side]`.
    static let distance = "\(name).distance"

    // Numbers of a square: what it says of those near to it, of white, and its key.
    private static let white = nearSide * nearSide
    private static let key = white + 1
    private static let numbers = key + 1

    private let shares: Layer
    private let color: Conv2d
    private let distance: [Float]

    /// The layer that makes the numbers of each square, `[rows, columns, nearSide * nearSide + 2]`.
    static func stage(_ stack: ImageTokenizerConfiguration.Stack) -> Stage {
        .normed(
            norm: "\(name).norm", name: "\(name).shares", inputs: stack.channels[stack.channels.count - 1],
            outputs: numbers, kernel: 1)
    }

    init(
        _ configuration: ImageTokenizerConfiguration, _ tensors: TensorReader, prefix: String,
        arithmetic: ConvolutionArithmetic?
    ) throws {
        let side = ImageGround.side
        shares = try Layer(
            ImageGround.stage(configuration.decoder), configuration, tensors, prefix: prefix, arithmetic: arithmetic)
        color = try Conv2d(
            tensors, prefix + ImageGround.color, inputs: configuration.codebookDim,
            outputs: PixelComposition.colors, kernel: 1)
        distance = try tensors.take(prefix + ImageGround.distance, shape: [side, side]).floats()
    }

    /// Writes the ground of each square, its difference from white, of a canvas that has gone through the lowest level and
    /// whose condition is the codebook rows; leaves the canvas as it is.
    func write(_ canvas: Canvas) {
        var copy = canvas
        shares.apply(to: &copy)
        let (numbers, colors) = (copy.current, copy.other)
        copy.apply(color, canvas.condition.pixels, to: colors)
        canvas.pool.run(canvas.height) { row in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: ImageGround.side * ImageGround.side + 1) { logits in
                guard let logits = logits.baseAddress else { return }
                for column in 0..<canvas.width {
                    mix(numbers, colors, row: row, column: column, canvas, logits: logits)
                }
            }
        }
    }

    /// Writes the ground of one square; `logits` is scratch.
    private func mix(
        _ numbers: UnsafePointer<Float>, _ colors: UnsafePointer<Float>, row: Int, column: Int, _ canvas: Canvas,
        logits: UnsafeMutablePointer<Float>
    ) {
        let (width, reach, near) = (canvas.width, ImageGround.side / 2, ImageGround.nearSide / 2)
        let rows = max(0, row - reach)...min(canvas.height - 1, row + reach)
        let columns = max(0, column - reach)...min(width - 1, column + reach)
        let place = row * width + column
        let own = numbers + place * ImageGround.numbers
        var count = 0
        for y in rows {
            for x in columns {
                let (down, right) = (y - row, x - column)
                var logit = numbers[(y * width + x) * ImageGround.numbers + ImageGround.key]
                logit += distance[(down + reach) * ImageGround.side + right + reach]
                if max(abs(down), abs(right)) <= near {
                    logit += own[(down + near) * ImageGround.nearSide + right + near]
                }
                logits[count] = logit
                count += 1
            }
        }
        logits[count] = own[ImageGround.white]
        Scores.softmax(logits, count: count + 1)

        let channels = PixelComposition.colors
        let ground = canvas.ground + place * channels
        ground.update(repeating: 0, count: channels)
        var share = logits
        for y in rows {
            for x in columns {
                let source = colors + (y * width + x) * channels
                for channel in 0..<channels {
                    ground[channel] += share.pointee * (source[channel] - PixelComposition.white)
                }
                share += 1
            }
        }
    }
}
