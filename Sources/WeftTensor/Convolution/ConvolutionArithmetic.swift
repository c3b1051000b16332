// In what numbers convolutions multiply.

import CKernels

/// In what numbers a convolution multiplies a picture by its weights; sums are float32 in any case.
package enum ConvolutionArithmetic: Sendable, CaseIterable {
    /// The picture in float32, the weights as they are stored.
    case float32
    /// Both rounded to bfloat16.
    case bfloat16
}

extension DType {
    /// The dtype as the kernels call it.
    var weights: weft_dtype {
        switch self {
        case .float32: weft_f32
        case .bfloat16: weft_bf16
        case .float16: weft_f16
        }
    }
}
