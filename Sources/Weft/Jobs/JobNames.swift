// The names of the files in a job's folder, but for the pictures.

import Foundation
import WeftPixels

/// What the files of a job are called.
enum JobNames {
    /// What makes the job this job.
    static let description = "job.json"
    /// All pictures in the order of the job.
    static let pictures = "pictures.jsonl"
    /// The results of a job in one part, and of all parts put together.
    static let mergedResults = "results.jsonl"
    /// Locked while a folder is opened or merged.
    static let folderLock = ".weft-job.lock"

    /// The results of one part.
    static func results(_ shard: Shard) -> String {
        shard.count == 1 ? mergedResults : "results-\(shard.index)-of-\(shard.count).jsonl"
    }

    /// Locked while a program draws that part.
    static func lock(_ shard: Shard) -> String { ".weft-\(shard.index)-of-\(shard.count).lock" }

    /// A new name for a file that a part is writing; see ``owner(ofTemporary:)``.
    static func temporary(_ shard: Shard) -> String {
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        return "\(AtomicFile.temporaryPrefix)\(shard.index)-of-\(shard.count)-\(random).tmp"
    }

    /// The part whose results a file holds, or nil if it is another file.
    static func shard(ofResults name: String) -> Shard? {
        if name == mergedResults { return .whole }
        guard let shard = shard(in: name, after: "results-", before: ".jsonl") else { return nil }
        return shard.count > 1 ? shard : nil
    }

    /// The part that a lock file belongs to, or nil if it is another file.
    static func shard(ofLock name: String) -> Shard? {
        shard(in: name, after: AtomicFile.temporaryPrefix, before: ".lock")
    }

    /// The part that was writing a temporary file, or nil if it is another file.
    static func owner(ofTemporary name: String) -> Shard? {
        guard name.hasSuffix(".tmp"), let dash = name.lastIndex(of: "-") else { return nil }
        return shard(in: String(name[..<dash]), after: AtomicFile.temporaryPrefix, before: "")
    }

    /// Whether a file has the name of a temporary file of ``AtomicFile``, of this program or of another.
    static func isAtomicTemporary(_ name: String) -> Bool {
        let prefix = AtomicFile.temporaryPrefix
        guard name.hasPrefix(prefix), name.hasSuffix(".tmp"), name.count > prefix.count + 4 else { return false }
        return name.dropFirst(prefix.count).dropLast(4).allSatisfy(\.isHexDigit)
    }

    /// `I-of-N` between two texts.
    private static func shard(in name: String, after prefix: String, before suffix: String) -> Shard? {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.count >= prefix.count + suffix.count else {
            return nil
        }
        let parts = name.dropFirst(prefix.count).dropLast(suffix.count).split(separator: "-")
        guard parts.count == 3, parts[1] == "of", let index = Shard.number(parts[0]),
            let count = Shard.number(parts[2]), let shard = try? Shard(index, of: count),
            "\(index)-of-\(count)" == parts.joined(separator: "-")
        else { return nil }
        return shard
    }

    /// The names of all files in a folder, sorted.
    static func list(_ folder: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw WeftError(.invalidFile, "\(folder): the folder cannot be read")
        }
    }

    /// Whether there is anything of that name.
    static func exists(_ path: String) throws -> Bool {
        var status = stat()
        if lstat(path, &status) == 0 { return true }
        if errno == ENOENT { return false }
        throw Descriptor.failure(path, "cannot be read")
    }

    /// The size of a regular file in bytes, nil if there is nothing of that name, -1 if it is something else.
    static func size(_ path: String) throws -> Int? {
        var status = stat()
        if stat(path, &status) != 0 {
            if errno == ENOENT { return nil }
            throw Descriptor.failure(path, "cannot be read")
        }
        return status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : -1
    }
}
