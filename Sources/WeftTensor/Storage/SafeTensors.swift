// Reads .safetensors files: https://github.com/huggingface/safetensors#format

/// All tensors of one `.safetensors` file, mapped and not copied.
///
/// The whole header is checked before anything else is touched: 8 bytes of little-endian header length, the header as
/// JSON, then the elements of all tensors without holes or overlaps. The tensors of a quantised matrix, see
/// ``QuantisedEntry``, are one entry.
package struct SafeTensors: TensorFile {
    /// The path the file was opened by.
    package let path: String
    /// The text values under `__metadata__`.
    package let metadata: [String: String]
    /// All tensors, sorted by name.
    package let entries: [TensorEntry]

    private let mapping: Mapping
    private let ranges: [Range<Int>]
    private let indices: [String: Int]
    private let quantisedEntries: [String: QuantisedEntry]

    /// Maps the file and checks its header.
    ///
    /// Throws ``WeightsError`` for a file that is missing, cut off or malformed, and for a tensor of unknown dtype,
    /// or whose offsets lie outside of the file, overlap, leave holes or do not agree with its shape.
    package init(path: String) throws { try self.init(Mapping(path: path), path: path) }

    /// Reads a file that is in memory; `path` is what errors call it.
    package init(bytes: [UInt8], path: String) throws { try self.init(Mapping(bytes), path: path) }

    private init(_ mapping: Mapping, path: String) throws {
        let header = try SafeTensorsHeader(mapping.bytes, path: path)
        self.path = path
        self.mapping = mapping
        metadata = header.metadata
        quantisedEntries = try QuantisedEntry.find(in: header, mapping.bytes, path: path)
        let parts = Set(quantisedEntries.values.flatMap(\.partNames))
        let plain = header.entries.filter { !parts.contains($0.name) }.map { entry in
            (
                TensorEntry(name: entry.name, dtype: entry.dtype, shape: entry.shape, byteCount: entry.bytes.count),
                entry.bytes
            )
        }
        let all = (plain + quantisedEntries.values.map { ($0.entry, $0.codes) }).sorted { $0.0.name < $1.0.name }
        for (one, next) in zip(all, all.dropFirst()) where one.0.name == next.0.name {
            throw WeightsError(file: path, tensor: one.0.name, "is there twice, once of them quantised")
        }
        entries = all.map(\.0)
        ranges = all.map(\.1)
        indices = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
    }

    /// The entry of that name, of any dtype; nil if there is none.
    package func entry(_ name: String) -> TensorEntry? { indices[name].map { entries[$0] } }

    /// The tensor of that name; nil if there is none or its dtype is not a ``DType``.
    package func tensor(_ name: String) -> Tensor? {
        guard let index = indices[name], let dtype = DType(rawValue: entries[index].dtype) else { return nil }
        return Tensor(
            name: name, dtype: dtype, shape: entries[index].shape, mapping: mapping, offset: ranges[index].lowerBound)
    }

    package func quantised(_ name: String) -> QuantisedMatrix? {
        guard let entry = quantisedEntries[name] else { return nil }
        return QuantisedMatrix(
            name: name, kind: entry.kind, outputs: entry.outputs, inputs: entry.inputs, mapping: mapping,
            codes: entry.codes.lowerBound, scales: entry.scales.lowerBound)
    }

    /// Where the elements of the tensor of that name, or its codes, lie, in bytes from the start of the file; nil if there is none.
    package func bytes(of name: String) -> Range<Int>? { indices[name].map { ranges[$0] } }

    /// The tensor of that name, as ``tensor(_:)`` gives it.
    package subscript(name: String) -> Tensor? { tensor(name) }
}
