// Writes .safetensors files of random numbers.

import Foundation

/// Random weights from a seed: matrices of about unit gain, norms of one, small biases, the codebook of its levels.
struct RandomWeights {
    private var state: UInt64
    private let dtype: String

    /// - Parameter dtype: how tensors of two dimensions and more are stored, `F32` or `BF16`
    init(seed: UInt64, dtype: String) {
        state = seed
        self.dtype = dtype
    }

    /// The bytes of a file with these tensors.
    mutating func file(_ tensors: [TensorSpec]) throws -> Data {
        var header: [String] = []
        var data = Data()
        for tensor in tensors {
            // Routers and codebooks stay exact, as in real checkpoints.
            let exact = tensor.shape.count < 2 || tensor.name.contains("router") || tensor.name.contains("quantize")
            let stored = exact ? "F32" : dtype
            let start = data.count
            for value in values(tensor) { append(value, stored, to: &data) }
            header.append(
                "\"\(tensor.name)\":{\"dtype\":\"\(stored)\",\"shape\":\(tensor.shape),"
                    + "\"data_offsets\":[\(start),\(data.count)]}")
        }
        let json = Data("{\(header.joined(separator: ","))}".utf8)
        var length = UInt64(json.count).littleEndian
        return withUnsafeBytes(of: &length) { Data($0) } + json + data
    }

    private func append(_ value: Float, _ dtype: String, to data: inout Data) {
        let bits = value.bitPattern.littleEndian
        if dtype == "BF16" {
            withUnsafeBytes(of: UInt16(bits >> 16).littleEndian) { data.append(contentsOf: $0) }
        } else {
            withUnsafeBytes(of: bits) { data.append(contentsOf: $0) }
        }
    }

    private mutating func values(_ tensor: TensorSpec) -> [Float] {
        let count = tensor.shape.reduce(1, *)
        if tensor.name.contains("quantize") {
            return (0..<count).map { index in
                let (row, dimension) = (index / 3, index % 3)
                let level = row / [16, 4, 1][dimension] % 4
                return Float(2 * level) / 3 - 1
            }
        }
        if tensor.shape.count == 1 {
            let middle: Float = tensor.name.contains("norm") ? 1 : 0
            return (0..<count).map { _ in middle + 0.1 * unit() }
        }
        // Uniform numbers in [-1, 1] have the variance 1/3. Logits are spread widely, so that seeds matter.
        let inputs = tensor.shape.count == 3 ? tensor.shape[2] : tensor.shape.dropFirst().reduce(1, *)
        let gain: Float = tensor.name.contains("embedding") ? 1 : (3 / Float(inputs)).squareRoot()
        return (0..<count).map { _ in gain * unit() }
    }

    /// A number in [-1, 1): SplitMix64.
    private mutating func unit() -> Float {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        z ^= z >> 31
        return Float(z >> 40) / Float(1 << 23) - 1
    }
}
