// The activations of feed-forward layers.

import CKernels

/// What a gated feed-forward layer does with its gate before it multiplies by `up`: https://arxiv.org/abs/2002.05202
package enum GatedActivation: String, Sendable, Codable, CaseIterable {
    /// `x / (1 + exp(-x))` (SwiGLU).
    case silu
    /// `x (1 + erf(x / √2)) / 2` (GeGLU), to an absolute error of about 1e-7 |x|.
    case gelu
    /// `x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2`.
    case geluTanh = "gelu_tanh"

    /// Writes `activation(gate) * up`, all three `[count]`; `y` may be `gate` or start before it in the same memory. All
    /// `kernels` give the same bits.
    package func apply(
        gate: UnsafePointer<Float>, up: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, count: Int,
        kernels: Kernels = .best
    ) {
        weft_gate(kernels.table, function, gate, up, y, count)
    }

    /// Writes `activation(x)` over `x`, `[count]`, for layers that have no `up`.
    package func apply(_ x: UnsafeMutablePointer<Float>, count: Int, kernels: Kernels = .best) {
        weft_gate(kernels.table, function, x, nil, x, count)
    }

    private var function: weft_activation {
        switch self {
        case .silu: weft_silu
        case .gelu: weft_gelu
        case .geluTanh: weft_gelu_tanh
        }
    }
}
