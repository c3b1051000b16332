// Weights as the kernels read them, in panels.

import CKernels

/// Weights packed into panels of 16 outputs, in memory of their own, with the bias.
///
/// `@unchecked Sendable`: the memory is filled before `init` returns and only read afterwards; the kernels are a
/// constant table.
final class PackedWeights: @unchecked Sendable {
    let matrix: weft_matrix
    /// `[outputs]` or nil.
    let bias: UnsafePointer<Float>?
    let kernels: Kernels

    /// How many panels the outputs make.
    var panels: Int { panelCount(matrix.outputs) }

    /// How many bytes the panels take.
    var byteCount: Int { weft_packed_size(matrix.dtype, matrix.outputs, matrix.inputs) }

    /// Copies the weights `[outputs, inputs]` and gives the pages that they were mapped from back to the system.
    init(_ weight: Tensor, bias: Tensor?, kernels: Kernels) {
        let (outputs, inputs, dtype) = (weight.shape[0], weight.shape[1], weight.dtype.weights)
        let memory = UnsafeMutableRawPointer.allocateLarge(byteCount: max(64, weft_packed_size(dtype, outputs, inputs)))
        weight.withBytes { weft_pack(dtype, $0.baseAddress, outputs, inputs, memory) }
        weight.releasePages()
        matrix = weft_matrix(dtype: dtype, outputs: outputs, inputs: inputs, packed: memory)
        self.bias = copyBias(bias)
        self.kernels = kernels
    }

    deinit {
        matrix.packed.deallocate()
        bias?.deallocate()
    }
}
