// Which squares of a picture show its background.

/// The squares of a picture that may be ground: every row of their pixels has one colour, as those of plain backgrounds, of
/// gradients and of most sceneries, and squares of that kind, each of nearly the colour of the next, lead from them to the
/// edge of the picture.
struct GroundSquares {
    /// Whether every row of pixels of a square has one colour, `[rows * columns]`.
    let isFlat: [Bool]
    private let isGround: [Bool]
    /// The mean colours of the rows of pixels of squares, `[rows * columns, side]`.
    private let colors: [SIMD3<Float>]
    private let rows: Int
    private let columns: Int
    private let side: Int

    /// How much the pixels of a row may differ, of 2 from the least to the most of a colour.
    private static let flatness: Float = 4 / 127.5
    /// How much the means of two neighbours may differ.
    private static let step: Float = 30 / 127.5

    /// Looks at a picture `[rows * side, columns * side, 3]`, colours in [-1, 1].
    init(_ pixels: UnsafePointer<Float>, rows: Int, columns: Int, side: Int) {
        var (flat, colors, means) = ([Bool](), [SIMD3<Float>](), [SIMD3<Float>]())
        for square in 0..<rows * columns {
            let start = pixels + (square / columns * side * columns + square % columns) * side * 3
            var isFlat = true
            for y in 0..<side {
                var sum = SIMD3<Float>.zero
                let row = start + y * columns * side * 3
                var (least, most) = (SIMD3<Float>(repeating: .infinity), SIMD3<Float>(repeating: -.infinity))
                for x in 0..<side {
                    let color = SIMD3(row[3 * x], row[3 * x + 1], row[3 * x + 2])
                    (least, most) = (pointwiseMin(least, color), pointwiseMax(most, color))
                    sum += color
                }
                isFlat = isFlat && (most - least).max() < GroundSquares.flatness
                colors.append(sum / Float(side))
            }
            flat.append(isFlat)
            means.append(colors.suffix(side).reduce(.zero, +) / Float(side))
        }
        isFlat = flat
        self.colors = colors
        (self.rows, self.columns, self.side) = (rows, columns, side)
        isGround = GroundSquares.connected(flat, means, rows: rows, columns: columns)
    }

    /// The colours that may shine through in the rows of pixels of a square, each `[side]`: those of the nearest squares of
    /// ground to the left and right, row by row, and the last of that above and the first of that below; where there are
    /// none, of the nearest square at all. Each is said once.
    func grounds(of square: Int) -> [[SIMD3<Float>]] {
        let (row, column) = (square / columns, square % columns)
        func first(_ squares: some Sequence<Int>) -> Int? { squares.first { isGround[$0] } }
        var found = [
            first((0..<column).reversed().map { row * columns + $0 }),
            first((column + 1..<columns).map { row * columns + $0 }),
            first((0..<row).reversed().map { $0 * columns + column }),
            first((row + 1..<rows).map { $0 * columns + column }),
        ].compactMap { $0 }
        if found.isEmpty {
            let all = isGround.indices.filter { isGround[$0] }
            found = all.min { distance($0, square) < distance($1, square) }.map { [$0] } ?? []
        }
        return found.map { lines(of: $0, in: square) }.reduce(into: []) { list, lines in
            if !list.contains(lines) { list.append(lines) }
        }
    }

    /// How the ground of one square goes on in another: in the same row of squares as it is, elsewhere as its nearer edge.
    private func lines(of ground: Int, in square: Int) -> [SIMD3<Float>] {
        let colors = colors[ground * side..<(ground + 1) * side]
        let down = square / columns - ground / columns
        if down == 0 { return Array(colors) }
        return [SIMD3<Float>](repeating: colors[down > 0 ? colors.endIndex - 1 : colors.startIndex], count: side)
    }

    private func distance(_ a: Int, _ b: Int) -> Int {
        abs(a / columns - b / columns) + abs(a % columns - b % columns)
    }

    /// The flat squares from which flat ones lead to the edge.
    private static func connected(_ flat: [Bool], _ colors: [SIMD3<Float>], rows: Int, columns: Int) -> [Bool] {
        var found = [Bool](repeating: false, count: flat.count)
        var open = flat.indices.filter { square in
            let (row, column) = (square / columns, square % columns)
            return flat[square] && (row == 0 || row == rows - 1 || column == 0 || column == columns - 1)
        }
        for square in open { found[square] = true }
        while let square = open.popLast() {
            let (row, column) = (square / columns, square % columns)
            for (y, x) in [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
            where (0..<rows).contains(y) && (0..<columns).contains(x) {
                let next = y * columns + x
                guard flat[next], !found[next] else { continue }
                let difference = colors[next] - colors[square]
                guard max(difference.max(), -difference.min()) < step else { continue }
                found[next] = true
                open.append(next)
            }
        }
        return found
    }
}
