// Tensors of random numbers that are made in memory when they are asked for.

/// Weights without a file: a directory of tensors whose elements a counter decides.
///
/// Matrices are uniform in `[-s, s]` with `s = sqrt(3 / inputs)`, so that products keep about the size of what goes
/// through them; weights and variances of norms are 1, biases and means 0. The same name and shape have the same elements
/// for any number of threads. An element is one of 65536 multiples of `s / 32768`, rounded towards zero in bfloat16.
package struct RandomTensors: TensorFile {
    /// What the directory is called in errors.
    package let path: String
    /// All tensors, sorted by name.
    package let entries: [TensorEntry]
    private let places: [String: Int]
    private let pool: ThreadPool

    /// Makes a directory; of tensors with the same name the first counts.
    ///
    /// - Parameter pool: the threads that share the making of a tensor
    package init(_ name: String, _ tensors: [TensorEntry], pool: ThreadPool) {
        path = "random weights of \(name)"
        self.pool = pool
        var seen: Set<String> = []
        let entries = tensors.filter { seen.insert($0.name).inserted }.sorted { $0.name < $1.name }
        self.entries = entries
        places = Dictionary(uniqueKeysWithValues: zip(entries.map(\.name), entries.indices))
    }

    package func entry(_ name: String) -> TensorEntry? { places[name].map { entries[$0] } }

    package func tensor(_ name: String) -> Tensor? {
        guard let entry = entry(name), let dtype = DType(rawValue: entry.dtype) else { return nil }
        let elements = Elements(entry)
        let piece = 1 << 18
        let count = entry.shape.reduce(1, *)
        let mapping = Mapping(byteCount: count * dtype.size) { bytes in
            guard let start = bytes.baseAddress else { return }
            pool.run((count + piece - 1) / piece) { index in
                let range = index * piece..<min(count, (index + 1) * piece)
                switch dtype {
                case .float32: elements.write(range, to: start.assumingMemoryBound(to: Float.self)) { $0 }
                case .bfloat16:
                    elements.write(range, to: start.assumingMemoryBound(to: UInt16.self)) {
                        UInt16($0.bitPattern >> 16).littleEndian
                    }
                case .float16:
                    elements.write(range, to: start.assumingMemoryBound(to: UInt16.self)) {
                        halfFromFloat($0).littleEndian
                    }
                }
            }
        }
        return Tensor(name: name, dtype: dtype, shape: entry.shape, mapping: mapping, offset: 0)
    }

    /// The elements of one tensor.
    private struct Elements {
        private let key: UInt64
        /// What all of them are; nil if they are random.
        private let constant: Float?
        private let step: Float

        init(_ entry: TensorEntry) {
            // FNV-1a of the name.
            key = entry.name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
            let isNorm = entry.name.contains("norm")
            let isOne = entry.name.hasSuffix(".weight") || entry.name.hasSuffix(".running_var")
            // The convolutions of spatial norms have `norm` in their names too, but are convolutions.
            let isVector = entry.shape.count == 1 || isNorm && entry.shape.count == 2
            constant = isVector ? (isOne ? 1 : 0) : nil
            let inputs = entry.shape.dropFirst().reduce(1, *)
            step = (3 / Float(max(1, inputs))).squareRoot() / 32768
        }

        /// Writes a range of the elements, four out of a number of 64 bits; it begins at a multiple of 4.
        func write<Element>(
            _ range: Range<Int>, to target: UnsafeMutablePointer<Element>, _ convert: (Float) -> Element
        ) {
            if let constant {
                (target + range.lowerBound).initialize(repeating: convert(constant), count: range.count)
                return
            }
            for start in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
                var bits = mixed(key &+ UInt64(start) &* 0x9e37_79b9_7f4a_7c15)
                for index in start..<min(start + 4, range.upperBound) {
                    (target + index).initialize(to: convert(Float(Int16(truncatingIfNeeded: bits)) * step))
                    bits >>= 16
                }
            }
        }

        /// The finisher of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
        private func mixed(_ value: UInt64) -> UInt64 {
            var z = value
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
    }
}

extension TensorEntry {
    /// Describes a tensor of a network: of several dimensions in `matrices`, of one in float32.
    package init(_ name: String, _ shape: [Int], matrices: DType) {
        let dtype = shape.count > 1 ? matrices : .float32
        self.init(name: name, dtype: dtype.rawValue, shape: shape, byteCount: shape.reduce(dtype.size, *))
    }
}
