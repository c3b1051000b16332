// Writes small .safetensors files, good and broken, for the tests of this target.

import Foundation

/// A file that is removed with its last reference.
final class SafeTensorsFile {
    let path: String

    /// Writes the bytes as they are.
    init(bytes: Data) throws {
        path = NSTemporaryDirectory() + "weft-\(UUID().uuidString).safetensors"
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    /// Writes a header, with its length or another one before it, and data.
    convenience init(header: String, length: UInt64? = nil, data: [UInt8] = []) throws {
        var bytes = Data()
        withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: header.utf8)
        bytes.append(contentsOf: data)
        try self.init(bytes: bytes)
    }

    /// Writes one tensor.
    convenience init(name: String, dtype: String, shape: [Int], data: [UInt8]) throws {
        try self.init(
            header: #"{"\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":[0,\#(data.count)]}}"#,
            data: data)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The path of a fixture of this target.
func fixturePath(_ name: String, extension kind: String = "safetensors") throws -> String {
    struct MissingFixture: Error { let name: String }
    guard let url = Bundle.module.url(forResource: name, withExtension: kind, subdirectory: "Fixtures") else {
        throw MissingFixture(name: name)
    }
    return url.path
}
