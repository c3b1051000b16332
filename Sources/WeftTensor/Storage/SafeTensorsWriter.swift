// Writes .safetensors files, one tensor after the other.

import Foundation

/// Writes tensors, in a smaller type if that is asked for, without holding more than one of them in memory.
package enum SafeTensorsWriter {
    /// Elements that are converted at a time.
    private static let block = 1 << 16

    /// A tensor to be written.
    package struct Item: Sendable {
        /// The name it gets.
        package let name: String
        /// The type it gets.
        package let dtype: DType
        /// The tensor.
        package let tensor: Tensor

        /// Describes a tensor of the file.
        package init(_ name: String, _ tensor: Tensor, dtype: DType) {
            self.name = name
            self.dtype = dtype
            self.tensor = tensor
        }
    }

    /// Writes a file; it has its name only once it is whole.
    ///
    /// Values are rounded to the nearest, ties to even. Throws ``WeightsError`` for a file that cannot be written, and
    /// for a tensor with a value that float16 cannot hold; no file is left then.
    package static func write(_ items: [Item], to path: String) throws {
        let items = items.sorted { $0.name < $1.name }
        let header = try header(items, path)
        let temporary = "\(path).\(UInt32.random(in: 0...UInt32.max)).tmp"
        guard FileManager.default.createFile(atPath: temporary, contents: nil),
            let handle = FileHandle(forWritingAtPath: temporary)
        else { throw WeightsError(file: path, "cannot be written") }
        do {
            try handle.write(contentsOf: header)
            for item in items { try write(item, to: handle, path) }
            try handle.synchronize()
            try handle.close()
            guard rename(temporary, path) == 0 else { throw WeightsError(file: path, "cannot be written") }
        } catch {
            try? handle.close()
            try? FileManager.default.removeItem(atPath: temporary)
            if error is WeightsError { throw error }
            throw WeightsError(file: path, "cannot be written: \(error.localizedDescription)")
        }
    }

    /// The length of the header and the header, filled up with spaces to a multiple of 8 bytes.
    private static func header(_ items: [Item], _ path: String) throws -> Data {
        struct Entry: Encodable {
            let dtype: String
            let shape: [Int]
            let data_offsets: [Int]
        }
        var entries: [String: Entry] = [:]
        var offset = 0
        for item in items {
            let end = offset + item.tensor.count * item.dtype.size
            let entry = Entry(dtype: item.dtype.rawValue, shape: item.tensor.shape, data_offsets: [offset, end])
            guard entries.updateValue(entry, forKey: item.name) == nil else {
                throw WeightsError(file: path, tensor: item.name, "is to be written twice")
            }
            offset = end
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var json = try encoder.encode(entries)
        json.append(Data(repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json
    }

    private static func write(_ item: Item, to handle: FileHandle, _ path: String) throws {
        let tensor = item.tensor
        guard item.dtype != tensor.dtype else {
            let size = tensor.count * tensor.dtype.size
            for start in stride(from: 0, to: size, by: block * 4) {
                let part = tensor.withBytes { Data($0[start..<min(size, start + block * 4)]) }
                try handle.write(contentsOf: part)
            }
            return tensor.releasePages()
        }
        let flat = tensor.reshaped([tensor.count, 1])
        for start in stride(from: 0, to: tensor.count, by: block) {
            let values = flat.rows(start..<min(tensor.count, start + block)).floats()
            try handle.write(contentsOf: try bytes(values, item, path))
        }
        tensor.releasePages()
    }

    private static func bytes(_ values: [Float], _ item: Item, _ path: String) throws -> Data {
        switch item.dtype {
        case .float32: return values.withUnsafeBytes { Data($0) }
        case .bfloat16: return values.map(bfloat16Bits).withUnsafeBytes { Data($0) }
        case .float16:
            let halves = values.map(halfBits)
            for (value, half) in zip(values, halves) where half & 0x7fff == 0x7c00 && value.isFinite {
                throw WeightsError(file: path, tensor: item.name, "has the value \(value), which float16 cannot hold")
            }
            return halves.withUnsafeBytes { Data($0) }
        }
    }
}

/// The nearest bfloat16, ties to even; NaN stays NaN.
func bfloat16Bits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (UInt64(bits) + 0x7fff + UInt64(bits >> 16 & 1)) >> 16)
}

/// The nearest IEEE half, ties to even; infinity for what is too large, NaN stays NaN.
func halfBits(_ value: Float) -> UInt16 {
    let sign = UInt16(value.bitPattern >> 16 & 0x8000)
    if value.isNaN { return sign | 0x7e00 }
    let magnitude = value.magnitude
    if magnitude >= 65520 { return sign | 0x7c00 }
    guard magnitude >= 0x1p-14 else {
        return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven))
    }
    let bits = magnitude.bitPattern
    let rounded = bits + 0xfff + (bits >> 13 & 1)
    return sign | UInt16(truncatingIfNeeded: (rounded >> 13) - (112 << 10))
}
