// Files that are written whole or not at all.

import Foundation

/// Writes files so that a reader never sees a part of one.
public enum AtomicFile {
    /// What the names of temporary files begin with; one that is left over comes from a program that was killed.
    public static let temporaryPrefix = ".weft-"

    /// The largest file that is read, in bytes.
    public static let maximumSize = 1 << 29

    /// Writes `bytes` to a temporary file in the folder of `path`, syncs it, and gives it its name.
    ///
    /// - Parameters:
    ///   - bytes: all of the file.
    ///   - path: the file; its folder must exist, and what is there already must be a regular file.
    ///   - replacing: whether a file that is there already is replaced; if not, it is an error and stays as it is.
    /// - Throws: ``PictureError`` that names the file; the temporary file is gone then.
    public static func write(_ bytes: [UInt8], to path: String, replacing: Bool = true) throws {
        try checkTarget(path, replacing: replacing)
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        let random = UInt64.random(in: .min ... .max)
        let temporary = folder + temporaryPrefix + String(random, radix: 16) + ".tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw failure("cannot be written", path) }
        do {
            try fill(descriptor, with: bytes, path)
            try publish(temporary, as: path, replacing: replacing)
        } catch {
            unlink(temporary)
            throw error
        }
        syncFolder(folder.isEmpty ? "." : folder)
    }

    /// All bytes of a file.
    ///
    /// - Throws: ``PictureError`` that names the file if it cannot be read or is larger than ``maximumSize``.
    public static func read(path: String) throws -> [UInt8] {
        try checkName(path)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw failure("cannot be read", path) }
        defer { close(descriptor) }
        var result: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Foundation.read(descriptor, &part, part.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw failure("cannot be read", path) }
            if count == 0 { return result }
            result += part[..<count]
            if result.count > maximumSize {
                throw PictureError("it is larger than \(maximumSize) bytes", file: path)
            }
        }
    }

    /// Whether there is a file of that name, or a link to one.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private static func checkName(_ path: String) throws {
        if path.isEmpty { throw PictureError("the name of the file is empty") }
        if path.utf8.contains(0) { throw PictureError("a file name cannot have a zero character", file: path) }
    }

    /// A device or a folder is never replaced by a file.
    private static func checkTarget(_ path: String, replacing: Bool) throws {
        try checkName(path)
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR { throw PictureError("cannot be written: it is a folder", file: path) }
        if status.st_mode & S_IFMT != S_IFREG {
            throw PictureError("cannot be written: it is not a regular file", file: path)
        }
        if !replacing { throw PictureError("cannot be written: it exists already", file: path) }
    }

    private static func fill(_ descriptor: Int32, with bytes: [UInt8], _ path: String) throws {
        var isOpen = true
        defer { if isOpen { close(descriptor) } }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw failure("cannot be written", path) }
            written += count
        }
        if fsync(descriptor) != 0 { throw failure("cannot be written", path) }
        isOpen = false
        if close(descriptor) != 0 { throw failure("cannot be written", path) }
    }

    private static func publish(_ temporary: String, as path: String, replacing: Bool) throws {
        if replacing {
            if rename(temporary, path) != 0 { throw failure("cannot be written", path) }
        } else {
            // A hard link fails if the name is taken, also by another program at this moment; a rename would replace.
            if link(temporary, path) != 0 { throw failure("cannot be written", path) }
            unlink(temporary)
        }
    }

    /// Some file systems cannot sync a folder; the file is complete all the same, so that is no error.
    private static func syncFolder(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func failure(_ action: String, _ path: String) -> PictureError {
        PictureError("\(action): \(String(cString: strerror(errno)))", file: path)
    }
}
