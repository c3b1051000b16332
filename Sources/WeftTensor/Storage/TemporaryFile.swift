// A file that gets its name when it is complete.

import Foundation

/// A file under a temporary name, which is removed unless it is published.
final class TemporaryFile {
    private let path: String
    private let temporary: String
    private var descriptor: Int32
    private var isPublished = false

    /// Makes the file in the folder of `path`, which may be there already if it is a regular file.
    init(for path: String) throws {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw WeightsError(file: path, "cannot be written: it is not a regular file")
        }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        temporary = folder + ".weft-" + String(UInt64.random(in: .min ... .max), radix: 16) + ".tmp"
        self.path = path
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            isPublished = true
            throw Self.failure(path)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if !isPublished { unlink(temporary) }
    }

    /// Appends bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = Foundation.write(descriptor, part.baseAddress, part.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Self.failure(path) }
            rest = rest.dropFirst(count)
        }
    }

    /// Gives the file its name, in place of one that is there already.
    func publish() throws {
        guard fsync(descriptor) == 0 else { throw Self.failure(path) }
        let isClosed = close(descriptor) == 0
        descriptor = -1
        guard isClosed, rename(temporary, path) == 0 else { throw Self.failure(path) }
        isPublished = true
    }

    private static func failure(_ path: String) -> WeightsError {
        WeightsError(file: path, "cannot be written: \(String(cString: strerror(errno)))")
    }
}
