// Things put on their ground, pixel by pixel.

/// Composes pixels of a picture that is known over white, of how much of each pixel it covers, and of the ground.
///
/// `picture = kept * (fixed colour - white) + cover * made colour` and `colour = white + picture + (1 - cover) * ground`
/// (Porter and Duff, "Compositing Digital Images", 1984). The ground is what the same row of pixels of other squares has for
/// a picture, in the mean of each square and in shares, and what is made for it; all are differences from white. As it comes
/// from what is painted beside it, no square has a tone of its own.
///
/// Codes are never quite right, so covers that are nearly 0 or 1 count as that; the cover is the fixed one and what is made.
/// `kept`, the share of the fixed colour that stays, is 1 but for faint covers and what is made to be left out, as in flat
/// areas that the codes of neighbours have in unequal tones. Both are at least 0 and at most 1: where nothing is, the ground
/// alone shows.
package enum PixelComposition {
    /// Numbers of a pixel's colour.
    package static let colors = 3
    /// Numbers of a pixel that are fixed: three colours and a cover.
    package static let fixed = 4
    /// Numbers of a pixel that are made for it: three added to the colours, three of the ground, one added to the cover,
    /// and what is left out of the fixed colours.
    package static let made = 8
    /// The share that is kept of the fixed colours, for each unit of the stretched cover, as long as it is below 1.
    private static let gain: Float = 8
    /// The value of white.
    package static let white: Float = 1

    /// Writes a picture of `height` times `width` pixels.
    ///
    /// - Parameters:
    ///   - made: `[height, width, 8]`
    ///   - fixed: `[height, width, 4]`
    ///   - shares: `[height / square, width / square, side, side]`: how much of the ground of a square comes from those around
    ///     it, which it is in the middle of; what is missing to 1 is white's, and what lies outside of the picture has none
    ///   - side: odd
    ///   - square: side of a square of pixels
    ///   - y: `[height, width, 3]`, must not overlap the others
    ///   - lines: scratch, `height * (width / square) * 3`, must not overlap the others
    ///   - pool: the threads that share the work
    package static func apply(
        made: UnsafePointer<Float>, fixed: UnsafePointer<Float>, shares: UnsafePointer<Float>, side: Int, square: Int,
        to y: UnsafeMutablePointer<Float>, lines: UnsafeMutablePointer<Float>, height: Int, width: Int, pool: ThreadPool
    ) {
        let (rows, columns) = (height / square, width / square)
        pool.run(height) { row in
            let line = lines + row * columns * colors
            line.update(repeating: 0, count: columns * colors)
            for column in 0..<width {
                let pixel = row * width + column
                let (made, fixed) = (made + pixel * Self.made, fixed + pixel * Self.fixed)
                let (cover, kept) = (cover(made, fixed), kept(made, fixed))
                for color in 0..<colors {
                    let picture = kept * (fixed[color] - white) + cover * made[color]
                    y[pixel * colors + color] = picture
                    line[column / square * colors + color] += picture / Float(square)
                }
            }
        }
        pool.run(height) { row in
            for column in 0..<columns {
                let shares = shares + (row / square * columns + column) * side * side
                var ground = SIMD3<Float>.zero
                for down in max(-(row / square), -(side / 2))...min(rows - 1 - row / square, side / 2) {
                    let line = lines + (row + down * square) * columns * colors
                    let shares = shares + (down + side / 2) * side + side / 2
                    for right in max(-column, -(side / 2))...min(columns - 1 - column, side / 2) {
                        let color = line + (column + right) * colors
                        ground += shares[right] * SIMD3(color[0], color[1], color[2])
                    }
                }
                for pixel in row * width + column * square..<row * width + (column + 1) * square {
                    let (made, fixed) = (made + pixel * Self.made, fixed + pixel * Self.fixed)
                    let uncovered = 1 - cover(made, fixed)
                    for color in 0..<colors {
                        y[pixel * colors + color] += white + uncovered * (ground[color] + made[colors + color])
                    }
                }
            }
        }
    }

    private static func cover(_ made: UnsafePointer<Float>, _ fixed: UnsafePointer<Float>) -> Float {
        within(stretched(fixed[3] + made[6]))
    }

    private static func kept(_ made: UnsafePointer<Float>, _ fixed: UnsafePointer<Float>) -> Float {
        within(min(gain * stretched(fixed[3]), 1) - made[7])
    }

    /// Below 0 for covers that are nearly 0, and above 1 for those that are nearly 1.
    private static func stretched(_ cover: Float) -> Float { 1.3 * cover - 0.15 }

    /// At least 0 and at most 1.
    private static func within(_ x: Float) -> Float { min(max(x, 0), 1) }
}
