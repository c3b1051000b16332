// Locks that keep two programs from the same part of a job.

import Foundation

/// An exclusive lock on a file; it ends with the value, and with the program however that ends.
///
/// It is `flock(2)`. Programs on several machines are kept apart only where the file system passes such locks to its
/// server, as NFS since Linux 2.6.12 (without `nolock` and `local_lock`) and Lustre mounted with `flock` do. A file
/// system that has no locks at all is refused with an error. The file stays when the lock ends, because a name removed
/// under a program that waits for it would lock nothing; it tells who had the lock last.
struct JobLock: ~Copyable {
    private let file: Descriptor

    /// Takes the lock.
    ///
    /// - Parameters:
    ///   - path: the file, which is made if there is none
    ///   - waiting: whether to wait for another program that has it, or else to throw
    ///   - what: what is locked, for the error
    /// - Throws: ``WeftError`` that names the holder's process and host, or why there can be no lock
    init(_ path: String, waiting: Bool, what: String) throws {
        let file = try Descriptor(path, O_RDWR | O_CREAT)
        guard try Self.take(file, waiting: waiting) else {
            throw WeftError(
                .invalidRequest, "\(what) is being written by \(Self.holder(file)); wait for it, or end it")
        }
        // Only for the error of another program; on a full disk the lock holds without it.
        var host = [CChar](repeating: 0, count: 256)
        gethostname(&host, host.count - 1)
        let name = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if ftruncate(file.number, 0) == 0 { try? file.write(Array("process \(getpid()) on \(name)\n".utf8)) }
        self.file = file
    }

    /// Closing alone would leave the lock to a program that this one forked, which has the file open too until its exec.
    deinit { flock(file.number, LOCK_UN) }

    /// Who holds a lock, or nil if it is free. The caller must keep others from taking it meanwhile.
    static func holder(of path: String) throws -> String? {
        let file = try Descriptor(path, O_RDWR)
        guard try take(file, waiting: false) else { return holder(file) }
        flock(file.number, LOCK_UN)
        return nil
    }

    private static func take(_ file: borrowing Descriptor, waiting: Bool) throws -> Bool {
        while flock(file.number, waiting ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            if errno == EWOULDBLOCK { return false }
            throw Descriptor.failure(file.path, "the file system cannot lock it, so give a folder on another")
        }
        return true
    }

    private static func holder(_ file: borrowing Descriptor) -> String {
        var text = [UInt8](repeating: 0, count: 400)
        let count = (try? file.read(into: &text, at: 0)) ?? 0
        let line = String(decoding: text[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return line.isEmpty ? "another program" : line
    }
}
