// Between the numbers of the network and colours of 8 bits.

/// How a colour in [-1, 1] becomes a whole number from 0 to 255; values beyond are cut.
package enum PixelRounding: Sendable, CaseIterable {
    /// `floor((x + 1) / 2 * 255 + 0.5)`, as torchvision's `save_image`: weft's own models, LlamaGen.
    case nearest
    /// The whole part of `(x + 1) / 2 * 255`: Janus, Emu3, Chameleon, Emu3.5.
    case truncated
}

extension ImageTokenizer {
    /// Colours of 8 bits.
    ///
    /// - Parameters:
    ///   - pixels: any count of values, about [-1, 1]; what is no number becomes 0
    ///   - rounding: as the reference implementation of the network has it
    package static func bytes(pixels: [Float], rounding: PixelRounding = .nearest) -> [UInt8] {
        let half: Float = rounding == .nearest ? 0.5 : 0
        return pixels.map { pixel in
            let unit = (pixel + 1) / 2
            let clamped: Float = unit > 0 ? (unit < 1 ? unit : 1) : 0
            return UInt8(clamped * 255 + half)
        }
    }

    /// Values in [-1, 1] of colours of 8 bits: `x / 127.5 - 1`; rounding to the nearest gives the same colours back.
    package static func pixels(bytes: [UInt8]) -> [Float] { bytes.map { Float($0) / 127.5 - 1 } }
}
