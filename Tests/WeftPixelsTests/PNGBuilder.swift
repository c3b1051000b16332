// Builds PNG files of every kind byte by byte, also broken ones, without libpng: stored DEFLATE blocks, own checksums.

/// A PNG file in the making.
struct PNGBuilder {
    var bytes: [UInt8] = [137, 80, 78, 71, 13, 10, 26, 10]

    /// A file up to and with its header.
    init(width: Int, height: Int, depth: Int, colorType: Int, interlaced: Bool = false) {
        let tail = [UInt8(depth), UInt8(colorType), 0, 0, interlaced ? 1 : 0]
        chunk("IHDR", Self.bigEndian(width) + Self.bigEndian(height) + tail)
    }

    mutating func chunk(_ type: String, _ data: [UInt8]) {
        let body = Array(type.utf8) + data
        bytes += Self.bigEndian(data.count) + body + Self.bigEndian(Int(Self.crc(body)))
    }

    /// The pixels, each as its samples, and the end. Adam7 if `interlaced`.
    mutating func pixels(
        width: Int, height: Int, depth: Int, interlaced: Bool = false, samples: (_ x: Int, _ y: Int) -> [Int]
    ) {
        let passes =
            interlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)]
        var raw: [UInt8] = []
        for (left, top, right, down) in passes where left < width {
            for y in stride(from: top, to: height, by: down) {
                let row = stride(from: left, to: width, by: right).flatMap { samples($0, y) }
                raw += [0] + Self.packed(row, depth: depth)
            }
        }
        chunk("IDAT", Self.zlib(raw))
        chunk("IEND", [])
    }

    static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func packed(_ samples: [Int], depth: Int) -> [UInt8] {
        if depth == 16 { return samples.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } }
        var bytes: [UInt8] = []
        for (index, sample) in samples.enumerated() {
            let bit = index * depth
            if bit % 8 == 0 { bytes.append(0) }
            bytes[bit / 8] |= UInt8(sample << (8 - depth - bit % 8))
        }
        return bytes
    }

    /// A zlib stream of at most 65535 bytes that are stored as they are.
    static func zlib(_ raw: [UInt8]) -> [UInt8] {
        let length = [UInt8(raw.count & 255), UInt8(raw.count >> 8)]
        var a = 1
        var b = 0
        for byte in raw {
            a = (a + Int(byte)) % 65521
            b = (b + a) % 65521
        }
        return [0x78, 0x01, 1] + length + length.map { ~$0 } + raw + bigEndian(b << 16 | a)
    }

    static func crc(_ bytes: [UInt8]) -> UInt32 {
        var value = UInt32.max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }
}
