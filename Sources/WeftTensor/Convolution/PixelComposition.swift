// Things put on their ground, pixel by pixel.

/// Composes pixels of a picture that is known over white, of how much of each pixel it covers, and of the ground.
///
/// `colour = white + kept * (fixed colour - white) + cover * made colour + (1 - cover) * ground`, where the ground, that of
/// its square and what is made, is its difference from white, which the picture over white already has (Porter and Duff,
/// "Compositing Digital Images", 1984).
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
    ///   - ground: `[height / square, width / square, 3]`
    ///   - square: side of the square of pixels that has one ground
    ///   - y: `[height, width, 3]`, must not overlap the others
    ///   - pool: the threads that share the work
    package static func apply(
        made: UnsafePointer<Float>, fixed: UnsafePointer<Float>, ground: UnsafePointer<Float>, square: Int,
        to y: UnsafeMutablePointer<Float>, height: Int, width: Int, pool: ThreadPool
    ) {
        pool.run(height) { row in
            let grounds = ground + row / square * (width / square) * colors
            for column in 0..<width {
                let pixel = row * width + column
                let (made, fixed) = (made + pixel * Self.made, fixed + pixel * Self.fixed)
                let ground = grounds + column / square * colors
                let cover = share(stretched(fixed[3] + made[6]))
                let kept = share(min(gain * stretched(fixed[3]), 1) - made[7])
                for color in 0..<colors {
                    let behind = ground[color] + made[colors + color]
                    y[pixel * colors + color] =
                        white + kept * (fixed[color] - white) + cover * made[color] + (1 - cover) * behind
                }
            }
        }
    }

    /// Below 0 for covers that are nearly 0, and above 1 for those that are nearly 1.
    private static func stretched(_ cover: Float) -> Float { 1.3 * cover - 0.15 }

    private static func share(_ x: Float) -> Float { min(max(x, 0), 1) }
}
