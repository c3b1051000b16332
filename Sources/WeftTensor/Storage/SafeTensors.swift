// Reads .safetensors files: https://github.com/huggingface/safetensors#format

/// All tensors of one `.safetensors` file, mapped and not copied.
///
/// The whole header is checked before anything else is touched: 8 bytes of little-endian header length, the header as
/// JSON, then the elements of all tensors without holes or overlaps.
package struct SafeTensors: Sendable {
    /// What the header says about one tensor.
    package struct Entry: Sendable, Equatable {
        /// The name of the tensor.
        package let name: String
        /// The element type as the file names it, which may be one that models cannot use, such as `I64`.
        package let dtype: String
        /// The dimensions.
        package let shape: [Int]
        /// Where the elements lie, in bytes from the start of the file.
        package let bytes: Range<Int>
    }

    /// The path the file was opened by.
    package let path: String
    /// The text values under `__metadata__`.
    package let metadata: [String: String]
    /// All tensors, sorted by name.
    package let entries: [Entry]
    /// The names of all tensors, sorted.
    package var names: [String] { entries.map(\.name) }

    private let mapping: Mapping
    private let indices: [String: Int]

    /// Maps the file and checks its header.
    ///
    /// Throws ``WeightsError`` for a file that is missing, cut off or malformed, and for a tensor of unknown dtype,
    /// or whose offsets lie outside of the file, overlap, leave holes or do not agree with its shape.
    package init(path: String) throws {
        let mapping = try Mapping(path: path)
        let header = try SafeTensorsHeader(mapping.bytes, path: path)
        self.path = path
        self.mapping = mapping
        metadata = header.metadata
        entries = header.entries
        indices = Dictionary(uniqueKeysWithValues: header.entries.enumerated().map { ($1.name, $0) })
    }

    /// The entry of that name, of any dtype; nil if there is none.
    package func entry(_ name: String) -> Entry? { indices[name].map { entries[$0] } }

    /// The tensor of that name; nil if there is none or its dtype is not a ``DType``.
    package subscript(name: String) -> Tensor? {
        guard let entry = entry(name), let dtype = DType(rawValue: entry.dtype) else { return nil }
        return Tensor(name: name, dtype: dtype, shape: entry.shape, mapping: mapping, offset: entry.bytes.lowerBound)
    }
}
