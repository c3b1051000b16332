// Reads PyTorch's checkpoints: `.pt`, `.pth`, `.bin`, `.ckpt`.

/// All tensors of one PyTorch checkpoint in its zip form, mapped; the pickle in it is read, not run.
///
/// The tensors are those of the first of the keys `model`, `module` and `state_dict` whose value is a dictionary with
/// tensors, or those of the checkpoint itself; what stands beside them (options, optimizer) is passed over.
package struct PyTorchFile: TensorFile {
    /// The path the file was opened by.
    package let path: String
    /// All tensors, sorted by name.
    package let entries: [TensorEntry]

    private let mapping: Mapping
    private let places: [Place]
    private let indices: [String: Int]

    /// Where a tensor's elements lie.
    private struct Place {
        let offset: Int  // of the first element, in bytes from the start of the file
        let strides: [Int]  // in elements
    }

    /// Larger than any pickle of a published checkpoint.
    private static let largestPickle = 32 << 20

    private static let sizes = SafeTensorsHeader.sizes

    /// Maps the file and checks its directory, its pickle, and every tensor against its storage.
    ///
    /// Throws ``WeightsError`` that names the file and what is wrong: not PyTorch's zip form, compressed, cut off, a pickle
    /// that asks for anything but tensors and plain data, a tensor outside of its storage.
    package init(path: String) throws {
        self.path = path
        mapping = try Mapping(path: path)
        if mapping.bytes.first == 0x80 {
            throw WeightsError(
                file: path, "is in PyTorch's form before version 1.6; load it in PyTorch and save it again")
        }
        let directory = try ZipDirectory(mapping.bytes, path: path)
        guard let pickle = directory.entries.keys.first(where: { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }) else {
            throw WeightsError(file: path, "has no data.pkl: it is no checkpoint of PyTorch")
        }
        let root = String(pickle.dropLast("data.pkl".count))
        try Self.checkByteOrder(directory.entries[root + "byteorder"], mapping, path)
        guard let range = directory.entries[pickle], range.count <= Self.largestPickle else {
            throw WeightsError(file: path, "the pickle has more than \(Self.largestPickle) bytes")
        }
        var reader = try PickleReader(UnsafeRawBufferPointer(rebasing: mapping.bytes[range]), path: path)
        let top = try reader.read()
        let named = try Self.tensors(of: top, reader, path)
        var found: [(TensorEntry, Place)] = []
        for (name, index) in named {
            let tensor = reader.tensors[index]
            guard let storage = directory.entries["\(root)data/\(tensor.storage.key)"] else {
                throw WeightsError(file: path, tensor: name, "its storage \"\(tensor.storage.key)\" is missing")
            }
            found.append(try Self.checked(name, tensor, storage, path))
        }
        found.sort { $0.0.name < $1.0.name }
        entries = found.map(\.0)
        places = found.map(\.1)
        indices = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
    }

    /// The entry of that name, of any dtype; nil if there is none.
    package func entry(_ name: String) -> TensorEntry? { indices[name].map { entries[$0] } }

    /// The tensor of that name; nil if there is none or its dtype is not a ``DType``. One that does not lie in order is
    /// copied.
    package func tensor(_ name: String) throws -> Tensor? {
        guard let index = indices[name], let dtype = DType(rawValue: entries[index].dtype) else { return nil }
        let (shape, place) = (entries[index].shape, places[index])
        guard !Self.isInOrder(shape, place.strides) else {
            return Tensor(name: name, dtype: dtype, shape: shape, mapping: mapping, offset: place.offset)
        }
        let copy = Mapping(byteCount: entries[index].byteCount) { target in
            var counters = [Int](repeating: 0, count: shape.count)
            for element in 0..<shape.reduce(1, *) {
                let source = zip(counters, place.strides).reduce(0) { $0 + $1.0 * $1.1 } * dtype.size + place.offset
                for byte in 0..<dtype.size { target[element * dtype.size + byte] = mapping.bytes[source + byte] }
                for axis in shape.indices.reversed() {
                    counters[axis] += 1
                    if counters[axis] < shape[axis] { break }
                    counters[axis] = 0
                }
            }
        }
        return Tensor(name: name, dtype: dtype, shape: shape, mapping: copy, offset: 0)
    }

    private static func checkByteOrder(_ range: Range<Int>?, _ mapping: Mapping, _ path: String) throws {
        guard let range, range.count <= 16 else { return }
        let order = String(decoding: mapping.bytes[range], as: UTF8.self)
        guard order == "little" else { throw WeightsError(file: path, "has the byte order \"\(order)\"") }
    }

    /// Names and numbers of the tensors of a checkpoint.
    private static func tensors(
        of top: PickleValue, _ reader: PickleReader, _ path: String
    ) throws -> [String: Int] {
        func tensors(_ value: PickleValue) -> [String: Int] {
            guard case .dictionary(let index) = value else { return [:] }
            var result: [String: Int] = [:]
            for (key, value) in reader.dictionaries[index] {
                if case .string(let name) = key, case .tensor(let tensor) = value { result[name] = tensor }
            }
            return result
        }
        guard case .dictionary(let index) = top else {
            throw WeightsError(file: path, "holds no dictionary of tensors")
        }
        for wrapper in ["model", "module", "state_dict"] {
            for (key, value) in reader.dictionaries[index] {
                guard case .string(wrapper) = key else { continue }
                let inner = tensors(value)
                if !inner.isEmpty { return inner }
            }
        }
        let own = tensors(top)
        guard !own.isEmpty else { throw WeightsError(file: path, "holds no tensors") }
        return own
    }

    /// A tensor whose every element lies in its storage.
    private static func checked(
        _ name: String, _ tensor: PickleReader.Tensor, _ storage: Range<Int>, _ path: String
    ) throws -> (TensorEntry, Place) {
        func error(_ reason: String) -> WeightsError { WeightsError(file: path, tensor: name, reason) }
        guard let dtype = tensor.storage.dtype, let size = sizes[dtype] else {
            throw error("lies in a storage without a type")
        }
        let capacity = storage.count / size
        var count = 1
        var last = tensor.offset
        guard last >= 0 else { throw error("begins before its storage") }
        for (length, stride) in zip(tensor.shape, tensor.strides) {
            guard length >= 0, stride >= 0 else {
                throw error("has the shape \(tensor.shape), strides \(tensor.strides)")
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            let (reach, far) = max(0, length - 1).multipliedReportingOverflow(by: stride)
            let (end, beyond) = last.addingReportingOverflow(reach)
            guard !overflow, !far, !beyond else { throw error("the shape \(tensor.shape) is too large") }
            (count, last) = (product, end)
        }
        guard count == 0 || last < capacity, count <= capacity else {
            throw error(
                "of shape \(tensor.shape), strides \(tensor.strides) and offset \(tensor.offset) does not lie in its "
                    + "storage of \(capacity) elements")
        }
        let entry = TensorEntry(name: name, dtype: dtype, shape: tensor.shape, byteCount: count * size)
        let offset = count == 0 ? storage.lowerBound : storage.lowerBound + tensor.offset * size
        return (entry, Place(offset: offset, strides: tensor.strides))
    }

    private static func isInOrder(_ shape: [Int], _ strides: [Int]) -> Bool {
        var expected = 1
        for (length, stride) in zip(shape, strides).reversed() {
            if length > 1 && stride != expected { return false }
            expected *= max(1, length)
        }
        return true
    }
}
