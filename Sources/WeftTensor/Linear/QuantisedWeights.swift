// Quantised weights as the kernels read them, in panels.

import CKernels

/// Quantised weights, mapped from a file or in memory, with the bias.
///
/// `@unchecked Sendable`: nothing is written after `init`; what `matrix` points to lives as long as `matrices`; the
/// kernels are a constant table.
final class QuantisedWeights: @unchecked Sendable {
    let matrix: weft_quantised_matrix
    /// `[outputs]` or nil.
    let bias: UnsafePointer<Float>?
    let kernels: Kernels
    private let source: QuantisedMatrix

    /// How many panels the outputs make.
    var panels: Int { panelCount(matrix.outputs) }

    /// How many bytes the codes and scales take.
    var byteCount: Int { source.byteCount }

    init(_ source: QuantisedMatrix, bias: Tensor?, kernels: Kernels) {
        self.source = source
        self.kernels = kernels
        self.bias = copyBias(bias)
        matrix = weft_quantised_matrix(
            kind: source.kind.kind, outputs: source.outputs, inputs: source.inputs,
            codes: source.codes.assumingMemoryBound(to: UInt8.self),
            scales: source.scales.assumingMemoryBound(to: UInt16.self))
    }

    deinit { bias?.deallocate() }
}
