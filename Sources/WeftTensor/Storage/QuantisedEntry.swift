// How a quantised matrix stands in a .safetensors file.

/// A quantised matrix `name` in a safetensors file: three tensors.
///
/// `<name>.q8.codes`, `U8 [panels, bytes of a panel's codes]`, and `<name>.q8.scales`, `F16 [panels, groups, 16]`, lie as
/// the kernels read them, so that loading maps them; `<name>.q8.shape`, `I64`, holds the dimensions of what was quantised,
/// all of which but the last are outputs, and zeros that make the bytes of the three a multiple of 64. `q4` likewise.
struct QuantisedEntry {
    /// How the matrix is quantised.
    let kind: Quantisation
    /// What the directory says about the matrix: dtype `Q8` or `Q4`.
    let entry: TensorEntry
    let outputs: Int
    let inputs: Int
    /// Where the codes and scales lie, in bytes from the start of the file.
    let codes: Range<Int>
    let scales: Range<Int>

    /// The names of the three tensors.
    var partNames: [String] { Self.partNames(entry.name, kind) }

    /// The names of the tensors of a matrix: its codes, scales and shape.
    static func partNames(_ name: String, _ kind: Quantisation) -> [String] {
        ["codes", "scales", "shape"].map { "\(name).\(kind.rawValue).\($0)" }
    }

    /// The shapes of codes and scales.
    static func shapes(_ kind: Quantisation, outputs: Int, inputs: Int) -> (codes: [Int], scales: [Int]) {
        let panels = panelCount(outputs)
        return (
            [panels, kind.panelCodes(inputs: inputs)],
            [panels, kind.panelScales(inputs: inputs) / (2 * panelSize), panelSize]
        )
    }

    /// What the tensor of the shape holds.
    static func storedShape(_ kind: Quantisation, _ shape: [Int]) -> [Int] {
        let inputs = shape.last ?? 0
        let outputs = shape.dropLast().reduce(1, *)
        let scales = shapes(kind, outputs: outputs, inputs: inputs).scales.reduce(2, *)
        let zeros = (8 - (scales / 8 + shape.count) % 8) % 8
        return shape + [Int](repeating: 0, count: zeros)
    }

    /// The quantised matrices of a file by name; throws ``WeightsError`` for one that lacks a part, or whose parts do not
    /// fit each other.
    static func find(
        in header: SafeTensorsHeader, _ file: UnsafeRawBufferPointer, path: String
    ) throws -> [String: QuantisedEntry] {
        var result: [String: QuantisedEntry] = [:]
        for kind in Quantisation.allCases {
            let suffix = ".\(kind.rawValue).codes"
            for codes in header.entries where codes.name.hasSuffix(suffix) {
                let name = String(codes.name.dropLast(suffix.count))
                let entry = try QuantisedEntry(name, kind, header, file, path: path)
                guard result.updateValue(entry, forKey: name) == nil else {
                    throw WeightsError(file: path, tensor: name, "is there twice, as q8 and as q4")
                }
            }
        }
        return result
    }

    private init(
        _ name: String, _ kind: Quantisation, _ header: SafeTensorsHeader, _ file: UnsafeRawBufferPointer, path: String
    ) throws {
        func error(_ reason: String) -> WeightsError { WeightsError(file: path, tensor: name, reason) }
        let parts = try Self.partNames(name, kind).map { part in
            guard let entry = header.entry(part) else { throw error("is quantised, but \"\(part)\" is missing") }
            return entry
        }
        let (codes, scales, shape) = (parts[0], parts[1], parts[2])
        guard codes.dtype == "U8", scales.dtype == "F16", shape.dtype == "I64", shape.shape.count == 1 else {
            throw error("is quantised, but its parts are not codes of U8, scales of F16 and a shape of I64")
        }
        var dimensions: [Int] = []
        for index in 0..<min(shape.shape[0], 2 * SafeTensorsHeader.largestRank) {
            let offset = shape.bytes.lowerBound + 8 * index
            let value = Int64(littleEndian: file.loadUnaligned(fromByteOffset: offset, as: Int64.self))
            dimensions.append(Int(truncatingIfNeeded: value))
        }
        while dimensions.last == 0 { dimensions.removeLast() }
        // More elements than the file has bits would be damage, and could overflow the sizes below.
        guard dimensions.count >= 2, let count = tensorByteCount(dimensions, elementSize: 1), count > 0,
            count / 2 <= file.count
        else { throw error("is quantised, but its shape \(dimensions) is none of a matrix in this file") }
        (self.kind, self.codes, self.scales) = (kind, codes.bytes, scales.bytes)
        inputs = dimensions[dimensions.count - 1]
        outputs = count / inputs
        let expected = Self.shapes(kind, outputs: outputs, inputs: inputs)
        guard codes.shape == expected.codes, scales.shape == expected.scales else {
            throw error(
                "is quantised, but its codes \(codes.shape) and scales \(scales.shape) should be \(expected.codes) and "
                    + "\(expected.scales) for the shape \(dimensions)")
        }
        entry = TensorEntry(
            name: name, dtype: kind.dtype, shape: dimensions,
            byteCount: codes.bytes.count + scales.bytes.count + shape.bytes.count)
    }
}

extension SafeTensorsHeader {
    /// The entry of that name; nil if there is none.
    func entry(_ name: String) -> Entry? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].name == name ? entries[low] : nil
    }
}
