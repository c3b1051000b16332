// The picture that the library makes and reads: 8-bit RGB, row by row.

/// The color of one pixel: red, green and blue from 0 to 255, sRGB.
public struct RGB: Sendable, Hashable {
    /// The red part, 0 to 255.
    public var red: UInt8
    /// The green part, 0 to 255.
    public var green: UInt8
    /// The blue part, 0 to 255.
    public var blue: UInt8

    /// White.
    public static let white = RGB(red: 255, green: 255, blue: 255)
    /// Black.
    public static let black = RGB(red: 0, green: 0, blue: 0)

    /// A color from its parts, 0 to 255 each.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }
}

/// A picture of 8-bit sRGB pixels.
public struct Picture: Sendable, Hashable {
    /// The number of columns, at least 1.
    public let width: Int
    /// The number of rows, at least 1.
    public let height: Int
    /// Red, green and blue of each pixel, row by row from the top left: `[height, width, 3]`.
    public private(set) var pixels: [UInt8]

    /// A picture from its pixels.
    ///
    /// - Parameters:
    ///   - width: the number of columns, at least 1.
    ///   - height: the number of rows, at least 1.
    ///   - pixels: `[height, width, 3]`, so `width * height * 3` values.
    /// - Throws: ``PictureError`` if a side is below 1 or the number of values is another one.
    public init(width: Int, height: Int, pixels: [UInt8]) throws {
        let count = try Picture.valueCount(width: width, height: height)
        guard pixels.count == count else {
            throw PictureError("\(width)x\(height) pixels need \(count) values, not \(pixels.count)")
        }
        self.init(unchecked: pixels, width: width, height: height)
    }

    /// A picture of one color.
    ///
    /// - Throws: ``PictureError`` if a side is below 1.
    public init(width: Int, height: Int, color: RGB) throws {
        let count = try Picture.valueCount(width: width, height: height)
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            for start in stride(from: 0, to: count, by: 3) {
                buffer[start] = color.red
                buffer[start + 1] = color.green
                buffer[start + 2] = color.blue
            }
            initialized = count
        }
        self.init(unchecked: pixels, width: width, height: height)
    }

    /// For callers in this target that made the pixels for the size themselves.
    init(unchecked pixels: [UInt8], width: Int, height: Int) {
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// The pixel in column `x` of row `y`; both count from 0 at the top left, and both must lie inside.
    public subscript(x: Int, y: Int) -> RGB {
        get {
            let start = offset(x, y)
            return RGB(red: pixels[start], green: pixels[start + 1], blue: pixels[start + 2])
        }
        set {
            let start = offset(x, y)
            pixels[start] = newValue.red
            pixels[start + 1] = newValue.green
            pixels[start + 2] = newValue.blue
        }
    }

    private func offset(_ x: Int, _ y: Int) -> Int {
        precondition(x >= 0 && x < width && y >= 0 && y < height, "pixel \(x),\(y) is outside of \(width)x\(height)")
        return (y * width + x) * 3
    }

    /// Copies all of `other` into this picture, which must have room for it at column `x` and row `y`.
    mutating func paste(_ other: Picture, x: Int, y: Int) {
        precondition(x >= 0 && y >= 0 && x + other.width <= width && y + other.height <= height)
        let count = other.width * 3
        for row in 0..<other.height {
            let start = ((y + row) * width + x) * 3
            pixels.replaceSubrange(start..<start + count, with: other.pixels[row * count..<(row + 1) * count])
        }
    }

    /// `width * height * 3`, or the error for a size that no picture can have.
    static func valueCount(width: Int, height: Int) throws -> Int {
        let (area, tooMany) = width.multipliedReportingOverflow(by: height)
        let (count, overflow) = area.multipliedReportingOverflow(by: 3)
        guard width > 0, height > 0, !tooMany, !overflow else {
            throw PictureError("a picture cannot have \(width)x\(height) pixels")
        }
        return count
    }
}
