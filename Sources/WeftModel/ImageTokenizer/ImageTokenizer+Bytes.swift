// Between the numbers of the network and colours of 8 bits.

extension ImageTokenizer {
    /// Colours of 8 bits: `floor(clamp((x + 1) / 2, 0, 1) * 255 + 0.5)`, the rounding of torchvision's `save_image`.
    ///
    /// - Parameter pixels: any count of values, about [-1, 1]; what is no number becomes 0
    package static func bytes(pixels: [Float]) -> [UInt8] {
        pixels.map { pixel in
            let unit = (pixel + 1) / 2
            let clamped: Float = unit > 0 ? (unit < 1 ? unit : 1) : 0
            return UInt8(clamped * 255 + 0.5)
        }
    }

    /// Values in [-1, 1] of colours of 8 bits: `x / 127.5 - 1`; ``bytes(pixels:)`` gives the same colours back.
    package static func pixels(bytes: [UInt8]) -> [Float] { bytes.map { Float($0) / 127.5 - 1 } }
}
