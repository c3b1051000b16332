// How much memory a step reads.

import WeftTensor

extension Decoder {
    /// Bytes of the weights that one pass of visual tokens reads once: all layers, norms excepted, and the head.
    ///
    /// - Parameter loads: how many tokens each expert had, as ``DecoderState/expertLoads``; experts without any are not
    ///   read
    package func weightBytes(loads: [[Int]]) -> Int {
        var bytes = 0
        for (layer, loads) in zip(layers, loads) {
            let attention = layer.attention
            bytes += [attention.query, attention.key, attention.value, attention.output].reduce(0) { $0 + $1.byteCount }
            switch layer.block {
            case .dense(let dense): bytes += dense.byteCount
            case .mixture(let mixture):
                bytes += mixture.router.byteCount + (mixture.shared?.byteCount ?? 0)
                for (expert, load) in zip(mixture.experts, loads) where load > 0 { bytes += expert.byteCount }
            }
        }
        if case .projected(let projector) = visualEmbedding {
            bytes += projector.first.byteCount + projector.second.byteCount
        }
        switch head {
        case .linear(let head): bytes += head.byteCount
        case .projected(let projector, let head): bytes += projector.byteCount + head.byteCount
        }
        return bytes
    }
}

extension GatedFeedForward {
    /// Bytes of its three matrices.
    fileprivate var byteCount: Int { gate.byteCount + up.byteCount + down.byteCount }
}
