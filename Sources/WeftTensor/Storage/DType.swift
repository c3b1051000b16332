// The element types that weights may have.

/// The type of a tensor's elements, by its name in safetensors files.
package enum DType: String, Sendable, CaseIterable {
    /// IEEE single precision.
    case float32 = "F32"
    /// The upper half of a float32: 8 bits of exponent, 7 of fraction.
    case bfloat16 = "BF16"
    /// IEEE half precision.
    case float16 = "F16"

    /// Bytes of one element.
    package var size: Int { self == .float32 ? 4 : 2 }
}
