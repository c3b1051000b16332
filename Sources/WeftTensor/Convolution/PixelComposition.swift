// Things put on their ground, pixel by pixel.

/// Composes pixels of a picture that is known over white, of how much of each pixel it covers, and of the ground.
///
/// `color = fixed color + made color + open * ground`, where `open` is 1 minus both covers, at least 0 and at most 1, and
/// the ground is its difference from white, which the picture over white already has (Porter and Duff, "Compositing Digital
/// Images", 1984).
package enum PixelComposition {
    /// Numbers of a pixel's colour.
    package static let colors = 3
    /// Numbers of a pixel that are fixed: three colours and a cover.
    package static let fixed = 4
    /// Numbers of a pixel that are made for it: three added to the colours, three of the ground, one added to the cover.
    package static let made = 7

    /// Writes `count` pixels.
    ///
    /// - Parameters:
    ///   - made: `[count, 7]`
    ///   - fixed: `[count, 4]`
    ///   - y: `[count, 3]`, must not overlap the others
    ///   - pool: the threads that share the work
    package static func apply(
        made: UnsafePointer<Float>, fixed: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, count: Int,
        pool: ThreadPool
    ) {
        let piece = 1 << 12
        pool.run((count + piece - 1) / piece) { index in
            for pixel in index * piece..<min(count, (index + 1) * piece) {
                let (made, fixed) = (made + pixel * Self.made, fixed + pixel * Self.fixed)
                let open = min(max(1 - fixed[3] - made[6], 0), 1)
                for color in 0..<colors {
                    y[pixel * colors + color] = fixed[color] + made[color] + open * made[colors + color]
                }
            }
        }
    }
}
