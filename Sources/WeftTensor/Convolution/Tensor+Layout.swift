// The weight layout of channels-last convolutions.

extension Tensor {
    /// The weights of a convolution, `[outputs, inputs, kernel, kernel]`, as the matrix `[outputs, kernel * kernel * inputs]`
    /// that multiplies channels-last patches, in the same dtype.
    ///
    /// A copy in memory of its own, whose source pages go back to the system; for kernel 1 the same bytes.
    package func convolutionMatrix() -> Tensor {
        precondition(shape.count == 4 && shape[2] == shape[3], "\(name): \(shape) is not [outputs, inputs, k, k]")
        let (outputs, inputs, taps) = (shape[0], shape[1], shape[2] * shape[3])
        let matrixShape = [outputs, taps * inputs]
        if taps == 1 { return reshaped(matrixShape) }
        // Memory is made of floats whatever the dtype; its bytes are what counts.
        var memory = [Float](repeating: 0, count: (count * dtype.size + 3) / 4)
        memory.withUnsafeMutableBytes { target in
            withBytes { source in
                switch dtype {
                case .float32: copyTaps(UInt32.self, source, target, outputs: outputs, inputs: inputs, taps: taps)
                case .bfloat16, .float16:
                    copyTaps(UInt16.self, source, target, outputs: outputs, inputs: inputs, taps: taps)
                }
            }
        }
        releasePages()
        return Tensor(name: name, dtype: dtype, shape: matrixShape, mapping: Mapping(floats: memory), offset: 0)
    }
}

/// Transposes `[outputs, inputs, taps]` to `[outputs, taps, inputs]`.
private func copyTaps<Element: FixedWidthInteger>(
    _ element: Element.Type, _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer,
    outputs: Int, inputs: Int, taps: Int
) {
    let size = MemoryLayout<Element>.size
    for output in 0..<outputs {
        for input in 0..<inputs {
            for tap in 0..<taps {
                let from = ((output * inputs + input) * taps + tap) * size
                let to = ((output * taps + tap) * inputs + input) * size
                let value = source.loadUnaligned(fromByteOffset: from, as: element)
                target.storeBytes(of: value, toByteOffset: to, as: element)
            }
        }
    }
}
