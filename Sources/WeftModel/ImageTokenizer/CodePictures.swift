// Codes of things, found again in a picture that shows them on a ground.

import Synchronization
import WeftTensor

/// What each code looks like alone: colours over white, and how much of that white shows.
///
/// A tokenizer with heads has codes of things as they are over white, while a picture shows them on its background. So a
/// square that is not background is compared with all codes as they look on the background beside it.
final class CodePictures: Sendable {
    private let head: ImageHead
    private let rows: Tensor
    private let side: Int
    /// `[blocks of eight codes, (3 + 1) * side * side, 8]`, infinite beyond the codes: made when the first picture is encoded.
    private let table = Mutex<[Float]>([])
    private var pixels: Int { side * side }
    private var size: Int { rows.shape[0] }
    private var blocks: Int { (size + 7) / 8 }

    /// What counts beside colours that a code lets the ground show where the picture has another colour, or covers where it has
    /// that: of codes that look alike on a ground, some are of a thing and others of its outline or a shine on it.
    private static let showing: Float = 0.001
    /// The same as a share of what the colours differ: a code that looks just as the picture is nearest whatever it covers.
    private static let doubt: Float = 0.02
    /// A pixel that differs so much from its ground, of 2 from the least to the most of a colour, is covered.
    private static let covered: Float = 0.2

    /// - Parameters:
    ///   - head: that of scale 1
    ///   - rows: the codebook, `[size, dim]`
    ///   - side: pixels a side of a square
    init(head: ImageHead, rows: Tensor, side: Int) {
        self.head = head
        self.rows = rows
        self.side = side
    }

    /// The tokens that look most like the squares of a picture that are not ground, on the ground beside them,
    /// `[rows * columns]`; nil for ground, and for all squares where there is none.
    ///
    /// - Parameter picture: `[rows * side, columns * side, 3]`, colours in [-1, 1]
    func tokens(of picture: [Float], rows: Int, columns: Int, pool: ThreadPool) -> [Int?] {
        var tokens = [Int?](repeating: nil, count: rows * columns)
        picture.withUnsafeBufferPointer { picture in
            guard let picture = picture.baseAddress else { return }
            let squares = GroundSquares(picture, rows: rows, columns: columns, side: side)
            let open = tokens.indices.filter { !squares.isGround[$0] }.map {
                (square: $0, grounds: squares.grounds(of: $0))
            }
            guard open.contains(where: { !$0.grounds.isEmpty }) else { return }
            let table = makeTable(pool)
            tokens.withUnsafeMutableBufferPointer { tokens in
                nonisolated(unsafe) let tokens = tokens
                table.withUnsafeBufferPointer { table in
                    pool.run(open.count) { index in
                        let (square, grounds) = open[index]
                        let place = (square / columns * side * columns + square % columns) * side * 3
                        let found = grounds.map {
                            nearest(picture + place, stride: columns * side * 3, ground: $0, table.baseAddress!)
                        }
                        tokens[square] = found.min { $0.distance < $1.distance }?.token
                    }
                }
            }
        }
        return tokens
    }

    /// The code that is nearest to a square of a picture, its rows `stride` floats apart, on a ground, `[side]`.
    private func nearest(
        _ square: UnsafePointer<Float>, stride: Int, ground: [SIMD3<Float>], _ table: UnsafePointer<Float>
    ) -> (token: Int, distance: Float) {
        let pixels = pixels
        let behind = ground.map { $0 - PixelComposition.white }
        let shown = (0..<pixels).map { pixel in
            let color = square + pixel / side * stride + pixel % side * 3
            let difference = SIMD3(color[0], color[1], color[2]) - ground[pixel / side]
            return 1 - min(max(difference.max(), -difference.min()) / CodePictures.covered, 1)
        }
        var best = NearestCode()
        for block in 0..<blocks {
            let codes = UnsafeRawPointer(table + block * 4 * pixels * 8)
            func numbers(_ index: Int) -> SIMD8<Float> {
                codes.loadUnaligned(fromByteOffset: index * MemoryLayout<SIMD8<Float>>.size, as: SIMD8<Float>.self)
            }
            var (distance, wrongly) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
            for pixel in 0..<pixels {
                let (line, column) = (pixel / side, pixel % side)
                let color = square + line * stride + column * 3
                let shows = numbers(3 * pixels + pixel)
                let wrong = shows - shown[pixel]
                wrongly += wrong * wrong
                for channel in 0..<3 {
                    let difference = numbers(channel * pixels + pixel) + shows * behind[line][channel] - color[channel]
                    distance += difference * difference
                }
            }
            distance += wrongly * (CodePictures.showing + CodePictures.doubt * distance)
            best.compare(distance, first: 8 * block)
        }
        return best.nearest
    }

    private func makeTable(_ pool: ThreadPool) -> [Float] {
        table.withLock { table in
            guard table.isEmpty else { return table }
            let (size, numbers) = (size, 4 * pixels)
            let pictures = head.rowPictures(rows, pool: pool)
            table = [Float](repeating: .infinity, count: 8 * blocks * numbers)
            for code in 0..<size {
                for number in 0..<numbers {
                    let value = pictures[code * numbers + number]
                    let place = (code / 8 * numbers + number) * 8 + code % 8
                    table[place] = number < 3 * pixels ? value : 1 - min(max(value, 0), 1)
                }
            }
            return table
        }
    }
}
