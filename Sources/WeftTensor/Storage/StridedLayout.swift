// Where the elements of a tensor lie when they need not follow each other in order.

/// A checked shape and strides over bytes.
struct StridedLayout {
    /// The dimensions, each at least 0.
    let shape: [Int]
    /// The first element, in bytes.
    let offset: Int
    /// Whether the elements follow each other in row-major order.
    let isContiguous: Bool
    private let elementSize: Int
    /// In elements; 0 for dimensions of one element.
    private let strides: [Int]

    /// How many bytes the elements take in order.
    var byteCount: Int { shape.reduce(elementSize, *) }

    /// Nil if an element lies outside of `bytes`, or if there are more elements than fit them.
    ///
    /// - Parameters:
    ///   - strides: in elements, at least 0, as many as `shape` has dimensions
    ///   - offset: in elements from the start of `bytes`, at least 0
    init?(shape: [Int], strides: [Int], offset: Int, elementSize: Int, in bytes: Range<Int>) {
        guard let byteCount = tensorByteCount(shape, elementSize: elementSize), byteCount <= bytes.count,
            offset <= bytes.count / elementSize
        else { return nil }
        self.shape = shape
        self.strides = zip(shape, strides).map { $0 > 1 ? $1 : 0 }
        self.offset = bytes.lowerBound + offset * elementSize
        self.elementSize = elementSize
        guard byteCount > 0 else {
            isContiguous = true
            return
        }
        var last = offset
        for (dimension, stride) in zip(shape, self.strides) {
            let (step, overflow) = (dimension - 1).multipliedReportingOverflow(by: stride)
            guard !overflow, step < bytes.count, last < bytes.count else { return nil }
            last += step
        }
        guard last < bytes.count / elementSize else { return nil }
        var (expected, inOrder) = (1, true)
        for (dimension, stride) in zip(shape, self.strides).reversed() where dimension > 1 {
            if stride != expected { inOrder = false }
            expected *= dimension
        }
        isContiguous = inOrder
    }

    /// Copies the elements into row-major order; `source` is what `bytes` was a range of.
    func copy(_ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) {
        switch elementSize {
        case 1: copy(UInt8.self, source, target)
        case 2: copy(UInt16.self, source, target)
        case 4: copy(UInt32.self, source, target)
        default: copy(UInt64.self, source, target)
        }
    }

    private func copy<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type, _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer
    ) {
        guard let inner = shape.last, let innerStride = strides.last, byteCount > 0 else { return }
        var index = [Int](repeating: 0, count: shape.count)
        var (position, written) = (0, 0)
        while written < byteCount {
            for element in 0..<inner {
                let place = offset + (position + element * innerStride) * elementSize
                target.storeBytes(
                    of: source.loadUnaligned(fromByteOffset: place, as: T.self), toByteOffset: written, as: T.self)
                written += elementSize
            }
            for axis in shape.indices.dropLast().reversed() {
                index[axis] += 1
                position += strides[axis]
                if index[axis] < shape[axis] { break }
                position -= strides[axis] * shape[axis]
                index[axis] = 0
            }
        }
    }
}
