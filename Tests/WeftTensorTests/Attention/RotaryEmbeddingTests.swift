// Rotary embedding: angles, pairs and grids.

import Foundation
import Testing
import WeftTensor

@Suite struct RotaryEmbeddingTests {
    @Test(arguments: RotaryEmbedding.Kind.allCases, RotaryEmbedding.Pairs.allCases)
    func turnsPairsByTheirAngles(_ kind: RotaryEmbedding.Kind, _ pairs: RotaryEmbedding.Pairs) {
        let (headDim, row, column) = (100, -3, 7)
        let half = headDim / 2
        let rotary = RotaryEmbedding(headDim: headDim, theta: 100, kind: kind, pairs: pairs, positions: -4..<9)
        let x = gaussians(2 * headDim, seed: 9)
        var y = x
        rotary.apply(&y, heads: 2, row: row, column: column)
        var expected = x.map(Double.init)
        for head in 0..<2 {
            for pair in 0..<half {
                let angle =
                    switch kind {
                    case .sequence: Double(row) * pow(100, -2 * Double(pair) / Double(headDim))
                    case .grid where pair < half / 2: Double(row) * pow(100, -2 * Double(pair) / Double(half))
                    case .grid: Double(column) * pow(100, -2 * Double(pair - half / 2) / Double(half))
                    }
                let first = head * headDim + (pairs == .half ? pair : 2 * pair)
                let second = first + (pairs == .half ? half : 1)
                let (a, b) = (Double(x[first]), Double(x[second]))
                expected[first] = a * cos(angle) - b * sin(angle)
                expected[second] = a * sin(angle) + b * cos(angle)
            }
        }
        #expect(worstDifference(y, expected) < 1e-6)
    }

    @Test func theOriginTurnsNothing() {
        let rotary = RotaryEmbedding(headDim: 8, theta: 100, kind: .grid, pairs: .half, positions: 0..<1)
        let x = gaussians(8, seed: 10)
        var y = x
        rotary.apply(&y, heads: 1, row: 0, column: 0)
        #expect(x == y)
    }

    @Test func countsItsBytes() {
        #expect(RotaryEmbedding.byteCount(headDim: 8, kind: .grid, positions: 10) == 10 * 2 * 2 * 4)
        #expect(RotaryEmbedding.byteCount(headDim: 8, kind: .sequence, positions: 10) == 10 * 2 * 4 * 4)
    }
}
