// An open file, with errors that name it.

import Foundation

/// An open file; it is closed when the value ends.
struct Descriptor: ~Copyable {
    /// The number that the system knows it by.
    let number: Int32
    /// The file as errors name it.
    let path: String

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: the file
    ///   - flags: those of `open(2)`; `O_CLOEXEC` is added
    ///   - name: what errors call the file, if not by its path
    /// - Throws: ``WeftError`` that names the file
    init(_ path: String, _ flags: Int32, as name: String? = nil) throws {
        var number: Int32
        repeat { number = open(path, flags | O_CLOEXEC, 0o666) } while number < 0 && errno == EINTR
        if number < 0 {
            throw Descriptor.failure(
                name ?? path, flags & O_ACCMODE == O_RDONLY ? "cannot be read" : "cannot be written")
        }
        self.number = number
        self.path = name ?? path
    }

    deinit { close(number) }

    /// How many bytes the file has.
    func size() throws -> Int {
        var status = stat()
        if fstat(number, &status) != 0 { throw Descriptor.failure(path, "cannot be read") }
        return Int(status.st_size)
    }

    /// Reads up to `buffer.count` bytes from an offset, and returns how many; 0 at the end of the file.
    func read(into buffer: inout [UInt8], at offset: Int) throws -> Int {
        while true {
            let count = pread(number, &buffer, buffer.count, off_t(offset))
            if count >= 0 { return count }
            if errno != EINTR { throw Descriptor.failure(path, "cannot be read") }
        }
    }

    /// Writes all bytes, or throws after some of them.
    func write(_ bytes: [UInt8]) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Foundation.write(number, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw Descriptor.failure(path, "cannot be written") }
            written += count
        }
    }

    /// Waits until the bytes of the file are on the disk.
    func sync() throws {
        #if canImport(Darwin)
            let result = fcntl(number, F_FULLFSYNC) == -1 ? fsync(number) : 0
        #else
            let result = fdatasync(number)
        #endif
        if result != 0 { throw Descriptor.failure(path, "cannot be written") }
    }

    /// Waits until the names in a folder are on the disk.
    ///
    /// Some file systems cannot sync a folder and say so; they are taken as they are.
    static func syncFolder(_ path: String) throws {
        let folder = try Descriptor(path, O_RDONLY | O_DIRECTORY)
        if fsync(folder.number) != 0, ![EINVAL, ENOTSUP, EBADF, ENOSYS].contains(errno) {
            throw failure(path, "cannot be written")
        }
    }

    /// The error of the call that failed last.
    static func failure(_ path: String, _ action: String) -> WeftError {
        WeftError(.invalidFile, "\(path): \(action): \(String(cString: strerror(errno)))")
    }
}
