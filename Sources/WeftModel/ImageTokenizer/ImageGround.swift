// What shines through behind things, square by square.

import WeftTensor

/// The ground of each square of a grid: shares of the squares around it, whose colours shine through it.
///
/// So the tone of a background that fills a square goes on behind things as it is painted there, and no square shows around
/// those. The shares are a softmax over white and the ``side`` x ``side`` squares around. The logit of one of them is the sum
/// of how much it looks like a ground itself (its key), of where it lies, and, among the nearest, of what the square that
/// takes the ground says. Squares outside of the picture have no share.
struct ImageGround: Sendable {
    /// Squares a side of the neighbourhood.
    static let side = 17
    /// Squares a side of those that a square says something of.
    static let nearSide = 5
    private static let name = "decoder.ground"
    /// The name of the tensor of what lies where, `[side, side]`.
    static let distance = "\(name).distance"

    // Numbers of a square: what it says of those near to it, of white, and its key.
    private static let white = nearSide * nearSide
    private static let key = white + 1
    private static let numbers = key + 1

    private let shares: Layer
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
        distance = try tensors.take(prefix + ImageGround.distance, shape: [side, side]).floats()
    }

    /// Writes the shares of each square, of a canvas that has gone through the lowest level; leaves the canvas as it is.
    func write(_ canvas: Canvas) {
        var copy = canvas
        shares.apply(to: &copy)
        let numbers = copy.current
        canvas.pool.run(canvas.height) { row in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: ImageGround.side * ImageGround.side + 1) { logits in
                guard let logits = logits.baseAddress else { return }
                for column in 0..<canvas.width { share(numbers, row: row, column: column, canvas, logits: logits) }
            }
        }
    }

    /// Writes the shares of one square; `logits` is scratch.
    private func share(
        _ numbers: UnsafePointer<Float>, row: Int, column: Int, _ canvas: Canvas, logits: UnsafeMutablePointer<Float>
    ) {
        let (width, side, reach, near) = (
            canvas.width, ImageGround.side, ImageGround.side / 2, ImageGround.nearSide / 2
        )
        let downs = max(-row, -reach)...min(canvas.height - 1 - row, reach)
        let rights = max(-column, -reach)...min(width - 1 - column, reach)
        let place = row * width + column
        let own = numbers + place * ImageGround.numbers
        var count = 0
        for down in downs {
            for right in rights {
                var logit = numbers[(place + down * width + right) * ImageGround.numbers + ImageGround.key]
                logit += distance[(down + reach) * side + right + reach]
                if max(abs(down), abs(right)) <= near {
                    logit += own[(down + near) * ImageGround.nearSide + right + near]
                }
                logits[count] = logit
                count += 1
            }
        }
        logits[count] = own[ImageGround.white]
        Scores.softmax(logits, count: count + 1)

        let ground = canvas.ground + place * side * side
        ground.update(repeating: 0, count: side * side)
        for (index, down) in downs.enumerated() {
            let start = (down + reach) * side + rights.lowerBound + reach
            (ground + start).update(from: logits + index * rights.count, count: rights.count)
        }
    }
}
