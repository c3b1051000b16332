// Between the numbers of the network and colours of 8 bits.

/// How values in about [-1, 1] become colours of 8 bits; computed in float32, values beyond count as -1 or 1.
///
/// All published tokenizers do one of these: `(x + 1) / 2 * 255` and `(x + 1) * 127.5` are equal bit for bit.
package enum PixelRounding: Sendable, Equatable {
    /// `floor((x + 1) / 2 * 255 + 0.5)`: LlamaGen, with `save_image` of torchvision.
    case nearest
    /// `floor((x + 1) / 2 * 255)`: Janus, Emu3, Chameleon, Emu3.5.
    case truncated
}

extension ImageTokenizer {
    /// Colours of 8 bits.
    ///
    /// - Parameters:
    ///   - pixels: any count of values, about [-1, 1]; what is no number becomes 0
    ///   - rounding: what is done to the fraction
    package static func bytes(pixels: [Float], rounding: PixelRounding = .nearest) -> [UInt8] {
        let offset: Float = rounding == .nearest ? 0.5 : 0
        return pixels.map { pixel in
            let unit = (pixel + 1) / 2
            let clamped: Float = unit > 0 ? (unit < 1 ? unit : 1) : 0
            return UInt8(clamped * 255 + offset)
        }
    }

    /// Values in [-1, 1] of colours of 8 bits: `x / 127.5 - 1`; ``bytes(pixels:rounding:)`` with the rounding `nearest`
    /// gives the same colours back.
    package static func pixels(bytes: [UInt8]) -> [Float] { bytes.map { Float($0) / 127.5 - 1 } }

    /// Values in [-1, 1] of colours from 0 to 255 that need not be whole: `x / 127.5 - 1`.
    package static func pixels(colours: [Float]) -> [Float] { colours.map { $0 / 127.5 - 1 } }
}
