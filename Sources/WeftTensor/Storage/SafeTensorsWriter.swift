// Writes .safetensors files piece by piece: https://github.com/huggingface/safetensors#format

import Foundation

/// Writes tensors to a `.safetensors` file, converted on the way, one at a time.
package enum SafeTensorsWriter {
    /// A tensor to write.
    package struct Item {
        /// Its name in the file.
        package let name: String
        /// The format to write it in.
        package let format: WeightFormat
        /// Its dimensions.
        package let shape: [Int]
        /// Gives the elements, of any dtype and as many as `shape` says, when their turn comes.
        package let tensor: () throws -> Tensor

        /// Describes a tensor.
        package init(name: String, format: WeightFormat, shape: [Int], tensor: @escaping () throws -> Tensor) {
            self.name = name
            self.format = format
            self.shape = shape
            self.tensor = tensor
        }

        /// Describes a tensor of plain numbers.
        package init(name: String, dtype: DType, shape: [Int], tensor: @escaping () throws -> Tensor) {
            self.init(name: name, format: .plain(dtype), shape: shape, tensor: tensor)
        }
    }

    /// A tensor of the file.
    private struct Part {
        let name: String
        let dtype: String
        let shape: [Int]
        let byteCount: Int
    }

    /// Writes a file under a temporary name beside it, and gives it its name when it is complete.
    ///
    /// Quantised matrices come first, so that their codes begin at multiples of 64 bytes; see ``QuantisedEntry``. The
    /// others follow, sorted by name. Numbers are rounded to nearest, ties to even. The pages of mapped tensors are
    /// released once they are written. Throws ``WeightsError`` for a file that cannot be written, a name that is there
    /// twice, elements that do not fit their shape, a finite number that is infinite in the dtype to write, and one that
    /// cannot be quantised; and what `tensor` and `progress` throw. Nothing is left behind then.
    ///
    /// - Parameters:
    ///   - metadata: text values under `__metadata__`.
    ///   - pool: the threads that quantise.
    ///   - progress: called after every piece with the bytes of elements written so far and their total.
    package static func write(
        _ items: [Item], metadata: [String: String] = [:], to path: String, pool: ThreadPool? = nil,
        progress: (_ written: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws {
        let items = items.sorted { ($0.isPlain ? 1 : 0, $0.name) < ($1.isPlain ? 1 : 0, $1.name) }
        let parts = try items.flatMap { try Self.parts($0, path) }
        let names = parts.map(\.name).sorted()
        for (name, following) in zip(names, names.dropFirst()) where name == following {
            throw WeightsError(file: path, tensor: name, "is there twice")
        }
        let (header, total) = try header(parts, metadata, path)
        let output = try TemporaryFile(for: path)
        try header.withUnsafeBytes { try output.write($0) }
        var written = 0
        func put(_ bytes: UnsafeRawBufferPointer) throws {
            try output.write(bytes)
            written += bytes.count
            try progress(written, total)
        }
        for item in items {
            let tensor = try item.tensor()
            guard tensor.count == item.shape.reduce(1, *) else {
                throw WeightsError(file: path, tensor: item.name, "has the shape \(tensor.shape), not \(item.shape)")
            }
            switch item.format {
            case .plain(let dtype):
                try ElementConversion(from: tensor.dtype, to: dtype).convert(tensor) { piece in
                    guard let piece else {
                        throw WeightsError(
                            file: path, tensor: item.name, "has a number that is too large for \(dtype.rawValue)")
                    }
                    try put(piece)
                }
            case .quantised(let kind):
                let matrix: QuantisedMatrix
                do {
                    matrix = try QuantisedMatrix(
                        tensor.reshaped(item.shape), as: kind, pool: pool ?? ThreadPool(threadCount: 1))
                } catch let error as QuantisationError {
                    throw WeightsError(file: path, tensor: item.name, error.reason(kind))
                }
                try matrix.withBytes { codes, scales in
                    for bytes in [codes, scales] { try put(bytes) }
                }
                let shape = QuantisedEntry.storedShape(kind, item.shape).map { Int64($0).littleEndian }
                try shape.withUnsafeBytes { try put($0) }
            }
            tensor.releasePages()
        }
        try output.publish()
    }

    /// The tensors that an item becomes, in the order in which they are written.
    private static func parts(_ item: Item, _ path: String) throws -> [Part] {
        let wrong = WeightsError(
            file: path, tensor: item.name, "cannot have this name or the shape \(item.shape)")
        guard item.name != "__metadata__" else { throw wrong }
        switch item.format {
        case .plain(let dtype):
            guard let size = tensorByteCount(item.shape, elementSize: dtype.size) else { throw wrong }
            return [Part(name: item.name, dtype: dtype.rawValue, shape: item.shape, byteCount: size)]
        case .quantised(let kind):
            guard item.shape.count >= 2, let count = tensorByteCount(item.shape, elementSize: 4), count > 0,
                let inputs = item.shape.last
            else { throw wrong }
            let shapes = QuantisedEntry.shapes(kind, outputs: count / 4 / inputs, inputs: inputs)
            let names = QuantisedEntry.partNames(item.name, kind)
            let shapeCount = QuantisedEntry.storedShape(kind, item.shape).count
            return [
                Part(name: names[0], dtype: "U8", shape: shapes.codes, byteCount: shapes.codes.reduce(1, *)),
                Part(name: names[1], dtype: "F16", shape: shapes.scales, byteCount: shapes.scales.reduce(2, *)),
                Part(name: names[2], dtype: "I64", shape: [shapeCount], byteCount: shapeCount * 8),
            ]
        }
    }

    /// The length and the JSON, padded so that the data begin at a multiple of 64 bytes, and how many bytes follow.
    private static func header(
        _ parts: [Part], _ metadata: [String: String], _ path: String
    ) throws -> (bytes: [UInt8], dataSize: Int) {
        var members: [String] = []
        if !metadata.isEmpty {
            let values = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            members.append("\"__metadata__\":{\(values.joined(separator: ","))}")
        }
        var offset = 0
        for part in parts {
            guard part.byteCount <= Int.max - offset else {
                throw WeightsError(file: path, tensor: part.name, "cannot have the shape \(part.shape)")
            }
            let shape = part.shape.map(String.init).joined(separator: ",")
            let end = offset + part.byteCount
            members.append(
                "\(quoted(part.name)):{\"dtype\":\"\(part.dtype)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var json = [UInt8]("{\(members.joined(separator: ","))}".utf8)
        json += [UInt8](repeating: 0x20, count: (64 - (json.count + 8) % 64) % 64)
        return (withUnsafeBytes(of: UInt64(json.count).littleEndian) { [UInt8]($0) } + json, offset)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension SafeTensorsWriter.Item {
    fileprivate var isPlain: Bool { if case .plain = format { true } else { false } }
}
