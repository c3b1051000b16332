// Resizing: exact area averages when a side shrinks, Catmull-Rom cubics when it grows.

extension Picture {
    /// The picture with another size; each side is stretched on its own.
    ///
    /// A side that shrinks is averaged by area: each source pixel counts by the share of it that the new pixel covers.
    /// A side that grows is interpolated with the Catmull-Rom cubic (a = -0.5), whose weights are renormalised at the
    /// edges, as in Pillow's `BICUBIC`. Columns first, then rows, in 32-bit floats of the sRGB values; rounded once.
    ///
    /// - Throws: ``PictureError`` if a side is below 1 or above ``PNG/maximumSide``.
    public func resized(width: Int, height: Int) throws -> Picture {
        guard (1...PNG.maximumSide).contains(width), (1...PNG.maximumSide).contains(height) else {
            throw PictureError(
                "a picture cannot be resized to \(width)x\(height) pixels; a side has 1 to \(PNG.maximumSide)")
        }
        if width == self.width && height == self.height { return self }
        let columns = Taps.resizing(self.width, to: width)
        let rows = Taps.resizing(self.height, to: height)
        let wide = stretchedColumns(columns)  // [self.height, width, 3]

        let stride = width * 3
        let result = [UInt8](unsafeUninitializedCapacity: height * stride) { buffer, initialized in
            var sums = [Float](repeating: 0, count: stride)
            for (y, taps) in rows.enumerated() {
                for i in 0..<stride { sums[i] = 0 }
                for (k, weight) in taps.weights.enumerated() {
                    let start = (taps.first + k) * stride
                    for i in 0..<stride { sums[i] += wide[start + i] * weight }
                }
                for i in 0..<stride { buffer[y * stride + i] = UInt8(min(max(sums[i], 0), 255) + 0.5) }
            }
            initialized = height * stride
        }
        return Picture(unchecked: result, width: width, height: height)
    }

    /// The picture cropped in the middle to the shape `width : height`, then resized to that size.
    ///
    /// - Throws: ``PictureError`` if a side is below 1 or above ``PNG/maximumSide``.
    public func filling(width: Int, height: Int) throws -> Picture {
        try centerCropped(aspectWidth: width, aspectHeight: height).resized(width: width, height: height)
    }

    /// The mean colours of all squares of `side` times `side` pixels, 0 to 255 and not rounded to whole numbers.
    ///
    /// - Returns: `[height / side, width / side, 3]`, each the float that is nearest to the mean
    /// - Throws: ``PictureError`` if `side` is below 1, or no divisor of width and height
    package func means(ofSquares side: Int) throws -> [Float] {
        guard side > 0, width % side == 0, height % side == 0 else {
            throw PictureError("\(width)x\(height) pixels cannot be divided into squares of \(side)x\(side)")
        }
        let (rows, columns, area) = (height / side, width / side, Double(side * side))
        return [Float](unsafeUninitializedCapacity: rows * columns * 3) { means, initialized in
            var sums = [Int](repeating: 0, count: columns * 3)
            for row in 0..<rows {
                for index in sums.indices { sums[index] = 0 }
                for y in row * side..<(row + 1) * side {
                    for x in 0..<width {
                        let (source, target) = ((y * width + x) * 3, x / side * 3)
                        for colour in 0..<3 { sums[target + colour] += Int(pixels[source + colour]) }
                    }
                }
                for (index, sum) in sums.enumerated() {
                    means[row * columns * 3 + index] = Float(Double(sum) / area)
                }
            }
            initialized = rows * columns * 3
        }
    }

    private func stretchedColumns(_ columns: [Taps]) -> [Float] {
        var wide = [Float](repeating: 0, count: height * columns.count * 3)
        for y in 0..<height {
            for (x, taps) in columns.enumerated() {
                var source = (y * width + taps.first) * 3
                var red: Float = 0
                var green: Float = 0
                var blue: Float = 0
                for weight in taps.weights {
                    red += Float(pixels[source]) * weight
                    green += Float(pixels[source + 1]) * weight
                    blue += Float(pixels[source + 2]) * weight
                    source += 3
                }
                let target = (y * columns.count + x) * 3
                wide[target] = red
                wide[target + 1] = green
                wide[target + 2] = blue
            }
        }
        return wide
    }
}

/// The source pixels of one side that make one new pixel, and how much each of them counts; the weights sum to 1.
private struct Taps {
    let first: Int
    let weights: [Float]

    /// The taps of each new pixel of a side of `old` pixels that gets `new` ones.
    static func resizing(_ old: Int, to new: Int) -> [Taps] {
        let scale = Double(old) / Double(new)
        return (0..<new).map { position in
            if new <= old {
                area(from: Double(position) * scale, to: Double(position + 1) * scale, of: old)
            } else {
                cubic(around: (Double(position) + 0.5) * scale, of: old)
            }
        }
    }

    private static func area(from start: Double, to end: Double, of count: Int) -> Taps {
        let first = min(Int(start), count - 1)
        let last = max(first, min(Int(end.rounded(.up)), count) - 1)
        return normalized(
            first: first,
            weights: (first...last).map { max(0, min(end, Double($0 + 1)) - max(start, Double($0))) })
    }

    private static func cubic(around center: Double, of count: Int) -> Taps {
        let first = max(0, Int((center - 2 + 0.5).rounded(.down)))
        let last = min(count - 1, Int((center + 2 + 0.5).rounded(.down)) - 1)
        return normalized(first: first, weights: (first...last).map { catmullRom(Double($0) + 0.5 - center) })
    }

    private static func normalized(first: Int, weights: [Double]) -> Taps {
        let sum = weights.reduce(0, +)
        return Taps(first: first, weights: weights.map { Float($0 / sum) })
    }

    // R. Keys, "Cubic convolution interpolation for digital image processing", 1981, with a = -0.5
    private static func catmullRom(_ distance: Double) -> Double {
        let x = abs(distance)
        if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
        if x < 2 { return ((-0.5 * x + 2.5) * x - 4) * x + 2 }
        return 0
    }
}
