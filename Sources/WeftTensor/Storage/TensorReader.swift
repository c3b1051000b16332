// Hands out the tensors of a checkpoint and sees to it that none is missing or left over.

/// Hands the tensors of a checkpoint to a model that is being built, and checks that the two fit each other exactly.
package final class TensorReader {
    private let files: [any TensorFile]
    private let places: TensorNames
    /// How ``takeMatrix(_:shape:parts:bias:)`` stores weights; nil for how they are stored in the files.
    package let format: WeightFormat?
    private lazy var pool = ThreadPool()
    private var taken: Set<String> = []

    /// Reads from the files of one checkpoint; each tensor must be in one of them only.
    ///
    /// - Parameters:
    ///   - names: where the tensors stand that a model asks for by its own names
    ///   - format: see ``format``
    package init(_ files: [any TensorFile], names: TensorNames = .prefixed(), format: WeightFormat? = nil) {
        self.files = files
        places = names
        self.format = format
    }

    /// Whether a file has a tensor of that name, for parts of a model that are optional.
    package func contains(_ name: String) -> Bool { entry(places(name)) != nil }

    /// The shape of a tensor, or nil if there is none of that name.
    package func shape(of name: String) -> [Int]? {
        let place = places(name)
        return entry(place).map { shape(of: place, stored: $0.shape) }
    }

    /// The tensor of that name and shape.
    ///
    /// One that is stored with more dimensions of 1 at the end, as a convolution of a single pixel is, fits as well.
    /// Throws ``WeightsError`` if it is missing, in two files, or of another shape or a dtype that models cannot use.
    package func take(_ name: String, shape: [Int]) throws -> Tensor {
        let (file, place) = try find(name, shape: shape)
        guard let tensor = try file.tensor(place.name) else {
            let usable = DType.allCases.map(\.rawValue).joined(separator: ", ")
            let dtype = file.entry(place.name)?.dtype ?? ""
            throw WeightsError(
                file: file.path, tensor: place.name, "has the dtype \(dtype) instead of one of \(usable)")
        }
        taken.insert(place.name)
        switch place.part {
        case .whole: return tensor.reshaped(shape)
        case .rows(let rows, _): return tensor.rows(rows).reshaped(shape)
        case .lastTap: return tensor.lastTap().reshaped(shape)
        }
    }

    /// Linear layers whose weights lie one after the other in the tensor of that name and shape, in the reader's format.
    ///
    /// All dimensions but the last are outputs. Quantised weights are asked for in another format at the price of what
    /// they lost already. Throws as ``take(_:shape:)`` does, and ``WeightsError`` for weights that the format cannot hold,
    /// or that are stored quantised with a layer that begins inside of a panel.
    ///
    /// - Parameters:
    ///   - parts: the outputs of each layer
    ///   - bias: that of a single layer
    package func takeMatrix(_ name: String, shape: [Int], parts: [Int], bias: Tensor? = nil) throws -> [Linear] {
        try takeMatrix(name, shape: shape, parts: parts, bias: bias, format: format)
    }

    /// The same in a format; nil for how they are stored in the files.
    package func takeMatrix(
        _ name: String, shape: [Int], parts: [Int], bias: Tensor?, format: WeightFormat?
    ) throws -> [Linear] {
        let (file, place) = try find(name, shape: shape)
        func wrong(_ reason: String) -> WeightsError { WeightsError(file: file.path, tensor: place.name, reason) }
        guard let whole = file.quantised(place.name) else {
            let rows = try take(name, shape: shape).reshaped([parts.reduce(0, +), shape[shape.count - 1]])
            var first = 0
            return try parts.map { count in
                defer { first += count }
                return try linear(rows.rows(first..<first + count), bias: bias, format, wrong)
            }
        }
        taken.insert(place.name)
        var first = 0
        if case .rows(let rows, _) = place.part {
            first = rows.lowerBound * (whole.outputs / max(1, file.entry(place.name)?.shape[0] ?? 1))
        }
        return try parts.map { count in
            defer { first += count }
            guard first + count <= whole.outputs, let part = whole.rows(first..<first + count) else {
                throw wrong("is stored as \(whole.kind.rawValue), but a layer begins at its output \(first)")
            }
            guard let format, format != .quantised(whole.kind) else { return Linear(part, bias: bias) }
            return try linear(part.dequantised(), bias: bias, format, wrong)
        }
    }

    private func linear(
        _ weight: Tensor, bias: Tensor?, _ format: WeightFormat?, _ wrong: (String) -> WeightsError
    ) throws -> Linear {
        switch format {
        case nil: return Linear(weight, bias: bias)
        case .plain(let dtype):
            guard let converted = weight.converted(to: dtype) else {
                throw wrong("has a number that is too large for \(dtype.rawValue)")
            }
            return Linear(converted, bias: bias)
        case .quantised(let kind):
            do {
                return Linear(try QuantisedMatrix(weight, as: kind, pool: pool), bias: bias)
            } catch let error as QuantisationError {
                throw wrong(error.reason(kind))
            }
        }
    }

    /// The file that holds a tensor of that name and shape, and its place there.
    private func find(_ name: String, shape: [Int]) throws -> (any TensorFile, TensorPlace) {
        let place = places(name)
        let holders = files.filter { $0.entry(place.name) != nil }
        guard let file = holders.first, let entry = file.entry(place.name) else {
            throw WeightsError(file: paths(files), tensor: place.name, "is missing")
        }
        guard holders.count == 1 else {
            throw WeightsError(file: paths(holders), tensor: place.name, "is in several files")
        }
        let expected = expectedShape(place, shape, stored: entry.shape)
        guard entry.shape == expected || (trimmed(entry.shape) == trimmed(expected) && fits(place, entry.shape)) else {
            throw WeightsError(
                file: file.path, tensor: place.name, "has the shape \(entry.shape) instead of \(expected)")
        }
        return (file, place)
    }

    /// Throws ``WeightsError`` that names the tensors nobody took, except those that are ignored.
    ///
    /// - Parameter ignored: see ``TensorNames/isIgnored(_:by:)``
    package func finish(ignoring ignored: [String] = []) throws {
        for file in files {
            let left = file.names.filter { name in
                !taken.contains(name) && !TensorNames.isIgnored(name, by: ignored)
            }
            guard let first = left.first else { continue }
            let others = left.dropFirst().prefix(4).map { "\"\($0)\"" }.joined(separator: ", ")
            let more = left.count > 5 ? " and \(left.count - 5) more" : ""
            let list = left.count == 1 ? "" : ", and so are \(others)\(more)"
            throw WeightsError(file: file.path, tensor: first, "is left over: the model has no place for it\(list)")
        }
    }

    private func entry(_ place: TensorPlace) -> TensorEntry? { files.lazy.compactMap { $0.entry(place.name) }.first }

    /// The shape that the part of a place has.
    private func shape(of place: TensorPlace, stored: [Int]) -> [Int] {
        switch place.part {
        case .whole: return stored
        case .rows(let rows, _): return [rows.count] + stored.dropFirst()
        case .lastTap:
            guard stored.count == 5 else { return stored }
            return [stored[0], stored[1], stored[3], stored[4]]
        }
    }

    /// The shape that a file should have so that the part has the wanted one.
    private func expectedShape(_ place: TensorPlace, _ shape: [Int], stored: [Int]) -> [Int] {
        switch place.part {
        case .whole: return shape
        case .rows(let rows, let total):
            let least = rows.upperBound
            return [total ?? max(least, stored.first ?? 0)] + shape.dropFirst()
        case .lastTap:
            guard shape.count == 4 else { return shape }
            return [shape[0], shape[1], stored.count == 5 ? stored[2] : 1, shape[2], shape[3]]
        }
    }

    /// Whether a shape that differs from the expected one by dimensions of 1 has what the part needs.
    private func fits(_ place: TensorPlace, _ stored: [Int]) -> Bool {
        if case .lastTap = place.part { return stored.count == 5 }
        return !stored.isEmpty
    }

    private func trimmed(_ shape: [Int]) -> ArraySlice<Int> {
        shape[..<(shape.lastIndex { $0 != 1 }.map { $0 + 1 } ?? 0)]
    }

    private func paths(_ files: [any TensorFile]) -> String { files.map(\.path).joined(separator: ", ") }
}
