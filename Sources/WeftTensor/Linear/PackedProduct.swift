// A product with packed weights, as a pool runs it.

import CKernels

/// A product with packed weights, cut into groups of rows and of panels by the size of the work only.
struct PackedProduct: PoolWork {
    let weights: PackedWeights
    /// `[rows, inputs]`
    let x: UnsafePointer<Float>
    let rows: Int
    /// `[rows, outputs]`
    let y: UnsafeMutablePointer<Float>
    private let rowGroups: Int
    private let panelGroups: Int

    /// Panels are cut where the widest tiles end.
    private static let unit = 8

    init(weights: PackedWeights, x: UnsafePointer<Float>, rows: Int, y: UnsafeMutablePointer<Float>) {
        self.weights = weights
        self.x = x
        self.rows = rows
        self.y = y
        // Rows that share the weights while these lie in the second cache.
        let fewest = (rows + 251) / 252
        // A piece should take tens of microseconds: far longer than handing it to a thread.
        let groupRows = (rows + fewest - 1) / fewest
        let panelWork = max(1, weights.matrix.inputs) * panelSize * ((groupRows + 3) / 4)
        let wanted = ((1 << 18) + panelWork - 1) / panelWork
        let least = groupRows > 12 ? 16 : Self.unit
        let width = min(32, max(least, wanted))
        panelGroups = max(1, (weights.panels + width / 2) / width)
        // Products of many rows with a small matrix, whose panels alone would be too few pieces: as all of them read the
        // same weights, they are cut by rows too.
        let work = weights.matrix.inputs * weights.matrix.outputs * rows
        let pieces = min(8, work >> 21)
        rowGroups = max(fewest, min(rows / 32, pieces / panelGroups))
    }

    /// How many pieces the product is cut into.
    var pieces: Int { rowGroups * panelGroups }

    func run(piece: Int) {
        let (rowGroup, panelGroup) = piece.quotientAndRemainder(dividingBy: panelGroups)
        let firstRow = rows * rowGroup / rowGroups
        let endRow = rows * (rowGroup + 1) / rowGroups
        let (inputs, outputs) = (weights.matrix.inputs, weights.matrix.outputs)
        withUnsafePointer(to: weights.matrix) { matrix in
            weft_linear(
                weights.kernels.table, matrix, weights.bias, x + firstRow * inputs, inputs, endRow - firstRow,
                y + firstRow * outputs, outputs, firstPanel(panelGroup), firstPanel(panelGroup + 1))
        }
    }

    private func firstPanel(_ group: Int) -> Int {
        if group == panelGroups { return weights.panels }
        return weights.panels * group / panelGroups / Self.unit * Self.unit
    }
}
