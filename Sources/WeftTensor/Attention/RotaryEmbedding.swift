// Rotary position embedding in one dimension, or by row and column of a grid.

import Foundation

/// Tables of cosines and sines that rotate pairs of a head's elements: https://arxiv.org/abs/2104.09864
///
/// In one dimension pair j turns by `position * theta^(-2j / headDim)`. On a grid, with `half = headDim / 2`, the first
/// half of the pairs turns by `row * theta^(-2j / half)`, the second half by `column * theta^(-2j / half)`.
package struct RotaryEmbedding: Sendable {
    /// What a position is.
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// The place in the sequence.
        case sequence = "1d"
        /// Row and column.
        case grid = "2d"
    }

    /// Which elements of a head make a pair.
    package enum Pairs: String, Sendable, Codable, CaseIterable {
        /// `(i, i + headDim / 2)`
        case half
        /// `(2i, 2i + 1)`
        case interleaved
    }

    private let headDim: Int
    private let kind: Kind
    private let pairs: Pairs
    private let positions: Range<Int>
    private let frequencies: Int
    private let table: [Float]  // [positions, 2, frequencies]: cosines, sines

    /// Fills the tables for every coordinate in `positions`.
    ///
    /// - Parameters:
    ///   - headDim: even, and on a grid a multiple of 4.
    ///   - scaling: how the frequencies of a sequence are changed; a grid has none.
    package init(
        headDim: Int, theta: Double, kind: Kind, pairs: Pairs, positions: Range<Int>, scaling: RotaryScaling? = nil
    ) {
        precondition(headDim > 0 && headDim % (kind == .grid ? 4 : 2) == 0, "a head of \(headDim) elements")
        precondition(kind == .sequence || scaling == nil, "the frequencies of a grid are not scaled")
        self.headDim = headDim
        self.kind = kind
        self.pairs = pairs
        self.positions = positions
        let frequencies = Self.frequencyCount(headDim: headDim, kind: kind)
        self.frequencies = frequencies
        var table: [Float] = []
        table.reserveCapacity(positions.count * 2 * frequencies)
        let steps = RotaryScaling.frequencies(headDim: headDim, theta: theta, scaling: scaling)
        let factor = Float(scaling?.kind == .yarn ? scaling?.attentionFactor ?? 1 : 1)
        for position in positions {
            switch kind {
            case .grid:
                let angles = (0..<frequencies).map {
                    Double(position) * pow(theta, -Double($0) / Double(frequencies))
                }
                table += angles.map { Float(cos($0)) }
                table += angles.map { Float(sin($0)) }
            case .sequence:
                // Angles rounded to float32, as models are trained with them.
                let angles = steps.map { Double(Float(position) * $0) }
                table += angles.map { Float(cos($0)) * factor }
                table += angles.map { Float(sin($0)) * factor }
            }
        }
        self.table = table
    }

    /// Bytes of the tables for `count` positions.
    package static func byteCount(headDim: Int, kind: Kind, positions count: Int) -> Int {
        count * 2 * frequencyCount(headDim: headDim, kind: kind) * MemoryLayout<Float>.size
    }

    private static func frequencyCount(headDim: Int, kind: Kind) -> Int { kind == .grid ? headDim / 4 : headDim / 2 }

    /// Rotates `heads` heads of one token in place.
    ///
    /// - Parameters:
    ///   - x: `[heads, headDim]`
    ///   - row: the row, or the position in one dimension; inside of the positions the tables were made for.
    ///   - column: the column; not used in one dimension.
    package func apply(_ x: UnsafeMutablePointer<Float>, heads: Int, row: Int, column: Int) {
        precondition(positions.contains(row) && (kind == .sequence || positions.contains(column)))
        table.withUnsafeBufferPointer { table in
            let first = table.baseAddress! + (row - positions.lowerBound) * 2 * frequencies
            let second = table.baseAddress! + (column - positions.lowerBound) * 2 * frequencies
            for head in 0..<heads {
                let x = x + head * headDim
                rotate(x, from: 0, by: first)
                if kind == .grid { rotate(x, from: frequencies, by: second) }
            }
        }
    }

    /// Rotates the pairs `start ..< start + frequencies` of one head.
    @inline(__always)
    private func rotate(_ x: UnsafeMutablePointer<Float>, from start: Int, by angles: UnsafePointer<Float>) {
        let (cosines, sines) = (angles, angles + frequencies)
        let step = pairs == .half ? 1 : 2
        let distance = pairs == .half ? headDim / 2 : 1
        for j in 0..<frequencies {
            let index = (start + j) * step
            let (a, b) = (x[index], x[index + distance])
            x[index] = a * cosines[j] - b * sines[j]
            x[index + distance] = b * cosines[j] + a * sines[j]
        }
    }
}
