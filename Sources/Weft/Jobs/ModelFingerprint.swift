// What tells a model's files from those of another model.

import Foundation

/// A model's fingerprint: other files, another fingerprint.
///
/// It is the SHA-256 of a line for each file, sorted: SHA-256 of the content, size in bytes, name. A file of more than
/// ``wholeSize`` bytes is not read whole: its digest is that of the header, if it is a safetensors file, followed by
/// ``pieceCount`` pieces of 1 MiB that begin at the first byte, end at the last, and lie evenly between them. So a
/// changed config, another training run and another number type all show, while a few bytes changed in a large weights
/// file may not.
public enum ModelFingerprint {
    /// Files of up to this many bytes are read whole: 64 MiB.
    public static let wholeSize = 64 << 20
    /// How many pieces of a larger file are read.
    public static let pieceCount = 64

    private static let pieceSize = 1 << 20

    /// The fingerprint of a model's files: 64 lower-case hexadecimal digits.
    ///
    /// - Parameters:
    ///   - files: all files that the model is read from, in any order
    ///   - folder: the model's folder; what lies in it is named by its path from there, anything else by its own name,
    ///     so that the fingerprint does not depend on where a model is kept
    /// - Throws: ``WeftError`` that names a file that cannot be read
    public static func compute(files: [String], folder: String) throws -> String {
        let start = folder.hasSuffix("/") ? folder : folder + "/"
        let lines = try files.map { path in
            let isInside = path.hasPrefix(start)
            let name = isInside ? path.dropFirst(start.count) : path.split(separator: "/").last ?? ""
            let file = try Descriptor(path, O_RDONLY)
            let size = try file.size()
            let digest = try size <= wholeSize ? SHA256.file(path) : sample(file, size: size)
            return "\(digest) \(size) \(name)\n"
        }
        return SHA256.hex(of: Array(lines.sorted().joined().utf8))
    }

    private static func sample(_ file: borrowing Descriptor, size: Int) throws -> String {
        var hasher = SHA256.Hasher()
        var offset = 0
        let header = try headerSize(file, size: size)
        while offset < header {
            let piece = try bytes(file, at: offset, count: min(pieceSize, header - offset))
            hasher.update(piece)
            offset += piece.count
        }
        for index in 0..<pieceCount {
            let offset = (size - pieceSize) / (pieceCount - 1) * index
            let isLast = index == pieceCount - 1
            hasher.update(try bytes(file, at: isLast ? size - pieceSize : offset, count: pieceSize))
        }
        return SHA256.text(hasher.finish())
    }

    /// The bytes of a safetensors file before its tensors: a length in 8 bytes, and that many of JSON.
    private static func headerSize(_ file: borrowing Descriptor, size: Int) throws -> Int {
        let start = try bytes(file, at: 0, count: 9)
        let length = start[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard start[8] == UInt8(ascii: "{"), length <= size - 8 else { return 0 }
        return 8 + Int(length)
    }

    private static func bytes(_ file: borrowing Descriptor, at offset: Int, count: Int) throws -> [UInt8] {
        var result: [UInt8] = []
        while result.count < count {
            var part = [UInt8](repeating: 0, count: count - result.count)
            let read = try file.read(into: &part, at: offset + result.count)
            if read == 0 { throw WeftError(.invalidFile, "\(file.path): became shorter while it was read") }
            result += part[..<read]
        }
        return result
    }
}
