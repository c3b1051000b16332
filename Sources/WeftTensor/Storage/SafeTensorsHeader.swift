// Parses and checks the header of a .safetensors file.

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

    /// Bytes; the largest models have 5 MB of it.
    static let largestHeader = 1 << 23
    /// Tensors in a file.
    static let largestCount = 1 << 16
    /// Dimensions of a tensor.
    static let largestRank = 8
    /// Values under `__metadata__`.
    static let largestMetadata = 1 << 13

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
        var parser = SafeTensorsParser(dataStart: dataStart, fileSize: file.count, path: path)
        do {
            try parser.parse(UnsafeRawBufferPointer(rebasing: file[8..<dataStart]))
        } catch is JSONScanner.Failure {
            throw WeightsError(file: path, "the header is not a JSON object")
        }
        metadata = parser.metadata
        // By position first, for the check, then by name.
        parser.entries.sort {
            ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
        }
        try Self.checkOrder(parser.entries, dataStart: dataStart, fileSize: file.count, path: path)
        parser.entries.sort { $0.name < $1.name }
        entries = parser.entries
        for (entry, following) in zip(entries, entries.dropFirst()) where entry.name == following.name {
            throw WeightsError(file: path, tensor: entry.name, "is there twice")
        }
    }

    /// The tensors must fill the file from the header to the end, without overlaps or holes.
    private static func checkOrder(_ order: [Entry], dataStart: Int, fileSize: Int, path: String) throws {
        var position = dataStart
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

/// Takes the entries of a header from its JSON.
private struct SafeTensorsParser {
    let dataStart: Int
    let fileSize: Int
    let path: String
    var entries: [SafeTensorsHeader.Entry] = []
    var metadata: [String: String] = [:]

    /// Throws ``JSONScanner/Failure`` for what is no JSON object, ``WeightsError`` for all else.
    mutating func parse(_ header: UnsafeRawBufferPointer) throws {
        var scanner = JSONScanner(header)
        try scanner.object { name, scanner in
            do {
                if name == "__metadata__" {
                    try parseMetadata(&scanner)
                } else {
                    try parseEntry(name, &scanner)
                }
            } catch JSONScanner.Failure.kind {
                let reason =
                    name == "__metadata__"
                    ? "should hold text values only" : "dtype, shape and data_offsets are missing or of wrong form"
                throw WeightsError(file: path, tensor: name, reason)
            }
        }
        try scanner.end()
    }

    private mutating func parseMetadata(_ scanner: inout JSONScanner) throws {
        try scanner.object { key, scanner in
            metadata[key] = try scanner.string()
            guard metadata.count <= SafeTensorsHeader.largestMetadata else {
                throw WeightsError(
                    file: path, "has more than \(SafeTensorsHeader.largestMetadata) values under __metadata__")
            }
        }
    }

    private mutating func parseEntry(_ name: String, _ scanner: inout JSONScanner) throws {
        var (dtype, shape, offsets): (String?, [Int]?, [Int]?)
        try scanner.object { key, scanner in
            switch key {
            case "dtype": dtype = try scanner.string()
            case "shape": shape = try integers(name, key, &scanner)
            case "data_offsets": offsets = try integers(name, key, &scanner)
            default: try scanner.skip()
            }
        }
        guard let dtype, let shape, let offsets else { throw JSONScanner.Failure.kind }
        entries.append(try checked(name, dtype, shape, offsets))
        guard entries.count <= SafeTensorsHeader.largestCount else {
            throw WeightsError(file: path, "has more than \(SafeTensorsHeader.largestCount) tensors")
        }
    }

    private func integers(_ name: String, _ key: String, _ scanner: inout JSONScanner) throws -> [Int] {
        var result: [Int] = []
        try scanner.array { scanner in
            result.append(try scanner.integer())
            guard result.count <= SafeTensorsHeader.largestRank else {
                throw WeightsError(
                    file: path, tensor: name, "\(key) has more than \(SafeTensorsHeader.largestRank) numbers")
            }
        }
        return result
    }

    /// The entry with absolute offsets, if they agree with the dtype, the shape and the file.
    private func checked(
        _ name: String, _ dtype: String, _ shape: [Int], _ offsets: [Int]
    ) throws -> SafeTensorsHeader.Entry {
        func error(_ reason: String) -> WeightsError { WeightsError(file: path, tensor: name, reason) }
        guard let size = SafeTensorsHeader.sizes[dtype] else { throw error("unknown dtype \"\(dtype)\"") }
        guard shape.allSatisfy({ $0 >= 0 }) else { throw error("the shape \(shape) has a negative dimension") }
        guard let byteCount = tensorByteCount(shape, elementSize: size) else {
            throw error("the shape \(shape) is too large")
        }
        guard offsets.count == 2 else { throw error("data_offsets should be two numbers: \(offsets)") }
        let (start, end) = (offsets[0], offsets[1])
        guard start >= 0, end >= start else { throw error("data_offsets are not a range: \(offsets)") }
        guard end <= fileSize - dataStart else {
            throw error("data_offsets \(offsets) lie outside of the \(fileSize - dataStart) bytes of data")
        }
        guard end - start == byteCount else {
            throw error("\(end - start) bytes, but \(dtype) of shape \(shape) takes \(byteCount)")
        }
        return SafeTensorsHeader.Entry(
            name: name, dtype: dtype, shape: shape, bytes: dataStart + start..<dataStart + end)
    }
}

/// How many bytes elements of a shape take; nil if a dimension is negative or the number is no `Int`.
func tensorByteCount(_ shape: [Int], elementSize: Int) -> Int? {
    var result = elementSize
    for dimension in shape {
        guard dimension >= 0 else { return nil }
        let (product, overflow) = result.multipliedReportingOverflow(by: dimension)
        guard !overflow else { return nil }
        result = product
    }
    return result
}
