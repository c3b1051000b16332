// Float32 weights, which OpenBLAS reads where they lie.

import COpenBLAS

/// Float32 weights in the file or memory of their tensor, with a copy of the bias.
///
/// `@unchecked Sendable`: nothing is written after `init`, and what `weight` points to lives as long as `tensor`.
final class MappedWeights: @unchecked Sendable {
    let outputs: Int
    let inputs: Int
    /// `[outputs, inputs]`
    let weight: UnsafePointer<Float>
    /// `[outputs]` or nil.
    let bias: UnsafePointer<Float>?
    private let tensor: Tensor

    /// The pool's threads share the work; OpenBLAS must not start threads of its own for each piece.
    private static let singleThreaded: Void = openblas_set_num_threads(1)

    /// Copies the weights only if the file does not have them at a multiple of 4 bytes.
    init(_ weight: Tensor, bias: Tensor?) {
        _ = MappedWeights.singleThreaded
        outputs = weight.shape[0]
        inputs = weight.shape[1]
        let isAligned = weight.withBytes { Int(bitPattern: $0.baseAddress) % MemoryLayout<Float>.alignment == 0 }
        let tensor = isAligned ? weight : Tensor(name: weight.name, shape: weight.shape, floats: weight.floats())
        if !isAligned { weight.releasePages() }
        self.tensor = tensor
        self.weight = tensor.withBytes { UnsafePointer($0.bindMemory(to: Float.self).baseAddress!) }
        self.bias = copyBias(bias)
    }

    deinit { bias?.deallocate() }
}

/// A product with float32 weights, cut into panels of rows and blocks of outputs.
///
/// OpenBLAS computes a row in other orders for other numbers of rows: its kernels for 12, 8, 4, 2 and 1 rows, and those
/// for small products, add differently. (Version 0.3.21 gives different bits for most numbers of rows with its kernels
/// for Haswell, Zen, SkylakeX, Nehalem and Prescott.) So every call has the same shape: 8 rows, those that are missing
/// being zeros, and blocks of outputs that only the layer's size decides. In calls of 8 rows the bits of a row do not
/// depend on its place either, with the kernels for all of these and for Sandybridge: 8 is a multiple of the heights of
/// their tiles (4 or 8) and too low for those of 12.
///
/// A call of 8 rows reaches half the speed of a large one, as OpenBLAS copies the weights into its own order each time.
struct MappedProduct: PoolWork {
    /// Rows of a call.
    private static let panelRows = Int(weft_panel_rows)

    let weights: MappedWeights
    /// `[rows, inputs]`
    let x: UnsafePointer<Float>
    let rows: Int
    /// `[rows, outputs]`
    let y: UnsafeMutablePointer<Float>
    private let panels: Int
    /// Outputs of a call.
    private let width: Int
    /// Panels that one piece computes for its block of outputs, so that it takes tens of microseconds at least.
    private let panelsPerPiece: Int
    private var piecesPerBlock: Int { (panels + panelsPerPiece - 1) / panelsPerPiece }

    init(weights: MappedWeights, x: UnsafePointer<Float>, rows: Int, y: UnsafeMutablePointer<Float>) {
        self.weights = weights
        self.x = x
        self.rows = rows
        self.y = y
        panels = (rows + Self.panelRows - 1) / Self.panelRows
        width = weights.inputs > 1024 ? 128 : Int(weft_panel_outputs)
        let panelWork = max(1, weights.inputs * min(width, weights.outputs) * Self.panelRows)
        panelsPerPiece = max(1, (1 << 20) / panelWork)
    }

    /// How many pieces the product is cut into.
    var pieces: Int { piecesPerBlock * ((weights.outputs + width - 1) / width) }

    func run(piece: Int) {
        let (block, part) = piece.quotientAndRemainder(dividingBy: piecesPerBlock)
        let first = block * width
        let count = min(width, weights.outputs - first)
        for panel in part * panelsPerPiece..<min(panels, (part + 1) * panelsPerPiece) {
            compute(panel, firstOutput: first, outputs: count)
        }
    }

    private func compute(_ panel: Int, firstOutput: Int, outputs: Int) {
        let first = panel * Self.panelRows
        let height = min(Self.panelRows, rows - first)
        let source = x + first * weights.inputs
        let target = y + first * weights.outputs + firstOutput
        for index in 0..<height {
            let line = target + index * weights.outputs
            if let bias = weights.bias {
                line.update(from: bias + firstOutput, count: outputs)
            } else {
                line.update(repeating: 0, count: outputs)
            }
        }
        let (inputs, stride) = (Int32(weights.inputs), Int32(weights.outputs))
        let weight = weights.weight + firstOutput * weights.inputs
        weft_add_panel(Int32(height), Int32(outputs), inputs, source, inputs, weight, inputs, target, stride)
    }
}
