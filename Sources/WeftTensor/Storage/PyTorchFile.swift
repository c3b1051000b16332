// Reads the checkpoints that torch.save writes: https://pytorch.org/docs/stable/notes/serialization.html

import Foundation

/// The tensors of one PyTorch checkpoint (`.pt`, `.pth`, `.bin`, `.ckpt`), mapped and, where contiguous, not copied.
///
/// The file is a zip file of a pickle and of the storages that it refers to. Of the pickle only tensors and plain data
/// are understood; nothing is executed, and a pickle that would call anything else is refused.
///
/// The tensors are those of the state dictionary: the dictionary under the first of `model`, `module` and `state_dict`
/// that has one with tensors, at most three levels deep, or else the top one. Values beside the tensors, dictionaries
/// in it among them, are ignored.
package struct PyTorchFile: TensorFile {
    /// The path the file was opened by.
    package let path: String
    /// All tensors of the state dictionary, sorted by name.
    package let entries: [TensorEntry]

    private let mapping: Mapping
    private let layouts: [StridedLayout]
    private let indices: [String: Int]

    /// Maps the file, reads its pickle and checks where its tensors lie.
    ///
    /// Throws ``WeightsError`` for a file that is missing, cut off, malformed or in PyTorch's old format, for a pickle
    /// that asks for anything but tensors and plain data, and for tensors that lie outside of their storage.
    package init(path: String) throws { try self.init(Mapping(path: path), path: path) }

    /// Reads a checkpoint that is in memory; `path` is what errors call it.
    package init(bytes: [UInt8], path: String) throws { try self.init(Mapping(bytes), path: path) }

    private init(_ mapping: Mapping, path: String) throws {
        let state = try PyTorchState(mapping.bytes, path: path)
        self.path = path
        self.mapping = mapping
        entries = state.tensors.map {
            TensorEntry(name: $0.name, dtype: $0.dtype, shape: $0.layout.shape, byteCount: $0.layout.byteCount)
        }
        layouts = state.tensors.map(\.layout)
        indices = state.indices
    }

    /// The entry of that name, of any dtype; nil if there is none.
    package func entry(_ name: String) -> TensorEntry? { indices[name].map { entries[$0] } }

    /// The tensor of that name, its elements copied into order if need be; nil if there is none or its dtype is not a
    /// ``DType``.
    package func tensor(_ name: String) -> Tensor? {
        guard let index = indices[name], let dtype = DType(rawValue: entries[index].dtype) else { return nil }
        let (layout, shape) = (layouts[index], entries[index].shape)
        if layout.isContiguous {
            return Tensor(name: name, dtype: dtype, shape: shape, mapping: mapping, offset: layout.offset)
        }
        let copy = Mapping(byteCount: layout.byteCount) { layout.copy(mapping.bytes, to: $0) }
        return Tensor(name: name, dtype: dtype, shape: shape, mapping: copy, offset: 0)
    }

    /// Whether bytes begin as PyTorch's files do, new or old.
    static func recognizes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        isZip(bytes) || isOldFormat(bytes)
    }

    static func isZip(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.starts(with: [0x50, 0x4b, 3, 4]) || bytes.starts(with: [0x50, 0x4b, 5, 6])
    }

    /// Whether the file is a bare pickle, as before PyTorch 1.6, or a tar file, as before 0.1.10.
    ///
    /// Neither can be a safetensors file: as the length of a header, its first bytes would be larger than the file.
    static func isOldFormat(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count > 8, UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) > UInt64(bytes.count) else {
            return false
        }
        return (bytes[0] == 0x80 && (2...5).contains(bytes[1]))
            || (bytes.count > 512 && bytes[257..<262].elementsEqual("ustar".utf8))
    }
}
