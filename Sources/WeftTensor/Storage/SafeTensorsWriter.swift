// Writes .safetensors files piece by piece: https://github.com/huggingface/safetensors#format

import Foundation

/// Writes tensors to a `.safetensors` file, converted on the way, one at a time.
package enum SafeTensorsWriter {
    /// A tensor to write.
    package struct Item {
        /// Its name in the file.
        package let name: String
        /// The type to write it in.
        package let dtype: DType
        /// Its dimensions.
        package let shape: [Int]
        /// Gives the elements, of any dtype and as many as `shape` says, when their turn comes.
        package let tensor: () throws -> Tensor

        /// Describes a tensor.
        package init(name: String, dtype: DType, shape: [Int], tensor: @escaping () throws -> Tensor) {
            self.name = name
            self.dtype = dtype
            self.shape = shape
            self.tensor = tensor
        }
    }

    /// Writes a file, sorted by name, under a temporary name beside it, and gives it its name when it is complete.
    ///
    /// Numbers are rounded to nearest, ties to even. The pages of mapped tensors are released once they are written.
    /// Throws ``WeightsError`` for a file that cannot be written, a name that is there twice, elements that do not fit
    /// their shape, and a finite number that is infinite in the dtype to write; and what `tensor` and `progress` throw.
    /// Nothing is left behind then.
    ///
    /// - Parameters:
    ///   - metadata: text values under `__metadata__`.
    ///   - progress: called after every piece with the bytes of elements written so far and their total.
    package static func write(
        _ items: [Item], metadata: [String: String] = [:], to path: String,
        progress: (_ written: Int, _ total: Int) throws -> Void = { _, _ in }
    ) throws {
        let items = items.sorted { $0.name < $1.name }
        for (item, following) in zip(items, items.dropFirst()) where item.name == following.name {
            throw WeightsError(file: path, tensor: item.name, "is there twice")
        }
        let (header, total) = try header(items, metadata, path)
        let output = try TemporaryFile(for: path)
        try header.withUnsafeBytes { try output.write($0) }
        var written = 0
        for item in items {
            let tensor = try item.tensor()
            guard tensor.count == item.shape.reduce(1, *) else {
                throw WeightsError(file: path, tensor: item.name, "has the shape \(tensor.shape), not \(item.shape)")
            }
            try ElementConversion(from: tensor.dtype, to: item.dtype).convert(tensor) { piece in
                guard let piece else {
                    throw WeightsError(
                        file: path, tensor: item.name, "has a number that is too large for \(item.dtype.rawValue)")
                }
                try output.write(piece)
                written += piece.count
                try progress(written, total)
            }
            tensor.releasePages()
        }
        try output.publish()
    }

    /// The length and the JSON, padded to 8 bytes, and how many bytes follow.
    private static func header(
        _ items: [Item], _ metadata: [String: String], _ path: String
    ) throws -> (bytes: [UInt8], dataSize: Int) {
        var members: [String] = []
        if !metadata.isEmpty {
            let values = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            members.append("\"__metadata__\":{\(values.joined(separator: ","))}")
        }
        var offset = 0
        for item in items {
            guard item.name != "__metadata__", let size = tensorByteCount(item.shape, elementSize: item.dtype.size),
                size <= Int.max - offset
            else {
                throw WeightsError(file: path, tensor: item.name, "cannot have this name or the shape \(item.shape)")
            }
            let shape = item.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(quoted(item.name)):{\"dtype\":\"\(item.dtype.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(offset + size)]}")
            offset += size
        }
        var json = [UInt8]("{\(members.joined(separator: ","))}".utf8)
        json += [UInt8](repeating: 0x20, count: (8 - json.count % 8) % 8)
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
