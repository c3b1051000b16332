// The types that keys and values are stored in while pictures are drawn.

import WeftModel
import WeftTensor

/// The type that keys and values are stored in.
public enum CacheType: String, Sendable, CaseIterable, Codable {
    /// Single precision.
    case f32
    /// The upper half of a float32.
    case bf16
    /// 8 bits, a float32 scale for the key and for the value of each token, layer and head.
    case q8

    var format: KeyValueFormat {
        switch self {
        case .f32: .float32
        case .bf16: .bfloat16
        case .q8: .q8
        }
    }
}

extension ModelDescription {
    /// The type that keys and values are stored in: ``cache``, or else float32 beside float32 weights, bfloat16 beside all
    /// others.
    public var cacheType: CacheType {
        if let cache { return cache }
        return checkpoint.transformer?.isFloat32(as: weights?.format) == true ? .f32 : .bf16
    }
}
