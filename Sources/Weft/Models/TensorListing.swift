// The tensors of a weights file, for people to read.

import WeftTensor

/// One tensor of a `.safetensors` file or of a PyTorch checkpoint.
public struct TensorListing: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// Its element type as the file names it, such as `BF16`.
    public let dtype: String
    /// Its dimensions.
    public let shape: [Int]
    /// Its size in bytes.
    public let byteCount: Int

    /// The tensors of a file, sorted by name; only the header is read.
    ///
    /// - Throws: an error that names the file and what is wrong with it
    public static func read(path: String) throws -> [TensorListing] {
        try TensorFiles.open(path).entries.map {
            TensorListing(name: $0.name, dtype: $0.dtype, shape: $0.shape, byteCount: $0.byteCount)
        }
    }
}
