// Every kind of PNG is read as 8-bit RGB, with transparency on white.

import Testing
import WeftPixels

/// A kind of PNG and what its pixels must look like.
struct Kind: Sendable, CustomTestStringConvertible {
    let name: String
    let depth: Int
    let colorType: Int
    var palette: [UInt8] = []
    var transparency: [UInt8] = []
    /// Red, green, blue and alpha (8 bits each) of a pixel's samples.
    let color: @Sendable ([Int]) -> [Int]

    var testDescription: String { name }
    var channels: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colorType] ?? 0 }
    var sampleCount: Int { 1 << depth }
}

private let palette: [UInt8] = (0..<256).flatMap { (index: Int) -> [UInt8] in
    [UInt8(index), UInt8(255 - index), UInt8(index * 7 % 256)]
}

private func toEight(_ value: Int) -> Int { Int((Double(value) / 257).rounded()) }

private func gray(_ depth: Int) -> Kind {
    let top = (1 << depth) - 1
    return Kind(name: "gray \(depth)", depth: depth, colorType: 0) { sample in
        let value: Int = sample[0] * 255 / top
        return [value, value, value, 255]
    }
}

private func indexed(_ depth: Int, alpha: [UInt8] = []) -> Kind {
    let colors = Array(palette.prefix(3 << depth))
    let name = "palette \(depth), \(alpha.count) transparent"
    return Kind(name: name, depth: depth, colorType: 3, palette: colors, transparency: alpha) { sample in
        let index = sample[0]
        let color: [Int] = colors[index * 3..<index * 3 + 3].map { Int($0) }
        return color + [index < alpha.count ? Int(alpha[index]) : 255]
    }
}

private let gray16 = Kind(name: "gray 16", depth: 16, colorType: 0) { sample in
    let value = toEight(sample[0])
    return [value, value, value, 255]
}

private let grayWithTransparentValue = Kind(
    name: "gray 4 with a transparent value", depth: 4, colorType: 0, transparency: [0, 5]
) { sample in
    let value = sample[0] * 17
    return [value, value, value, sample[0] == 5 ? 0 : 255]
}

private let grayAndAlpha8 = Kind(name: "gray and alpha 8", depth: 8, colorType: 4) { sample in
    [sample[0], sample[0], sample[0], sample[1]]
}

private let grayAndAlpha16 = Kind(name: "gray and alpha 16", depth: 16, colorType: 4) { sample in
    let value = toEight(sample[0])
    return [value, value, value, toEight(sample[1])]
}

private let rgbWithTransparentColor = Kind(
    name: "RGB 8 with a transparent color", depth: 8, colorType: 2, transparency: [0, 0, 0, 87, 0, 174]
) { sample in
    sample + [sample == [0, 87, 174] ? 0 : 255]
}

private let kinds: [Kind] = [
    gray(1), gray(2), gray(4), gray(8), gray16, grayWithTransparentValue, grayAndAlpha8, grayAndAlpha16,
    indexed(1), indexed(2), indexed(4), indexed(8), indexed(8, alpha: [0, 128, 255, 7]), rgbWithTransparentColor,
    Kind(name: "RGB 8", depth: 8, colorType: 2) { $0 + [255] },
    Kind(name: "RGB 16", depth: 16, colorType: 2) { $0.map(toEight) + [255] },
    Kind(name: "RGBA 8", depth: 8, colorType: 6) { $0 },
    Kind(name: "RGBA 16", depth: 16, colorType: 6) { $0.map(toEight) },
]

@Suite struct PNGKindTests {
    // The sizes leave partly filled bytes at the ends of rows, and one of them leaves Adam7 passes empty.
    @Test(arguments: kinds, [(11, 9, false), (11, 9, true), (3, 2, true), (1, 1, true)])
    func everyKind(_ kind: Kind, _ shape: (width: Int, height: Int, interlaced: Bool)) throws {
        let (width, height, interlaced) = shape
        func samples(_ x: Int, _ y: Int) -> [Int] {
            let scale = kind.depth == 16 ? 661 : 1
            let start = (x + y * width) * scale
            return (0..<kind.channels).map { (start + $0 * 87 * scale) % kind.sampleCount }
        }
        var builder = PNGBuilder(
            width: width, height: height, depth: kind.depth, colorType: kind.colorType, interlaced: interlaced)
        if !kind.palette.isEmpty { builder.chunk("PLTE", kind.palette) }
        if !kind.transparency.isEmpty { builder.chunk("tRNS", kind.transparency) }
        builder.pixels(width: width, height: height, depth: kind.depth, interlaced: interlaced, samples: samples)

        let (picture, text) = try PNG.decode(builder.bytes)
        #expect(picture.width == width)
        #expect(picture.height == height)
        #expect(text.isEmpty)
        var expected: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let color: [Int] = kind.color(samples(x, y))
                let alpha = color[3]
                for value in color.prefix(3) {
                    expected.append(UInt8((value * alpha + 255 * (255 - alpha) + 127) / 255))
                }
            }
        }
        #expect(picture.pixels == expected)
    }
}
