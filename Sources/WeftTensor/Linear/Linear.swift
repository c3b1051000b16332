// A linear layer over weights of any dtype.

import CKernels

/// `y = x Wᵀ + b`, the weights stored `[outputs, inputs]`, activations and sums in float32.
///
/// A row's bits depend neither on the other rows nor on the threads or the processor. Every output is one chain of fused
/// multiply-adds that starts from the bias and takes the inputs in order. With quantised weights activations are quantised
/// too: dot products of whole numbers are exact, and scaled in one order.
package struct Linear: Sendable {
    private enum Weights: Sendable {
        /// Numbers of 32 or 16 bits, copied into panels.
        case packed(PackedWeights)
        /// 8 or 4 bits, in panels.
        case quantised(QuantisedWeights)
    }

    /// Length of an input row.
    package let inputs: Int
    /// Length of an output row.
    package let outputs: Int
    private let weights: Weights

    /// Bytes that the weights take, packed.
    package var byteCount: Int {
        switch weights {
        case .packed(let weights): weights.byteCount
        case .quantised(let weights): weights.byteCount
        }
    }

    /// Whether the weights, and with them the activations, are quantised.
    package var isQuantised: Bool { if case .quantised = weights { true } else { false } }

    /// Bytes of scratch memory that ``apply(_:rows:to:pool:scratch:)`` takes for a row of a quantised layer.
    package static func scratchSize(inputs: Int) -> Int { weft_quantised_row_size(inputs) }

    /// Takes the weights of a layer: they are packed, and the mapped pages released.
    ///
    /// - Parameters:
    ///   - weight: `[outputs, inputs]`, of any dtype
    ///   - bias: `[outputs]`, of any dtype
    ///   - kernels: what multiplies; all choices give the same bits
    package init(_ weight: Tensor, bias: Tensor? = nil, kernels: Kernels = .best) {
        precondition(weight.shape.count == 2, "\(weight.name): the shape \(weight.shape) is not [outputs, inputs]")
        precondition(bias == nil || bias?.count == weight.shape[0], "\(weight.name): a bias of wrong length")
        outputs = weight.shape[0]
        inputs = weight.shape[1]
        weights = .packed(PackedWeights(weight, bias: bias, kernels: kernels))
    }

    /// Takes quantised weights, which stay where they are.
    ///
    /// - Parameters:
    ///   - matrix: `[outputs, inputs]`
    ///   - bias: `[outputs]`, of any dtype
    ///   - kernels: what multiplies; all choices give the same bits
    package init(_ matrix: QuantisedMatrix, bias: Tensor? = nil, kernels: Kernels = .best) {
        precondition(bias == nil || bias?.count == matrix.outputs, "\(matrix.name): a bias of wrong length")
        outputs = matrix.outputs
        inputs = matrix.inputs
        weights = .quantised(QuantisedWeights(matrix, bias: bias, kernels: kernels))
    }

    /// Computes `rows` output rows, without taking memory if a quantised layer has scratch memory.
    ///
    /// - Parameters:
    ///   - x: `[rows, inputs]`
    ///   - rows: at least 0
    ///   - y: `[rows, outputs]`, must not overlap `x`
    ///   - pool: the threads that share the work
    ///   - scratch: for a quantised layer, `rows` times ``scratchSize(inputs:)`` bytes, aligned to 64, or nil to take
    ///     and give back as many; otherwise not used
    package func apply(
        _ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>, pool: ThreadPool,
        scratch: UnsafeMutableRawPointer? = nil
    ) {
        Linear.apply(x, rows: rows, to: (self, y), pool: pool, scratch: scratch)
    }

    /// A layer and where its output rows `[rows, outputs]` go.
    package typealias Target = (layer: Linear, y: UnsafeMutablePointer<Float>)

    /// Computes the output rows of up to three layers that read the same rows, as ``apply(_:rows:to:pool:scratch:)``
    /// does for one of them: rows are quantised once, and all products share the threads.
    package static func apply(
        _ x: UnsafePointer<Float>, rows: Int, to first: Target, _ second: Target? = nil, _ third: Target? = nil,
        pool: ThreadPool, scratch: UnsafeMutableRawPointer? = nil
    ) {
        let inputs = first.layer.inputs
        precondition(
            second.map { $0.layer.inputs == inputs } ?? true && third.map { $0.layer.inputs == inputs } ?? true)
        guard rows > 0 else { return }
        let kernels = first.layer.quantisedBy ?? second?.layer.quantisedBy ?? third?.layer.quantisedBy
        var codes = scratch
        if let kernels {
            let memory = scratch ?? .allocate(byteCount: max(64, rows * scratchSize(inputs: inputs)), alignment: 64)
            let work = RowQuantisation(kernels: kernels, x: x, inputs: inputs, rows: rows, scratch: memory)
            pool.run(work.pieces, work)
            codes = memory
        }
        let work = LinearProducts(
            first: first.layer.product(x, codes, rows: rows, to: first.y),
            second: second.map { $0.layer.product(x, codes, rows: rows, to: $0.y) },
            third: third.map { $0.layer.product(x, codes, rows: rows, to: $0.y) })
        pool.run(work.pieces, work)
        if kernels != nil, scratch == nil { codes?.deallocate() }
    }

    /// What quantises the rows of a quantised layer.
    private var quantisedBy: Kernels? { if case .quantised(let weights) = weights { weights.kernels } else { nil } }

    /// - Parameter codes: for a quantised layer, what the rows have been quantised into
    private func product(
        _ x: UnsafePointer<Float>, _ codes: UnsafeMutableRawPointer?, rows: Int, to y: UnsafeMutablePointer<Float>
    ) -> LinearProduct {
        switch weights {
        case .packed(let weights): .packed(PackedProduct(weights: weights, x: x, rows: rows, y: y))
        case .quantised(let weights):
            .quantised(QuantisedProduct(weights: weights, scratch: codes!, rows: rows, y: y))
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
