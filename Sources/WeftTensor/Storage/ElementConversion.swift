// Converts elements between the dtypes of weights, rounding to nearest, ties to even.

/// Converts tensors to another dtype, a piece at a time.
struct ElementConversion {
    private static let pieceCount = 1 << 18

    private let source: DType
    private let target: DType

    init(from source: DType, to target: DType) {
        self.source = source
        self.target = target
    }

    /// Calls `body` with the bytes of one piece after another, or with nil for one with a finite number that is
    /// infinite in the target.
    func convert(_ tensor: Tensor, _ body: (UnsafeRawBufferPointer?) throws -> Void) throws {
        let flat = tensor.reshaped([tensor.count])
        for start in stride(from: 0, to: tensor.count, by: Self.pieceCount) {
            let piece = flat.rows(start..<min(tensor.count, start + Self.pieceCount))
            if source == target {
                try piece.withBytes { try body($0) }
                continue
            }
            let floats = piece.floats()
            switch target {
            case .float32: try floats.withUnsafeBytes { try body($0) }
            case .bfloat16: try narrow(floats, infinity: 0x7f80, bfloat16FromFloat, body)
            case .float16: try narrow(floats, infinity: 0x7c00, halfFromFloat, body)
            }
        }
    }

    private func narrow(
        _ floats: [Float], infinity: UInt16, _ round: (Float) -> UInt16,
        _ body: (UnsafeRawBufferPointer?) throws -> Void
    ) throws {
        var isExact = true
        let result = floats.map { value in
            let bits = round(value)
            if bits & 0x7fff == infinity && value.isFinite { isExact = false }
            return bits.littleEndian
        }
        try result.withUnsafeBytes { try body(isExact ? $0 : nil) }
    }
}

extension Tensor {
    /// The tensor in another dtype, in memory of its own, the pages of a mapped one released; itself if it has that dtype,
    /// and nil if a finite number is infinite in it.
    func converted(to target: DType) -> Tensor? {
        if dtype == target { return self }
        var isExact = true
        let mapping = Mapping(byteCount: count * target.size) { memory in
            var offset = 0
            try? ElementConversion(from: dtype, to: target).convert(self) { piece in
                guard let piece else {
                    isExact = false
                    throw CancellationError()
                }
                UnsafeMutableRawBufferPointer(rebasing: memory[offset..<offset + piece.count]).copyMemory(from: piece)
                offset += piece.count
            }
        }
        releasePages()
        return isExact ? Tensor(name: name, dtype: target, shape: shape, mapping: mapping, offset: 0) : nil
    }
}

/// The bits of the nearest bfloat16; NaNs stay NaNs and are quiet.
func bfloat16FromFloat(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(bits >> 16) | 0x40 }
    return UInt16((bits + 0x7fff + (bits >> 16 & 1)) >> 16)
}

/// The bits of the nearest IEEE half; NaNs stay NaNs and are quiet.
func halfFromFloat(_ value: Float) -> UInt16 {
    let sign = UInt16(value.bitPattern >> 16) & 0x8000
    let magnitude = value.bitPattern & 0x7fff_ffff
    switch magnitude {
    case 0..<0x3880_0000:  // below 2^-14 a half is a multiple of 2^-24
        return sign | UInt16((value.magnitude * 0x1p24).rounded(.toNearestOrEven))
    case 0x3880_0000..<0x4780_0000:
        return sign | UInt16((magnitude - 0x3800_0000 + 0xfff + (magnitude >> 13 & 1)) >> 13)
    case 0x4780_0000...0x7f80_0000: return sign | 0x7c00
    default: return sign | 0x7e00 | UInt16(magnitude >> 13 & 0x1ff)
    }
}
