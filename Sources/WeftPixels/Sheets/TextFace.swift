// A font at one size, which measures and draws lines of text.

import CGlyphs

/// The letters of a font file at one size.
///
/// It draws from left to right, a glyph for each Unicode scalar, with the font's kerning; there is no shaping, so
/// letters of scripts that join or run from right to left stand singly from left to right.
final class TextFace {
    /// From the top of a line to its baseline, in pixels.
    let ascent: Int
    /// From one baseline to the next, in pixels.
    let lineHeight: Int

    private let font: OpaquePointer
    private let path: String
    private var advances: [UInt64: (kerning: Int, width: Int)] = [:]

    /// Opens a font.
    ///
    /// - Parameter pixels: the size of an em.
    /// - Throws: ``PictureError`` that names the file.
    init(_ file: SheetFont.File, pixels: Int) throws {
        var opened: OpaquePointer?
        var metrics = cglyphs_metrics()
        guard let size = UInt32(exactly: pixels) else { throw PictureError("letters cannot have \(pixels) pixels") }
        try Self.checked(file.path) { message, length in
            file.bytes.withUnsafeBufferPointer { bytes in
                guard let base = bytes.baseAddress else { return 1 }
                return cglyphs_open(base, bytes.count, size, &opened, &metrics, message, length)
            }
        }
        guard let opened else { throw PictureError("the font could not be opened", file: file.path) }
        font = opened
        path = file.path
        ascent = Int(metrics.ascent)
        lineHeight = max(Int(metrics.line_height), Int(metrics.ascent + metrics.descent))
    }

    deinit { cglyphs_close(font) }

    /// Whether the font has a letter.
    func has(_ scalar: Unicode.Scalar) -> Bool { cglyphs_has(font, scalar.value) }

    /// The width of a line in pixels, rounded up.
    func width(of line: some StringProtocol) throws -> Int {
        var pen = Pen()
        try advance(&pen, over: line) { _, _ in }
        return pen.column
    }

    /// Draws a line of text, of which what lies outside of the picture is not drawn.
    ///
    /// - Parameters:
    ///   - x: where the first letter begins
    ///   - baseline: the row below the letters' feet
    func draw(_ line: String, in picture: inout Picture, x: Int, baseline: Int, color: RGB) throws {
        var pen = Pen()
        try advance(&pen, over: line) { scalar, position in
            var glyph = cglyphs_glyph()
            try Self.checked(path) { message, length in
                cglyphs_draw(font, scalar.value, Int32(position & (Pen.unit - 1)), &glyph, message, length)
            }
            guard let coverage = glyph.coverage else { return }
            let left = x + (position >> Pen.shift) + Int(glyph.left)
            for row in 0..<Int(glyph.height) {
                let values = UnsafeBufferPointer(start: coverage + row * glyph.stride, count: Int(glyph.width))
                picture.cover(values, x: left, y: baseline - Int(glyph.top) + row, color: color)
            }
        }
    }

    /// Where the next letter begins.
    struct Pen {
        /// Parts of a pixel.
        static let unit = Int(CGLYPHS_UNIT)
        static let shift = unit.trailingZeroBitCount

        var position = 0
        var previous: Unicode.Scalar?

        /// The pixels up to the position, rounded up.
        var column: Int { (position + Pen.unit - 1) >> Pen.shift }
    }

    /// Moves the pen over some letters; `body` gets each of them and where it begins, in parts of a pixel.
    func advance(
        _ pen: inout Pen, over text: some StringProtocol, _ body: (Unicode.Scalar, Int) throws -> Void
    ) throws {
        for scalar in text.unicodeScalars where !scalar.properties.isDefaultIgnorableCodePoint {
            let (kerning, width) = try advance(of: scalar, after: pen.previous)
            try body(scalar, pen.position + kerning)
            pen.position += kerning + width
            pen.previous = scalar
        }
    }

    /// Kerning and advance, which are asked for many times while lines are broken.
    private func advance(of scalar: Unicode.Scalar, after previous: Unicode.Scalar?) throws -> (
        kerning: Int, width: Int
    ) {
        let key = UInt64(previous?.value ?? 0) << 32 | UInt64(scalar.value)
        if let known = advances[key] { return known }
        var kerning: Int32 = 0
        var width: Int32 = 0
        try Self.checked(path) { message, length in
            cglyphs_advance(font, previous?.value ?? 0, scalar.value, &kerning, &width, message, length)
        }
        let result = (kerning: Int(kerning), width: Int(width))
        advances[key] = result
        return result
    }

    private static func checked(_ path: String, _ body: (UnsafeMutablePointer<CChar>, Int) -> Int32) throws {
        let message: String? = withUnsafeTemporaryAllocation(
            of: CChar.self, capacity: Int(CGLYPHS_MESSAGE_SIZE)
        ) { buffer in
            guard let base = buffer.baseAddress else { return "there is not enough memory" }
            base.initialize(repeating: 0, count: buffer.count)
            return body(base, buffer.count) == 0 ? nil : String(cString: base)
        }
        if let message { throw PictureError(message, file: path) }
    }
}
