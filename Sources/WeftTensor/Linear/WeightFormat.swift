// The ways in which the weights of linear layers lie in memory.

import CKernels

/// How the weights of a linear layer are stored.
package enum WeightFormat: Sendable, Hashable {
    /// As numbers of their own.
    case plain(DType)
    /// As small whole numbers with a scale for each group.
    case quantised(Quantisation)

    /// Bytes of a matrix.
    package func byteCount(outputs: Int, inputs: Int) -> Int {
        switch self {
        case .plain(let dtype): outputs * inputs * dtype.size
        case .quantised(let kind): kind.panelBytes(inputs: inputs) * panelCount(outputs)
        }
    }
}

/// Weights of 8 or 4 bits; `quantised.h` of the kernels says what they stand for and how they are laid out.
package enum Quantisation: String, Sendable, CaseIterable {
    /// 8 bits, a scale for 128 inputs of an output.
    case q8
    /// 4 bits, a scale for 32 inputs of an output.
    case q4

    /// What tensors of this kind call their dtype.
    package var dtype: String { rawValue.uppercased() }

    var kind: weft_quantisation { self == .q8 ? weft_q8 : weft_q4 }

    /// Bytes of the codes of 16 outputs.
    func panelCodes(inputs: Int) -> Int { weft_panel_codes(kind, inputs) }

    /// Bytes of the scales of 16 outputs.
    func panelScales(inputs: Int) -> Int { weft_panel_scales(kind, inputs) * MemoryLayout<UInt16>.size }

    func panelBytes(inputs: Int) -> Int { panelCodes(inputs: inputs) + panelScales(inputs: inputs) }
}

/// How many outputs a panel holds.
let panelSize = 16

/// How many panels that many outputs make.
func panelCount(_ outputs: Int) -> Int { (outputs + panelSize - 1) / panelSize }
