// A product with packed weights, as a pool runs it.

import CKernels

/// A product with packed weights, cut into groups of rows and of panels.
struct PackedProduct: PoolWork {
    let weights: PackedWeights
    /// `[rows, inputs]`
    let x: UnsafePointer<Float>
    /// `[rows, outputs]`
    let y: UnsafeMutablePointer<Float>
    private let cut: ProductCut

    init(weights: PackedWeights, x: UnsafePointer<Float>, rows: Int, y: UnsafeMutablePointer<Float>) {
        self.weights = weights
        self.x = x
        self.y = y
        cut = ProductCut(inputs: weights.matrix.inputs, outputs: weights.matrix.outputs, rows: rows, unit: 8)
    }

    /// How many pieces the product is cut into.
    var pieces: Int { cut.pieces }

    func run(piece: Int) {
        let (rows, panels) = cut.part(piece)
        let (inputs, outputs) = (weights.matrix.inputs, weights.matrix.outputs)
        withUnsafePointer(to: weights.matrix) { matrix in
            weft_linear(
                weights.kernels.table, matrix, weights.bias, x + rows.lowerBound * inputs, inputs, rows.count,
                y + rows.lowerBound * outputs, outputs, panels.lowerBound, panels.upperBound)
        }
    }
}
