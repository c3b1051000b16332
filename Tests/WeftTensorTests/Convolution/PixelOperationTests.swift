// Tests of pixel shuffle, composition, attention over pixels and addition.

import Foundation
import Testing
import WeftTensor

@Suite struct PixelOperationTests {
    @Test func pixelShuffleFollowsTheChannelOrderOfTorch() {
        // One pixel of 2 * 2 * 2 channels: channel 0 in the first four, row by row of the square.
        let y = Guarded(count: 8)
        PixelShuffle(factor: 2).apply(
            [0, 1, 2, 3, 10, 11, 12, 13], height: 1, width: 1, channels: 2, to: y.pointer, pool: ThreadPool())
        #expect(y.values == [0, 10, 1, 11, 2, 12, 3, 13])
        #expect(y.isIntact)
    }

    @Test func pixelShuffleKeepsRowsAndColumnsApart() {
        let x = noise(2 * 3 * 18, seed: 1)
        let y = Guarded(count: x.count)
        PixelShuffle(factor: 3).apply(x, height: 2, width: 3, channels: 2, to: y.pointer, pool: ThreadPool())
        for (i, value) in y.values.enumerated() {
            let (row, column, channel) = (i / 2 / 9, i / 2 % 9, i % 2)
            let pixel = row / 3 * 3 + column / 3
            #expect(value == x[pixel * 18 + channel * 9 + row % 3 * 3 + column % 3])
        }
    }

    /// Four squares of 2x2 pixels; pixels of all kinds in each, and shares that differ.
    @Test func compositionPutsThingsOnTheGroundsAround() {
        // Three made colours, three of the made ground, made cover, what is left out; three fixed colours, a cover; and how
        // much of made colour and ground shows, what stays of the fixed colour.
        let kinds: [(made: [Float], fixed: [Float], cover: Float, kept: Float)] = [
            ([0.3, 0.3, 0.3, 0.1, 0, -0.1, 0, 0], [0.9, 0.95, 0.97, 0.05], 0, 0),  // a faint rest where nothing is
            ([0.1, -0.1, 0, 0.5, 0.5, 0.5, 0, 0], [0.2, -0.4, 0.6, 0.97], 1, 1),  // nearly all covered
            ([-0.5, -0.25, 0, 0.5, 0.5, 0.5, 0, 1.5], [0.2, -0.4, 0.6, 1], 1, 0),  // its own picture left out
            ([0.2, 0.4, -0.2, 0, 0.1, 0, 0.25, 0.25], [0.2, -0.4, 0.6, 0.25], 0.5, 0.75),  // an edge
        ]
        let places = [0, 1, 1, 0, 2, 3, 3, 2, 1, 1, 3, 0, 3, 1, 0, 2]  // the kind of each pixel, row by row
        // Of each square, how much of the ground comes from the squares in the order of reading; the rest is white.
        let grounds: [[Float]] = [
            [0, 0.5, 0.25, 0], [0.25, 0.125, 0, 0.5], [0, 0, 1, 0], [0.5, 0.25, 0.125, 0.125],
        ]
        let shares = grounds.enumerated().flatMap { square, ground in
            (-1...1).flatMap { down in
                (-1...1).map { right -> Float in
                    let (row, column) = (square / 2 + down, square % 2 + right)
                    return (0..<2).contains(row) && (0..<2).contains(column) ? ground[row * 2 + column] : .nan
                }
            }
        }
        let pictures = places.map { place in
            (0..<3).map {
                kinds[place].kept * (kinds[place].fixed[$0] - 1) + kinds[place].cover * kinds[place].made[$0]
            }
        }
        let expected = places.enumerated().flatMap { index, place -> [Float] in
            let (row, square) = (index / 4, index / 8 * 2 + index % 4 / 2)
            return (0..<3).map { color in
                let behind = (0..<4).map { other -> Float in
                    let pixel = (other / 2 * 2 + row % 2) * 4 + other % 2 * 2  // the first of two of its line
                    return grounds[square][other] * (pictures[pixel][color] + pictures[pixel + 1][color]) / 2
                }
                let ground = behind.reduce(0, +) + kinds[place].made[3 + color]
                return 1 + pictures[index][color] + (1 - kinds[place].cover) * ground
            }
        }
        for threads in [1, 2] {
            let (y, lines) = (Guarded(count: 48), Guarded(count: 24))
            PixelComposition.apply(
                made: places.flatMap { kinds[$0].made }, fixed: places.flatMap { kinds[$0].fixed }, shares: shares,
                side: 3, square: 2, to: y.pointer, lines: lines.pointer, height: 4, width: 4,
                pool: ThreadPool(threadCount: threads))
            #expect(y.isIntact && lines.isIntact && y.values.isClose(to: expected))
        }
    }

    @Test(arguments: [(1, 4), (70, 12), (33, 8), (1100, 3)])
    func attention(pixels: Int, channels: Int) {
        let parts = (1...3).map { noise(pixels * channels, seed: UInt64($0)).map { $0 * 2 } }
        let (q, k, v) = (parts[0], parts[1], parts[2])
        let results = [1, 2].map { threads in
            let scratch = Guarded(count: PixelAttention.scratchCount(channels: channels, pixels: pixels))
            let y = Guarded(count: pixels * channels)
            PixelAttention(channels: channels).apply(
                query: q, key: k, value: v, pixels: pixels, to: y.pointer, scratch: scratch.pointer,
                pool: ThreadPool(threadCount: threads))
            #expect(scratch.isIntact && y.isIntact)
            return y.values
        }
        #expect(results[0] == results[1])
        for row in stride(from: 0, to: pixels, by: max(1, pixels / 40)) {
            var weights: [Double] = []  // not yet divided by their sum
            for other in 0..<pixels {
                var score = 0.0
                for c in 0..<channels { score += Double(q[row * channels + c]) * Double(k[other * channels + c]) }
                weights.append(exp(score / Double(channels).squareRoot()))
            }
            var expected = [Double](repeating: 0, count: channels)
            for other in 0..<pixels {
                for c in 0..<channels { expected[c] += weights[other] * Double(v[other * channels + c]) }
            }
            let sum = weights.reduce(0, +)
            let result = Array(results[0][row * channels..<(row + 1) * channels])
            #expect(result.isClose(to: expected.map { Float($0 / sum) }))
        }
    }

    @Test func addition() {
        let (a, b) = (noise(70_000, seed: 1), noise(70_000, seed: 2))
        let y = Guarded(count: b.count)
        y.pointer.update(from: b, count: b.count)
        add(a, to: y.pointer, count: a.count, pool: ThreadPool(threadCount: 2))
        #expect(y.values == zip(a, b).map(+))
        #expect(y.isIntact)
    }
}
