// Numbers of a grid drawn over a picture.

/// Draws one number for each cell of a grid over a picture: dark blue for the least, yellow for the greatest.
///
/// The colours are samples of the map viridis (Smith and van der Walt, 2015; CC0), interpolated linearly in sRGB.
public struct HeatMap: Sendable, Hashable {
    /// Rows of the grid, at least 1.
    public let rows: Int
    /// Columns of the grid, at least 1.
    public let columns: Int
    /// Numbers of the first cells, row by row; cells without one stay as the picture is.
    public let values: [Double]
    /// The numbers that have the first and the last colour.
    public let range: ClosedRange<Double>

    /// A map of numbers.
    ///
    /// - Parameters:
    ///   - values: row by row, from 1 to `rows * columns` of them, all finite.
    ///   - range: the numbers with the first and the last colour; nil for the least and the greatest of `values`.
    /// - Throws: ``PictureError`` if the grid is empty, the count of numbers does not fit, or one is not finite.
    public init(rows: Int, columns: Int, values: [Double], range: ClosedRange<Double>? = nil) throws {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard rows > 0, columns > 0, !overflow, (1...count).contains(values.count) else {
            throw PictureError("a heat map of \(rows) rows of \(columns) cells cannot have \(values.count) numbers")
        }
        if let place = values.firstIndex(where: { !$0.isFinite }) {
            throw PictureError("number \(place) of the heat map is \(values[place])")
        }
        self.rows = rows
        self.columns = columns
        self.values = values
        self.range = range ?? (values.min() ?? 0)...(values.max() ?? 0)
    }

    /// The picture with the map over it.
    ///
    /// - Parameters:
    ///   - picture: enlarged by a whole number until a cell has at least 16 pixels on each side
    ///   - opacity: the share of the map in each pixel, from 0 to 1
    /// - Throws: ``PictureError`` if the picture's sides are no multiples of the grid's, or become too large
    public func drawn(over picture: Picture, opacity: Double = 0.6) throws -> Picture {
        guard picture.width % columns == 0, picture.height % rows == 0 else {
            throw PictureError(
                "a picture of \(picture.width)x\(picture.height) pixels is no grid of \(rows) rows of \(columns) cells")
        }
        let (cellWidth, cellHeight) = (picture.width / columns, picture.height / rows)
        let scale = max(1, (16 + min(cellWidth, cellHeight) - 1) / min(cellWidth, cellHeight))
        var result = try picture.enlarged(by: scale)
        for (index, value) in values.enumerated() {
            let color = color(of: value)
            let (left, top) = (index % columns * cellWidth * scale, index / columns * cellHeight * scale)
            for y in top..<top + cellHeight * scale {
                for x in left..<left + cellWidth * scale { result[x, y] = result[x, y].mixed(color, opacity) }
            }
        }
        return result
    }

    /// The colour of a number; numbers outside of the range have that of its end.
    public func color(of value: Double) -> RGB {
        let width = range.upperBound - range.lowerBound
        let share = width > 0 ? min(max((value - range.lowerBound) / width, 0), 1) : 0
        let place = share * Double(Self.viridis.count - 1)
        let first = min(Int(place), Self.viridis.count - 2)
        return Self.viridis[first].mixed(Self.viridis[first + 1], place - Double(first))
    }

    private static let viridis = [
        RGB(red: 68, green: 1, blue: 84), RGB(red: 72, green: 40, blue: 120), RGB(red: 62, green: 74, blue: 137),
        RGB(red: 49, green: 104, blue: 142), RGB(red: 38, green: 130, blue: 142), RGB(red: 31, green: 158, blue: 137),
        RGB(red: 53, green: 183, blue: 121), RGB(red: 109, green: 205, blue: 89), RGB(red: 180, green: 222, blue: 44),
        RGB(red: 253, green: 231, blue: 37),
    ]
}

extension RGB {
    /// This colour with a share of another one, from 0 to 1.
    fileprivate func mixed(_ other: RGB, _ share: Double) -> RGB {
        func mix(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8(Double(a) + (Double(b) - Double(a)) * share + 0.5) }
        return RGB(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }
}

extension Picture {
    /// The picture with each pixel as a square of `scale` times `scale` pixels.
    ///
    /// - Parameter scale: at least 1.
    /// - Throws: ``PictureError`` if a side becomes larger than ``PNG/maximumSide``.
    public func enlarged(by scale: Int) throws -> Picture {
        guard scale >= 1, width <= PNG.maximumSide / scale, height <= PNG.maximumSide / scale else {
            throw PictureError("\(width)x\(height) pixels cannot be enlarged by \(scale)")
        }
        var result: [UInt8] = []
        result.reserveCapacity(pixels.count * scale * scale)
        for y in 0..<height {
            var row: [UInt8] = []
            for x in 0..<width {
                let start = (y * width + x) * 3
                for _ in 0..<scale { row += pixels[start..<start + 3] }
            }
            for _ in 0..<scale { result += row }
        }
        return Picture(unchecked: result, width: width * scale, height: height * scale)
    }
}
