// Parses and checks the header of a .safetensors file.

import Foundation

/// The checked header of a safetensors file.
struct SafeTensorsHeader {
    /// One tensor.
    struct Entry {
        let name: String
        let dtype: String
        let shape: [Int]
        /// Where the elements lie, in bytes from the start of the file.
        let bytes: Range<Int>
    }

    /// Sorted by name.
    let entries: [Entry]
    let metadata: [String: String]

    /// The limit that the reference implementation has.
    static let largestHeader = 100_000_000

    /// Bytes of an element, by the name of its dtype, for every dtype of whole bytes that the format knows.
    static let sizes: [String: Int] = [
        "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "F8_E8M0": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2,
        "U32": 4, "I32": 4, "F32": 4, "U64": 8, "I64": 8, "F64": 8, "C64": 8,
    ]

    /// Reads the header from the bytes of the whole file.
    init(_ file: UnsafeRawBufferPointer, path: String) throws {
        guard file.count >= 8 else {
            throw WeightsError(file: path, "has \(file.count) bytes, too few for a safetensors file")
        }
        let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(file.count - 8) else {
            throw WeightsError(
                file: path,
                "the header should have \(length) bytes, but \(file.count - 8) follow: cut off or not safetensors")
        }
        guard length <= UInt64(Self.largestHeader) else {
            throw WeightsError(file: path, "the header has \(length) bytes, more than \(Self.largestHeader)")
        }
        let dataStart = 8 + Int(length)
        let parsed: ParsedHeader
        do {
            parsed = try JSONDecoder().decode(ParsedHeader.self, from: Data(file[8..<dataStart]))
        } catch let error as EntryError {
            throw WeightsError(file: path, tensor: error.name, error.reason)
        } catch {
            throw WeightsError(file: path, "the header is not a JSON object")
        }
        metadata = parsed.metadata
        entries = try parsed.entries.map { name, entry in
            try Self.checked(name, entry, dataStart: dataStart, fileSize: file.count, path: path)
        }.sorted { $0.name < $1.name }
        try checkOrder(dataStart: dataStart, fileSize: file.count, path: path)
    }

    /// The entry with absolute offsets, if they agree with the dtype, the shape and the file.
    private static func checked(
        _ name: String, _ entry: ParsedEntry, dataStart: Int, fileSize: Int, path: String
    ) throws -> Entry {
        func error(_ reason: String) -> WeightsError { WeightsError(file: path, tensor: name, reason) }
        guard let size = sizes[entry.dtype] else { throw error("unknown dtype \"\(entry.dtype)\"") }
        var byteCount = size
        for dimension in entry.shape {
            guard dimension >= 0 else { throw error("the shape \(entry.shape) has a negative dimension") }
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw error("the shape \(entry.shape) is too large") }
            byteCount = product
        }
        guard entry.offsets.count == 2 else { throw error("data_offsets should be two numbers: \(entry.offsets)") }
        let (start, end) = (entry.offsets[0], entry.offsets[1])
        guard start >= 0, end >= start else { throw error("data_offsets are not a range: \(entry.offsets)") }
        guard end <= fileSize - dataStart else {
            throw error("data_offsets \(entry.offsets) lie outside of the \(fileSize - dataStart) bytes of data")
        }
        guard end - start == byteCount else {
            throw error("\(end - start) bytes, but \(entry.dtype) of shape \(entry.shape) takes \(byteCount)")
        }
        return Entry(
            name: name, dtype: entry.dtype, shape: entry.shape, bytes: dataStart + start..<dataStart + end)
    }

    /// The tensors must fill the file from the header to the end, without overlaps or holes.
    private func checkOrder(dataStart: Int, fileSize: Int, path: String) throws {
        var position = dataStart
        let order = entries.sorted {
            ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
        }
        for entry in order {
            if entry.bytes.lowerBound < position {
                throw WeightsError(file: path, tensor: entry.name, "overlaps the tensor before it")
            }
            if entry.bytes.lowerBound > position {
                let hole = entry.bytes.lowerBound - position
                throw WeightsError(file: path, tensor: entry.name, "\(hole) bytes before it belong to no tensor")
            }
            position = entry.bytes.upperBound
        }
        guard position == fileSize else {
            throw WeightsError(file: path, "\(fileSize - position) bytes at the end belong to no tensor")
        }
    }
}

/// A tensor's entry that cannot be decoded.
private struct EntryError: Error {
    let name: String
    let reason: String
}

private struct ParsedEntry: Decodable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    enum CodingKeys: String, CodingKey {
        case dtype
        case shape
        case offsets = "data_offsets"
    }
}

/// The JSON object of a header: one entry per tensor, and the text values under `__metadata__`.
private struct ParsedHeader: Decodable {
    var entries: [String: ParsedEntry] = [:]
    var metadata: [String: String] = [:]

    struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        for key in container.allKeys {
            do {
                if key.stringValue == "__metadata__" {
                    metadata = try container.decode([String: String].self, forKey: key)
                } else {
                    entries[key.stringValue] = try container.decode(ParsedEntry.self, forKey: key)
                }
            } catch {
                let reason =
                    key.stringValue == "__metadata__"
                    ? "should hold text values only" : "dtype, shape and data_offsets are missing or of wrong form"
                throw EntryError(name: key.stringValue, reason: reason)
            }
        }
    }
}
