// What all kinds of weights files have in common.

/// A weights file whose directory of tensors has been read and checked; the elements stay mapped.
package protocol TensorFile: Sendable {
    /// The path that the file was opened by.
    var path: String { get }
    /// All tensors, sorted by name, those of a dtype that models cannot use included.
    var entries: [TensorEntry] { get }
    /// The entry of that name; nil if there is none.
    func entry(_ name: String) -> TensorEntry?
    /// The tensor of that name; nil if there is none or its dtype is not a ``DType``.
    ///
    /// Throws ``WeightsError`` for one whose elements cannot be read.
    func tensor(_ name: String) throws -> Tensor?
    /// The quantised matrix of that name; nil if there is none or its dtype is not that of a ``Quantisation``.
    func quantised(_ name: String) -> QuantisedMatrix?
}

/// What a file's directory says about one tensor.
package struct TensorEntry: Sendable, Equatable {
    /// The name of the tensor.
    package let name: String
    /// The element type by its name in safetensors files, which may be one that models cannot use, such as `I64`; `Q8` or
    /// `Q4` for a quantised matrix.
    package let dtype: String
    /// The dimensions.
    package let shape: [Int]
    /// How many bytes the elements take.
    package let byteCount: Int

    /// Describes a tensor.
    package init(name: String, dtype: String, shape: [Int], byteCount: Int) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
        self.byteCount = byteCount
    }
}

extension TensorFile {
    package func quantised(_ name: String) -> QuantisedMatrix? { nil }

    /// The names of all tensors, sorted.
    package var names: [String] { entries.map(\.name) }
}
