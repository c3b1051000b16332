// Reads single rows of a stored table, such as the embedding of one token.

extension Tensor {
    /// Converts one row of a table `[rows, size]` to float32, without touching the others and without taking memory.
    package func copyRow(_ row: Int, to y: UnsafeMutablePointer<Float>) {
        precondition(shape.count == 2 && row >= 0 && row < shape[0], "\(name): row \(row) of \(shape)")
        let size = shape[1]
        withBytes { bytes in
            let start = row * size * dtype.size
            switch dtype {
            case .float32:
                for index in 0..<size {
                    let bits = bytes.loadUnaligned(fromByteOffset: start + index * 4, as: UInt32.self)
                    y[index] = Float(bitPattern: UInt32(littleEndian: bits))
                }
            case .bfloat16:
                for index in 0..<size {
                    let bits = bytes.loadUnaligned(fromByteOffset: start + index * 2, as: UInt16.self)
                    y[index] = Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16)
                }
            case .float16:
                for index in 0..<size {
                    let bits = bytes.loadUnaligned(fromByteOffset: start + index * 2, as: UInt16.self)
                    y[index] = floatFromHalf(UInt16(littleEndian: bits))
                }
            }
        }
    }
}
