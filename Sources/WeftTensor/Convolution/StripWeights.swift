// The weights of convolutions in bfloat16, as the kernels read them.

import CKernels

/// Weights in panels of 16 outputs, in memory of their own, with the bias.
///
/// `@unchecked Sendable`: the memory is filled before `init` returns and only read afterwards; the kernels are a
/// constant table.
final class StripWeights: @unchecked Sendable {
    let packed: UnsafePointer<UInt16>
    let outputs: Int
    /// `[outputs]` or nil.
    let bias: UnsafePointer<Float>?
    let kernels: Kernels

    /// How many panels the outputs make.
    var panels: Int { panelCount(outputs) }

    /// How many panels of so many values are multiplied at a time: their weights stay in the second cache.
    func panelsAtATime(values: Int) -> Int { min(panels, max(2, (1 << 19) / values / 2 * 2)) }

    /// Rounds the weights `[outputs, inputs, kernel, kernel]`, or their points if they are multiplied by tiles of a picture
    /// that is enlarged so many times, and gives the pages that they were mapped from back to the system.
    init(_ weight: Tensor, bias: Tensor?, tilesEnlarged upsampling: Int? = nil, kernels: Kernels) {
        let (outputs, inputs, kernel) = (weight.shape[0], weight.shape[1], weight.shape[2])
        let size =
            upsampling.map { weft_winograd_packed_size(outputs, inputs, $0) }
            ?? weft_strip_packed_size(outputs, inputs, kernel)
        let memory = UnsafeMutableRawPointer.allocateLarge(byteCount: max(64, size))
            .bindMemory(to: UInt16.self, capacity: size / 2)
        let dtype = weight.dtype.weights
        weight.withBytes {
            if let upsampling {
                weft_winograd_pack(dtype, $0.baseAddress, outputs, inputs, upsampling, memory)
            } else {
                weft_strip_pack(dtype, $0.baseAddress, outputs, inputs, kernel, memory)
            }
        }
        weight.releasePages()
        packed = UnsafePointer(memory)
        self.outputs = outputs
        self.bias = copyBias(bias)
        self.kernels = kernels
    }

    deinit {
        packed.deallocate()
        bias?.deallocate()
    }
}
