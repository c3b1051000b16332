// Hands out the tensors of a checkpoint and sees to it that none is missing or left over.

/// Hands the tensors of a checkpoint to a model that is being built, and checks that the two fit each other exactly.
package final class TensorReader {
    private let files: [SafeTensors]
    private var taken: Set<String> = []

    /// Reads from the files of one checkpoint; each tensor must be in one of them only.
    package init(_ files: [SafeTensors]) { self.files = files }

    /// Whether a file has a tensor of that name, for parts of a model that are optional.
    package func contains(_ name: String) -> Bool { files.contains { $0.entry(name) != nil } }

    /// The shape of a tensor, or nil if there is none of that name.
    package func shape(of name: String) -> [Int]? { files.lazy.compactMap { $0.entry(name)?.shape }.first }

    /// The tensor of that name and shape.
    ///
    /// Throws ``WeightsError`` if it is missing, in two files, or of another shape or a dtype that models cannot use.
    package func take(_ name: String, shape: [Int]) throws -> Tensor {
        let holders = files.filter { $0.entry(name) != nil }
        guard let file = holders.first, let entry = file.entry(name) else {
            throw WeightsError(file: paths(files), tensor: name, "is missing")
        }
        guard holders.count == 1 else { throw WeightsError(file: paths(holders), tensor: name, "is in several files") }
        guard entry.shape == shape else {
            throw WeightsError(file: file.path, tensor: name, "has the shape \(entry.shape) instead of \(shape)")
        }
        guard let tensor = file[name] else {
            let usable = DType.allCases.map(\.rawValue).joined(separator: ", ")
            throw WeightsError(
                file: file.path, tensor: name, "has the dtype \(entry.dtype) instead of one of \(usable)")
        }
        taken.insert(name)
        return tensor
    }

    /// Throws ``WeightsError`` that names the tensors nobody took, except those with one of the prefixes.
    package func finish(ignoring prefixes: [String] = []) throws {
        for file in files {
            let left = file.names.filter { name in
                !taken.contains(name) && !prefixes.contains { name.hasPrefix($0) }
            }
            guard let first = left.first else { continue }
            let others = left.dropFirst().prefix(4).map { "\"\($0)\"" }.joined(separator: ", ")
            let more = left.count > 5 ? " and \(left.count - 5) more" : ""
            let list = left.count == 1 ? "" : ", and so are \(others)\(more)"
            throw WeightsError(file: file.path, tensor: first, "is left over: the model has no place for it\(list)")
        }
    }

    private func paths(_ files: [SafeTensors]) -> String { files.map(\.path).joined(separator: ", ") }
}
