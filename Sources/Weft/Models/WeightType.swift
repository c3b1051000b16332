// The types that weights are stored in, in files and in memory.

import WeftTensor

/// The type that weights are stored in.
public enum WeightType: String, Sendable, CaseIterable, Codable {
    /// 8 bits, a scale for every 128 inputs of an output; activations become 8 bits too.
    case q8
    /// 4 bits, a scale for every 32 inputs of an output; activations become 8 bits.
    case q4
    /// The upper half of a float32.
    case bf16
    /// IEEE half precision.
    case f16
    /// Single precision.
    case f32

    var format: WeightFormat {
        switch self {
        case .q8: .quantised(.q8)
        case .q4: .quantised(.q4)
        case .bf16: .plain(.bfloat16)
        case .f16: .plain(.float16)
        case .f32: .plain(.float32)
        }
    }

    /// In what numbers an image decoder multiplies where this type is asked for; nil for what fits its own weights.
    var arithmetic: ConvolutionArithmetic? {
        switch self {
        case .q8, .q4: nil
        case .bf16, .f16: .bfloat16
        case .f32: .float32
        }
    }
}
