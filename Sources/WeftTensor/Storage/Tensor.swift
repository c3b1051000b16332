// An immutable tensor: a shape over bytes that lie in a mapped file or in memory.

/// A tensor that lies in a mapped file, which it keeps mapped, or in memory of its own; immutable.
///
/// Elements are in row-major order, little endian, and need not be aligned.
package struct Tensor: Sendable {
    /// Its name in the file it came from; slices keep it.
    package let name: String
    /// The type of its elements.
    package let dtype: DType
    /// Its dimensions, each at least 0.
    package let shape: [Int]
    private let mapping: Mapping
    private let offset: Int

    /// How many elements it has.
    package var count: Int { shape.reduce(1, *) }
    private var range: Range<Int> { offset..<offset + count * dtype.size }

    /// `offset` and the shape must have been checked against the size of the mapping.
    init(name: String, dtype: DType, shape: [Int], mapping: Mapping, offset: Int) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
        self.mapping = mapping
        self.offset = offset
    }

    /// Makes a float32 tensor in memory of its own, for tests and for weights that are computed.
    package init(name: String, shape: [Int], floats: [Float]) {
        precondition(shape.reduce(1, *) == floats.count, "\(name): \(floats.count) values for the shape \(shape)")
        self.init(name: name, dtype: .float32, shape: shape, mapping: Mapping(floats: floats), offset: 0)
    }

    /// Calls `body` with the bytes of the elements, valid during the call only.
    package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try withExtendedLifetime(mapping) { try body(UnsafeRawBufferPointer(rebasing: mapping.bytes[range])) }
    }

    /// A copy of the elements as float32, which is exact for every dtype.
    package func floats() -> [Float] {
        withBytes { bytes in
            [Float](unsafeUninitializedCapacity: count) { result, initialized in
                for index in 0..<count {
                    switch dtype {
                    case .float32:
                        result[index] = Float(bitPattern: load(UInt32.self, index, bytes))
                    case .bfloat16:
                        result[index] = Float(bitPattern: UInt32(load(UInt16.self, index, bytes)) << 16)
                    case .float16:
                        result[index] = floatFromHalf(load(UInt16.self, index, bytes))
                    }
                }
                initialized = count
            }
        }
    }

    /// A slice of the first dimension, without a copy.
    package func rows(_ range: Range<Int>) -> Tensor {
        precondition(!shape.isEmpty && range.lowerBound >= 0 && range.upperBound <= shape[0])
        let rowSize = shape.dropFirst().reduce(dtype.size, *)
        return Tensor(
            name: name, dtype: dtype, shape: [range.count] + shape.dropFirst(), mapping: mapping,
            offset: offset + range.lowerBound * rowSize)
    }

    /// The same elements in another shape of equal count, without a copy.
    package func reshaped(_ shape: [Int]) -> Tensor {
        precondition(shape.reduce(1, *) == count, "\(name): \(self.shape) cannot be reshaped to \(shape)")
        return Tensor(name: name, dtype: dtype, shape: shape, mapping: mapping, offset: offset)
    }

    /// The last element of dimension 2 of `[a, b, c, d, e]`, as a copy `[a, b, d, e]` in the same dtype.
    package func lastTap() -> Tensor {
        precondition(shape.count == 5 && shape[2] > 0, "\(name): \(shape) has no dimension of time")
        let (taps, plane) = (shape[2], shape[3] * shape[4] * dtype.size)
        let copy = withBytes { bytes in
            Mapping(byteCount: shape[0] * shape[1] * plane) { target in
                for index in 0..<shape[0] * shape[1] {
                    let source = bytes[((index + 1) * taps - 1) * plane..<(index + 1) * taps * plane]
                    UnsafeMutableRawBufferPointer(rebasing: target[index * plane..<(index + 1) * plane])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: source))
                }
            }
        }
        return Tensor(
            name: name, dtype: dtype, shape: [shape[0], shape[1], shape[3], shape[4]], mapping: copy, offset: 0)
    }

    /// Gives the pages of a mapped file back to the system after the elements were copied elsewhere.
    ///
    /// The elements stay readable: they are read from the file again. Does nothing for tensors in memory.
    package func releasePages() { mapping.release(range) }
}

private func load<T: FixedWidthInteger>(_ type: T.Type, _ index: Int, _ bytes: UnsafeRawBufferPointer) -> T {
    T(littleEndian: bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self))
}

/// The value of IEEE half-precision bits, signalling NaNs made quiet.
func floatFromHalf(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 31
    let fraction = UInt32(bits & 0x3ff)
    switch (exponent, fraction) {
    case (0, _):
        let magnitude = Float(fraction) * 0x1p-24
        return sign == 0 ? magnitude : -magnitude
    case (31, 0): return Float(bitPattern: sign | 0x7f80_0000)
    case (31, _): return Float(bitPattern: sign | 0x7fc0_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
}
