// Random decoders that are large enough for their work to be cut into pieces.

import Foundation
import WeftModel
import WeftTensor

/// Makes decoders of random weights, by way of a file.
enum RandomDecoder {
    /// Dense and mixture layers whose work is shared between threads.
    static func configuration(expertWidth: Int = 64, topK: Int = 2) throws -> DecoderConfiguration {
        try DecoderConfiguration(
            hiddenSize: 128, layers: 2, heads: 8, kvHeads: 2, headDim: 20, rmsNormEpsilon: 1e-6, qkNorm: .rms,
            attentionBias: true, rope: .init(kind: .grid, theta: 100, pairs: .half, prefix: .negative),
            feedForward: .init(activation: .silu, hiddenSize: 200),
            moe: .init(
                layers: [1], experts: 6, topK: topK, hiddenSize: expertWidth, router: .softmax, renormalize: true,
                sharedExperts: 1, sharedHiddenSize: 48),
            textVocabulary: 40, visualVocabulary: 300)
    }

    /// - Parameters:
    ///   - zero: a part of the names of tensors that are all zeros.
    ///   - format: how the layers' matrices lie in memory.
    static func make(
        _ c: DecoderConfiguration, zero: String? = nil, format: WeightFormat? = nil
    ) throws -> WeftModel.Decoder {
        let (d, dim) = (c.hiddenSize, c.headDim)
        var tensors: [(String, [Int])] = [
            ("text_embedding.weight", [c.textVocabulary, d]), ("visual_embedding.weight", [c.visualVocabulary, d]),
            ("norm.weight", [d]), ("head.weight", [c.visualVocabulary, d]),
        ]
        for layer in 0..<c.layers {
            let p = "layers.\(layer)."
            tensors += [(p + "attention_norm.weight", [d]), (p + "feed_forward_norm.weight", [d])]
            for (name, heads) in [("query", c.heads), ("key", c.kvHeads), ("value", c.kvHeads)] {
                tensors += [(p + "attention.\(name).weight", [heads * dim, d])]
                tensors += [(p + "attention.\(name).bias", [heads * dim])]
            }
            tensors += [(p + "attention.output.weight", [d, c.heads * dim]), (p + "attention.output.bias", [d])]
            tensors += [(p + "attention.query_norm.weight", [dim]), (p + "attention.key_norm.weight", [dim])]
            var dense = (p + "feed_forward.", c.feedForward.hiddenSize)
            if let moe = c.moe, c.isMixture(layer) {
                tensors += [(p + "moe.router.weight", [moe.experts, d])]
                tensors += [(p + "moe.experts.gate_up.weight", [moe.experts, 2 * moe.hiddenSize, d])]
                tensors += [(p + "moe.experts.down.weight", [moe.experts, d, moe.hiddenSize])]
                dense = (p + "moe.shared.", moe.sharedHiddenSize)
            }
            tensors += [(dense.0 + "gate.weight", [dense.1, d]), (dense.0 + "up.weight", [dense.1, d])]
            tensors += [(dense.0 + "down.weight", [d, dense.1])]
        }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("decoder-\(UUID()).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write(tensors, zero: zero, to: path)
        let reader = TensorReader([try SafeTensors(path: path)], format: format)
        let decoder = try WeftModel.Decoder(c, tensors: reader)
        try reader.finish()
        return decoder
    }

    private static func write(_ tensors: [(name: String, shape: [Int])], zero: String?, to path: String) throws {
        var header: [String: [String: Any]] = [:]
        var values: [Float] = []
        var state: UInt64 = 12345
        for tensor in tensors {
            let count = tensor.shape.reduce(1, *)
            header[tensor.name] = [
                "dtype": "F32", "shape": tensor.shape, "data_offsets": [values.count * 4, (values.count + count) * 4],
            ]
            // Embeddings of unit size, matrices that keep the size of a row.
            let isTable = tensor.name.contains("embedding") || tensor.shape.count == 1
            var scale = isTable ? 1 : Float(3 / Double(tensor.shape[tensor.shape.count - 1])).squareRoot()
            if let zero, tensor.name.contains(zero) { scale = 0 }
            for _ in 0..<count {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                values.append((Float(state >> 40) * 0x1p-23 - 1) * scale)
            }
        }
        let json = try JSONSerialization.data(withJSONObject: header)
        var data = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) }
        data.append(json)
        data.append(values.withUnsafeBytes { Data($0) })
        try data.write(to: URL(fileURLWithPath: path))
    }
}
