// A product with quantised weights, as a pool runs it: first the rows are quantised, then multiplied.

import CKernels

/// A product with quantised weights, cut into groups of rows and of panels.
struct QuantisedProduct: PoolWork {
    let weights: QuantisedWeights
    /// What the rows have been quantised into.
    let scratch: UnsafeMutableRawPointer
    let rows: Int
    /// `[rows, outputs]`
    let y: UnsafeMutablePointer<Float>
    private let cut: ProductCut

    init(
        weights: QuantisedWeights, scratch: UnsafeMutableRawPointer, rows: Int, y: UnsafeMutablePointer<Float>
    ) {
        self.weights = weights
        self.scratch = scratch
        self.rows = rows
        self.y = y
        cut = ProductCut(inputs: weights.matrix.inputs, outputs: weights.matrix.outputs, rows: rows, unit: 4)
    }

    /// How many pieces the product is cut into.
    var pieces: Int { cut.pieces }

    func run(piece: Int) {
        let (rows, panels) = cut.part(piece)
        withUnsafePointer(to: weights.matrix) { matrix in
            weft_quantised_linear(
                weights.kernels.table, matrix, weights.bias, scratch, self.rows, rows.lowerBound, rows.upperBound, y,
                matrix.pointee.outputs, panels.lowerBound, panels.upperBound)
        }
    }
}

/// Quantises the rows of a product.
struct RowQuantisation: PoolWork {
    let kernels: Kernels
    /// `[rows, inputs]`
    let x: UnsafePointer<Float>
    let inputs: Int
    let rows: Int
    let scratch: UnsafeMutableRawPointer

    /// How many pieces the rows are cut into: of some 32768 inputs.
    var pieces: Int { max(1, min(rows, rows * inputs >> 15)) }

    func run(piece: Int) {
        weft_quantise_rows(
            kernels.table, x, inputs, rows, rows * piece / pieces, rows * (piece + 1) / pieces, scratch)
    }
}
