// Finds the state dictionary of a PyTorch checkpoint and checks its tensors.

import Foundation

/// The tensors of a checkpoint's state dictionary.
struct PyTorchState {
    /// One tensor.
    struct Entry {
        let name: String
        let dtype: String
        let layout: StridedLayout
    }

    /// Sorted by name.
    private(set) var tensors: [Entry] = []
    /// Where each name stands in `tensors`.
    private(set) var indices: [String: Int] = [:]

    /// The keys under which training scripts put the state dictionary, in the order in which they are tried.
    static let wrappers = ["model", "module", "state_dict"]
    private static let deepestWrapper = 3

    /// Reads the bytes of the whole file.
    init(_ file: UnsafeRawBufferPointer, path: String) throws {
        if PyTorchFile.isOldFormat(file) {
            throw WeightsError(
                file: path,
                "is in PyTorch's old format; save it again with torch.save(torch.load(FILE), FILE) of PyTorch 1.6 or later"
            )
        }
        guard PyTorchFile.isZip(file) else { throw WeightsError(file: path, "is not a PyTorch checkpoint") }
        let zip = try ZipDirectory(file, path: path)
        let roots = zip.entries.keys.filter { $0.hasSuffix("/data.pkl") && $0.split(separator: "/").count == 2 }
        guard roots.count == 1, let pickleName = roots.first, let pickle = zip.entries[pickleName] else {
            throw WeightsError(
                file: path, "is a zip file, but not a PyTorch checkpoint: it has \(roots.count) data.pkl")
        }
        let root = pickleName.dropLast("data.pkl".count)
        if let order = zip.entries[root + "byteorder"], !file[order].elementsEqual("little".utf8) {
            throw WeightsError(file: path, "its byte order is not little-endian")
        }
        var machine = PickleMachine(UnsafeRawBufferPointer(rebasing: file[pickle]), path: path)
        let top = try machine.run()
        guard case .dictionary(let outer) = top, let state = Self.stateDictionary(outer, machine, depth: 0) else {
            let places = Self.wrappers.map { "\"\($0)\"" }.joined(separator: ", ")
            throw WeightsError(file: path, "has no tensors in a dictionary at the top or under \(places)")
        }
        let checker = LayoutChecker(machine: machine, zip: zip, root: String(root), path: path)
        try machine.heap.forEachPair(state) { key, value in
            guard case .tensor(let index) = value else { return }
            guard case .text(let text) = key, let name = machine.string(text) else {
                throw WeightsError(file: path, "the name of a tensor is not a text of at most 1024 bytes")
            }
            guard indices.updateValue(0, forKey: name) == nil else {
                throw WeightsError(file: path, tensor: name, "is there twice")
            }
            guard tensors.count < SafeTensorsHeader.largestCount else {
                throw WeightsError(file: path, "has more than \(SafeTensorsHeader.largestCount) tensors")
            }
            let tensor = machine.tensors[Int(index)]
            tensors.append(Entry(name: name, dtype: tensor.dtype, layout: try checker.layout(of: tensor, name: name)))
        }
        tensors.sort { $0.name < $1.name }
        for (index, tensor) in tensors.enumerated() { indices[tensor.name] = index }
    }

    private static func stateDictionary(_ dictionary: Int32, _ machine: PickleMachine, depth: Int) -> Int32? {
        var inner: [String: Int32] = [:]
        var hasTensors = false
        machine.heap.forEachPair(dictionary) { key, value in
            switch value {
            case .tensor: hasTensors = true
            case .dictionary(let nested):
                guard case .text(let text) = key, text.count <= 10, let name = machine.string(text) else { return }
                if wrappers.contains(name) { inner[name] = nested }
            default: break
            }
        }
        for name in wrappers where depth < deepestWrapper {
            guard let nested = inner[name] else { continue }
            if let found = stateDictionary(nested, machine, depth: depth + 1) { return found }
        }
        return hasTensors ? dictionary : nil
    }
}

/// Checks tensors against their storages, and storages against the zip entries that hold them.
private struct LayoutChecker {
    let machine: PickleMachine
    let zip: ZipDirectory
    let root: String
    let path: String

    func layout(of tensor: PickleMachine.Tensor, name: String) throws -> StridedLayout {
        func error(_ reason: String) -> WeightsError { WeightsError(file: path, tensor: name, reason) }
        let storage = machine.storages[Int(tensor.storage)]
        guard let key = machine.string(storage.key), let bytes = zip.entries["\(root)data/\(key)"] else {
            let key = machine.string(storage.key) ?? "?"
            throw error("its storage \"\(key)\" is not in the file")
        }
        guard let storageSize = SafeTensorsHeader.sizes[storage.dtype], let size = SafeTensorsHeader.sizes[tensor.dtype]
        else { throw error("unknown dtype \"\(tensor.dtype)\"") }
        guard storage.count <= bytes.count / storageSize else {
            throw error(
                "its storage should have \(storage.count) elements, but the file has \(bytes.count) bytes of it")
        }
        guard let shape = integers(tensor.shape), let strides = integers(tensor.strides) else {
            throw error("its shape or strides are not whole numbers, or more than \(SafeTensorsHeader.largestRank)")
        }
        guard shape.count == strides.count else { throw error("the shape \(shape) has the strides \(strides)") }
        guard (shape + strides).allSatisfy({ $0 >= 0 }), tensor.offset >= 0 else {
            throw error("the shape \(shape), the strides \(strides) or the offset \(tensor.offset) is negative")
        }
        guard
            let layout = StridedLayout(
                shape: shape, strides: strides, offset: tensor.offset, elementSize: size, in: bytes)
        else {
            throw error(
                "the shape \(shape) with the strides \(strides) at \(tensor.offset) does not fit its storage of "
                    + "\(bytes.count) bytes")
        }
        return layout
    }

    private func integers(_ tuple: Int32) -> [Int]? {
        guard machine.heap.count(tuple) <= SafeTensorsHeader.largestRank else { return nil }
        let values = machine.heap.elements(tuple, limit: SafeTensorsHeader.largestRank)
        let result = values.compactMap { value -> Int? in if case .int(let number) = value { number } else { nil } }
        return result.count == values.count ? result : nil
    }
}
