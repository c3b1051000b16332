// A file in a job's folder, written whole or not at all.

import Foundation
import WeftPixels

/// Writes the files of a job: pictures, job.json, pictures.jsonl, and results that are rewritten.
///
/// As ``AtomicFile`` does, but the names of temporary files tell who was writing them, so that no orphan stays and none
/// that is in use is removed; and a folder that cannot be synced is an error.
enum JobFile {
    /// Writes bytes to a temporary file, syncs it, gives it its name, and syncs the folder.
    ///
    /// - Parameters:
    ///   - bytes: all of the file
    ///   - name: its name
    ///   - folder: the job's folder
    ///   - shard: the part that is drawn; its lock or that of the folder must be held
    ///   - replacing: whether a file of that name is replaced; if not, one with the same bytes is what a program left
    ///     that was ended before it could go on, and one with other bytes is an error
    /// - Throws: an error that names the file; the temporary file is gone then, and what was there stays
    static func write(
        _ bytes: [UInt8], as name: String, in folder: String, shard: Shard, replacing: Bool = false
    ) throws {
        let file = try UnsyncedFile(
            bytes, path: "\(folder)/\(name)", folder: folder, shard: shard, replacing: replacing)
        file.sync()
        try file.publish()
        try Descriptor.syncFolder(folder)
    }

    /// Writes several files that are not there yet as ``write(_:as:in:shard:replacing:)`` does, with one wait for all of
    /// them, since a disk that is asked at once takes hardly longer than for one.
    ///
    /// - Returns: how many of them are whole and under their names, in order, and the error of the next one
    static func write(
        _ files: [(name: String, bytes: [UInt8])], in folder: String, shard: Shard
    ) -> (count: Int, error: (any Error)?) {
        var written: [UnsyncedFile] = []
        var failure: (any Error)?
        for (name, bytes) in files {
            do {
                written.append(try UnsyncedFile(bytes, path: "\(folder)/\(name)", folder: folder, shard: shard))
            } catch {
                failure = error
                break
            }
        }
        let synced = written
        DispatchQueue.concurrentPerform(iterations: synced.count) { synced[$0].sync() }
        var count = 0
        for file in written {
            do {
                try file.publish()
                count += 1
            } catch {
                failure = error
                break
            }
        }
        do {
            if count > 0 { try Descriptor.syncFolder(folder) }
        } catch {
            return (0, error)
        }
        return (count, failure)
    }

    /// A file under its temporary name, which is removed if it is not published.
    final class UnsyncedFile: @unchecked Sendable {
        // Each file is used by one thread at a time: the one that syncs it, then the one that publishes it.
        private let path: String
        private let bytes: [UInt8]
        private let temporary: String?  // nil: the file is there already
        private let replacing: Bool
        private var failure: (any Error)?

        init(_ bytes: [UInt8], path: String, folder: String, shard: Shard, replacing: Bool = false) throws {
            self.bytes = bytes
            self.path = path
            self.replacing = replacing
            if try !replacing && JobNames.exists(path) {
                temporary = nil
                try compare(path, bytes)
                return
            }
            let temporary = "\(folder)/\(JobNames.temporary(shard))"
            self.temporary = temporary
            do {
                try Descriptor(temporary, O_WRONLY | O_CREAT | O_EXCL, as: path).write(bytes)
            } catch {
                unlink(temporary)
                throw error
            }
        }

        func sync() {
            guard let temporary else { return }
            do { try Descriptor(temporary, O_RDONLY, as: path).sync() } catch { failure = error }
        }

        func publish() throws {
            if let failure { throw failure }
            guard let temporary else { return }
            try JobFile.publish(temporary, as: path, replacing: replacing, bytes)
        }

        deinit { if let temporary { unlink(temporary) } }
    }

    fileprivate static func publish(_ temporary: String, as path: String, replacing: Bool, _ bytes: [UInt8]) throws {
        if !replacing {
            // A hard link fails if the name is taken, also by another program at this moment; a rename would replace.
            let isTaken = link(temporary, path) != 0
            if !isTaken || errno == EEXIST {
                if isTaken { try compare(path, bytes) }
                unlink(temporary)  // if that fails, the next start does it
                return
            }
            // On a file system without hard links the lock alone keeps other programs of this job from the name.
            let reason = errno
            guard [EPERM, ENOTSUP, ENOSYS, EMLINK].contains(reason), try !JobNames.exists(path) else {
                errno = reason
                throw Descriptor.failure(path, "cannot be written")
            }
        }
        if rename(temporary, path) != 0 { throw Descriptor.failure(path, "cannot be written") }
    }

    fileprivate static func compare(_ path: String, _ bytes: [UInt8]) throws {
        guard try JobNames.size(path) == bytes.count, try AtomicFile.read(path: path) == bytes else {
            throw WeftError(.invalidFile, "\(path): is there already with other bytes, and was not replaced")
        }
        try Descriptor(path, O_RDONLY).sync()
    }
}
