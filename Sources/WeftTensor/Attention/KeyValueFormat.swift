// The ways in which keys and values lie in memory.

import CKernels

/// How the numbers of keys and values are stored; `rows.h` of the kernels says what they stand for.
package enum KeyValueFormat: Sendable, Hashable, CaseIterable {
    /// Single precision.
    case float32
    /// The upper half of a float32, rounded to the nearest.
    case bfloat16
    /// 8 bits, a float32 scale for the key and for the value of each position and head.
    case q8

    /// Bytes of one number.
    var size: Int {
        switch self {
        case .float32: 4
        case .bfloat16: 2
        case .q8: 1
        }
    }

    var type: weft_cache_type {
        switch self {
        case .float32: weft_cache_f32
        case .bfloat16: weft_cache_bf16
        case .q8: weft_cache_q8
        }
    }
}
