// Which squares of a picture show its background.

/// The squares of a picture that may be ground: every row of their pixels has one colour, nearly that of the next, as those of
/// plain backgrounds, of gradients and of most sceneries; squares of that kind, each like the next where they touch, lead from
/// them to the edge of the picture; and all these are many beside others in some row, as those of a thing that lies there are not.
struct GroundSquares {
    /// Whether a square may be ground, `[rows * columns]`.
    private(set) var isGround: [Bool]
    /// The mean colours of the rows of pixels of squares, `[rows * columns, side]`.
    private let colors: [SIMD3<Float>]
    private let rows: Int
    private let columns: Int
    private let side: Int

    /// How much the pixels of a row may differ, of 2 from the least to the most of a colour.
    private static let flatness: Float = 4 / 127.5
    /// How much rows of pixels that touch may differ.
    private static let step: Float = 30 / 127.5
    /// In some row, more than so many in a hundred of the flat squares are of one ground.
    private static let share = 40

    /// Looks at a picture `[rows * side, columns * side, 3]`, colours in [-1, 1].
    init(_ pixels: UnsafePointer<Float>, rows: Int, columns: Int, side: Int) {
        var (flat, colors) = ([Bool](), [SIMD3<Float>]())
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
            flat.append(isFlat && zip(colors.suffix(side), colors.suffix(side - 1)).allSatisfy(GroundSquares.areAlike))
        }
        self.colors = colors
        (self.rows, self.columns, self.side) = (rows, columns, side)
        isGround = [Bool](repeating: false, count: flat.count)
        markGrounds(among: flat)
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

    /// The mean colours of the rows of pixels of a square, `[side]`.
    private func lines(of square: Int) -> ArraySlice<SIMD3<Float>> { colors[square * side..<(square + 1) * side] }

    /// How the ground of one square goes on in another: in the same row of squares as it is, elsewhere as its nearer edge.
    private func lines(of ground: Int, in square: Int) -> [SIMD3<Float>] {
        let colors = lines(of: ground)
        let down = square / columns - ground / columns
        if down == 0 { return Array(colors) }
        return [SIMD3<Float>](repeating: colors[down > 0 ? colors.endIndex - 1 : colors.startIndex], count: side)
    }

    private func distance(_ a: Int, _ b: Int) -> Int {
        abs(a / columns - b / columns) + abs(a % columns - b % columns)
    }

    private static func areAlike(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> Bool {
        max((a - b).max(), (b - a).max()) < step
    }

    /// Finds the grounds among flat squares, whose rows of pixels have one colour each.
    private mutating func markGrounds(among flat: [Bool]) {
        var seen: Set<Int> = []
        for start in flat.indices where flat[start] && !seen.contains(start) {
            let area = connected(to: start, among: flat)
            seen.formUnion(area)
            let isAtEdge = area.contains { square in
                let (row, column) = (square / columns, square % columns)
                return row == 0 || row == rows - 1 || column == 0 || column == columns - 1
            }
            let isWide = Dictionary(grouping: area) { $0 / columns }.contains { row, squares in
                let all = flat[row * columns..<(row + 1) * columns].count { $0 }
                return squares.count * 100 > all * GroundSquares.share
            }
            guard isAtEdge, isWide else { continue }
            for square in area { isGround[square] = true }
        }
    }

    /// The flat squares to which flat ones lead from one of them, and itself.
    private func connected(to start: Int, among flat: [Bool]) -> Set<Int> {
        func touch(_ left: Int, _ right: Int) -> Bool {
            zip(lines(of: left), lines(of: right)).allSatisfy(GroundSquares.areAlike)
        }
        func meet(_ upper: Int, _ lower: Int) -> Bool {
            GroundSquares.areAlike(colors[(upper + 1) * side - 1], colors[lower * side])
        }
        var (found, open): (Set<Int>, [Int]) = ([start], [start])
        while let square = open.popLast() {
            let (column, above, below) = (square % columns, square - columns, square + columns)
            var beside: [Int] = []
            if above >= 0, flat[above], meet(above, square) { beside.append(above) }
            if below < flat.count, flat[below], meet(square, below) { beside.append(below) }
            if column > 0, flat[square - 1], touch(square - 1, square) { beside.append(square - 1) }
            if column < columns - 1, flat[square + 1], touch(square, square + 1) { beside.append(square + 1) }
            open += beside.filter { found.insert($0).inserted }
        }
        return found
    }
}
