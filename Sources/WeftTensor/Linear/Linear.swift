// A linear layer over weights of any dtype.

import CKernels

/// `y = x Wᵀ + b`, the weights stored `[outputs, inputs]`, activations and sums in float32.
///
/// A row's bits depend neither on the other rows nor on the threads. With weights of 16 bits they do not depend on the
/// processor either: every output is one chain of fused multiply-adds that starts from the bias and takes the inputs
/// in order. Float32 weights are multiplied by OpenBLAS, whose order of additions is that of the processor.
package struct Linear: Sendable {
    private enum Weights: Sendable {
        /// Float32, left where they are.
        case mapped(MappedWeights)
        /// 16 bits, copied into panels.
        case packed(PackedWeights)
    }

    /// Length of an input row.
    package let inputs: Int
    /// Length of an output row.
    package let outputs: Int
    private let weights: Weights

    /// Bytes that the weights take: of the mapped file if they are float32, else of memory, packed.
    package var byteCount: Int {
        switch weights {
        case .mapped: outputs * inputs * MemoryLayout<Float>.size
        case .packed(let weights): weights.byteCount
        }
    }

    /// Takes the weights of a layer: float32 stays in its file, 16 bits are packed and the mapped pages released.
    ///
    /// - Parameters:
    ///   - weight: `[outputs, inputs]`, of any dtype
    ///   - bias: `[outputs]`, of any dtype
    ///   - kernels: what multiplies weights of 16 bits; all choices give the same bits
    package init(_ weight: Tensor, bias: Tensor? = nil, kernels: Kernels = .best) {
        precondition(weight.shape.count == 2, "\(weight.name): the shape \(weight.shape) is not [outputs, inputs]")
        precondition(bias == nil || bias?.count == weight.shape[0], "\(weight.name): a bias of wrong length")
        outputs = weight.shape[0]
        inputs = weight.shape[1]
        weights =
            switch weight.dtype {
            case .float32: .mapped(MappedWeights(weight, bias: bias))
            case .bfloat16: .packed(PackedWeights(weight, as: weft_bf16, bias: bias, kernels: kernels))
            case .float16: .packed(PackedWeights(weight, as: weft_f16, bias: bias, kernels: kernels))
            }
    }

    /// Computes `rows` output rows, without taking memory.
    ///
    /// - Parameters:
    ///   - x: `[rows, inputs]`
    ///   - rows: at least 0
    ///   - y: `[rows, outputs]`, must not overlap `x`
    ///   - pool: the threads that share the work
    package func apply(
        _ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) {
        guard rows > 0, outputs > 0 else { return }
        switch weights {
        case .mapped(let weights):
            let work = MappedProduct(weights: weights, x: x, rows: rows, y: y)
            pool.run(work.pieces, work)
        case .packed(let weights):
            let work = PackedProduct(weights: weights, x: x, rows: rows, y: y)
            pool.run(work.pieces, work)
        }
    }
}

/// The values of a bias in memory of their own, to be deallocated by the caller.
func copyBias(_ bias: Tensor?) -> UnsafePointer<Float>? {
    guard let bias else { return nil }
    let copy = UnsafeMutableBufferPointer<Float>.allocate(capacity: max(1, bias.count))
    _ = copy.initialize(from: bias.floats())
    return UnsafePointer(copy.baseAddress!)
}
