// Reading a file whole, with a limit.

import Foundation

/// The files of tokenizers.
enum TextFile {
    /// The bytes of a file.
    ///
    /// - Throws: ``TextError`` that names the file and the `purpose` if it cannot be read or is larger than `limit`
    ///   bytes.
    static func bytes(_ path: String, limit: Int, purpose: String = "the tokenizer cannot be read") throws -> [UInt8] {
        guard !path.utf8.contains(0) else {
            throw TextError("\(path.debugDescription): a file name cannot have a zero character")
        }
        let failure = { TextError("\(path): \(purpose): \(String(cString: strerror(errno)))") }
        guard let file = fopen(path, "rb") else { throw failure() }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while true {
            let room = 1 << 20
            let count = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: room))
            let read = bytes.withUnsafeMutableBytes { buffer in
                buffer.baseAddress.map { fread($0 + count, 1, room, file) } ?? 0
            }
            if ferror(file) != 0 { throw failure() }
            bytes.removeLast(room - read)
            guard bytes.count <= limit else {
                throw TextError("\(path): \(purpose): it has more than \(limit) bytes")
            }
            if read < room { return bytes }
        }
    }
}
