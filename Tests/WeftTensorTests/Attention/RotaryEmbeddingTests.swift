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

    /// Scaling, base, and transformers' cosines and sines of a head of 24 elements at position 5000.
    static let scaled: [(RotaryScaling?, Double, [Float], [Float])] = [
        (
            nil, 1e4,
            [
                0.1546684, -0.6655712, -0.9397169, -0.8838493, 0.9216695, 0.6156463, 0.9649661, -0.346649, -0.2215487,
                0.2836622, -0.6816376, 0.4737809,
            ],
            [
                -0.9879664, 0.7463343, 0.3419536, -0.4677718, -0.3879758, 0.7880226, -0.2623748, -0.9379949, -0.9751493,
                -0.9589243, 0.7316899, 0.8806427,
            ]
        ),
        (
            RotaryScaling(kind: .linear, factor: 2.5), 1e4,
            [
                -0.3674596, -0.0228781, -0.88294, 0.4871877, 0.1541637, 0.6266092, 0.4080838, -0.9899917, -0.3926581,
                -0.4161468, 0.5991815, 0.9085957,
            ],
            [
                0.9300395, -0.9997383, -0.4694858, -0.8732973, -0.9880453, -0.7793336, 0.9129445, 0.141126, -0.9196845,
                0.9092974, 0.8006132, 0.4176767,
            ]
        ),
        (
            RotaryScaling(
                kind: .llama3, factor: 8, originalPositions: 8192, lowFrequencyFactor: 1, highFrequencyFactor: 4), 5e5,
            [
                0.1546684, -0.7716795, -0.4409603, 0.8936386, 0.9865515, -0.6329227, -0.8691267, 0.9564733, 0.9950824,
                0.9994476, 0.999938, 0.999993,
            ],
            [
                -0.9879664, -0.6360117, 0.8975266, -0.4487873, 0.1634506, 0.774215, 0.4945895, 0.2918199, 0.0990499,
                0.0332332, 0.011136, 0.003731,
            ]
        ),
        (
            RotaryScaling(
                kind: .yarn, factor: 4, originalPositions: 32768,
                attentionFactor: RotaryScaling.attentionFactor(4, mscale: nil, mscaleAllDim: nil)), 1e6,
            [
                0.17611, -0.6918961, -1.0063931, 0.5820252, 1.0987364, 1.0941647, -1.1384727, 0.8768948, 1.1297455,
                1.13774, 1.1385405, 1.1386205,
            ],
            [
                -1.1249276, -0.904299, -0.532588, 0.9786335, -0.2987561, 0.3150883, 0.0188917, 0.7263142, 0.1419583,
                0.0449966, 0.0142325, 0.0045008,
            ]
        ),
        (
            RotaryScaling(
                kind: .yarn, factor: 40, originalPositions: 4096, betaFast: 16, betaSlow: 2, truncates: false,
                attentionFactor: RotaryScaling.attentionFactor(40, mscale: 0.707, mscaleAllDim: 1)), 1e4,
            [
                0.1424562, -0.6130193, -0.865519, -0.8140627, 0.8488967, 0.7562628, -0.7183802, 0.33588, 0.8878446,
                0.9138561, 0.9194925, 0.9207084,
            ],
            [
                -0.909959, 0.6874055, 0.3149537, -0.4308377, -0.3573422, 0.5257239, -0.5764105, -0.8576151, 0.2450533,
                0.1148307, 0.0534088, 0.0248011,
            ]
        ),
    ]

    @Test(arguments: scaled)
    func distantPositions(scaling: RotaryScaling?, theta: Double, cosines: [Float], sines: [Float]) {
        let rotary = RotaryEmbedding(
            headDim: 24, theta: theta, kind: .sequence, pairs: .half, positions: 5000..<5001, scaling: scaling)
        var x = [Float](repeating: 1, count: 12) + [Float](repeating: 0, count: 12)
        rotary.apply(&x, heads: 1, row: 5000, column: 0)
        // A frequency may differ in its last bit, which moves the angle by 5000 of them.
        #expect(worstDifference(Array(x[..<12]), cosines.map(Double.init)) < 4e-4)
        #expect(worstDifference(Array(x[12...]), sines.map(Double.init)) < 4e-4)
        #expect(zip(x, cosines + sines).count { abs($0 - $1) < 2e-7 } >= 18)
    }

    @Test func impossibleScalings() {
        #expect(RotaryScaling(kind: .linear, factor: 0).problem == "factor: 0.0 is not a number above 0")
        #expect(
            RotaryScaling(kind: .llama3, factor: 2, lowFrequencyFactor: 4, highFrequencyFactor: 4).problem
                == "high_freq_factor: 4.0 is not above low_freq_factor, 4.0")
        #expect(
            RotaryScaling(kind: .yarn, factor: 2, originalPositions: 0).problem
                == "original_positions: 0 is not a number from 1 up")
        #expect(RotaryScaling(kind: .yarn, factor: 2, attentionFactor: .nan).problem != nil)
    }
}
