// What is checked and made in a job's folder before its results are read.

import Foundation
import WeftPixels

/// A folder that is being opened for a job.
struct JobOpening {
    /// The folder.
    let path: String
    /// What makes the job this job.
    let description: JobDescription
    /// All pictures of the job.
    let list: JobPictureList
    /// The part that will be drawn.
    let shard: Shard

    /// Throws if the folder holds another job; makes it if there is none. Returns whether it has no job yet.
    func check() throws -> Bool {
        if path.isEmpty { throw WeftError(.invalidRequest, "the name of the job's folder is empty") }
        if let stored = try JobDescription.read(folder: path) {
            try description.check(against: stored, folder: path)
            return false
        }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw WeftError(.invalidFile, "\(path): the folder cannot be made, or is a file")
        }
        return true
    }

    /// Writes job.json, unless another shard has just written the same.
    func describe() throws {
        if try JobDescription.read(folder: path) == nil {
            try checkUnused()
            do {
                try description.write(folder: path, shard: shard)
            } catch {
                // Where locks do not reach another machine, the first to write has won.
                guard try JobNames.exists("\(path)/\(JobNames.description)") else { throw error }
            }
        }
        guard let stored = try JobDescription.read(folder: path) else {
            throw WeftError(.invalidFile, "\(path)/\(JobNames.description): is gone, though it was just written")
        }
        try description.check(against: stored, folder: path)
    }

    /// A folder without a job may have any files, but none that the job would write.
    private func checkUnused() throws {
        let names = Set(try JobNames.list(path))
        let own = names.filter { $0 == JobNames.pictures || JobNames.shard(ofResults: $0) != nil }
        if let name = own.union(names.intersection(list.entries.map(\.file))).min() {
            throw WeftError(
                .invalidFile,
                "\(path)/\(name): is there already, but the folder has no \(JobNames.description); give another folder")
        }
    }

    /// Throws if a program draws the job in another number of parts: rows would be drawn twice.
    func checkOtherShards() throws {
        for other in try JobNames.list(path).compactMap({ JobNames.shard(ofLock: $0) }) where other.count != shard.count
        {
            guard let holder = try JobLock.holder(of: "\(path)/\(JobNames.lock(other))") else { continue }
            throw WeftError(
                .invalidRequest,
                "\(path): shard \(shard) cannot be drawn while \(holder) draws shard \(other), another number of parts")
        }
    }

    /// Removes temporary files that no program is writing; returns a note if there were any.
    func removeOrphans() throws -> [String] {
        var count = 0
        for name in try JobNames.list(path) where try isOrphan(name) {
            if unlink("\(path)/\(name)") == 0 {
                count += 1
            } else if errno != ENOENT {  // another shard that starts removes them too
                throw Descriptor.failure("\(path)/\(name)", "cannot be removed")
            }
        }
        return count == 0 ? [] : ["\(path): temporary files of a program that was ended: \(count), removed"]
    }

    private func isOrphan(_ name: String) throws -> Bool {
        if let owner = JobNames.owner(ofTemporary: name) {
            if owner == shard { return true }
            let lock = "\(path)/\(JobNames.lock(owner))"
            return try !JobNames.exists(lock) || JobLock.holder(of: lock) == nil
        }
        guard JobNames.isAtomicTemporary(name) else { return false }
        // Jobs write no such files, but another command may be writing a picture into this folder.
        let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
        guard let date = attributes?[.modificationDate] as? Date else { return false }
        return date.timeIntervalSinceNow < -3600
    }
}
