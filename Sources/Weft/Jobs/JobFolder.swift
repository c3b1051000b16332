// The folder that a job of many pictures writes, each exactly once.

import Foundation

/// One part of a job in its folder: what is still to be drawn, and how a picture is written down.
///
/// A picture is done once its line is in the results; its file is whole and on the disk before that. Whatever ends the
/// program, the next start on the folder finds one of these and goes on:
/// - a picture and its line: done.
/// - a picture without its line: it is drawn again, since the line cannot be known; the same bytes must come out.
/// - a line without its picture: the line is taken out and the picture is drawn again.
/// - a picture of another size than its line says (with `verify`, of another SHA-256): an error, since it was changed by
///   hand or damaged, and nobody but the user can tell which.
/// - a last line without its end: it is cut off, and its picture is drawn again.
/// - a line that cannot be read anywhere else, or that does not fit the job: an error that names the file and the line.
/// - temporary files of a part that no program draws any more: they are removed.
///
/// After an error nothing in the folder has changed but lock files. Files of other names are left alone. To stop, stop
/// calling: between two calls nothing is half-done. A folder is used by one thread at a time.
///
/// Parts of the same job may be drawn at the same time by other programs, also on other machines; see ``Shard``. The
/// number of parts may change from start to start, but not while another number is being drawn.
public final class JobFolder {
    /// The folder.
    public let path: String
    /// The part of the job that is drawn here.
    public let shard: Shard
    /// What was to be drawn when the folder was opened, in the order of the job.
    public let pending: [JobPicture]
    /// What was put in order when the folder was opened, a line each, for the user.
    public let notes: [String]
    /// How many pictures of this part are done.
    public private(set) var doneCount: Int
    /// How many pictures of this part failed for good and are not tried again.
    public private(set) var failedCount: Int

    let list: JobPictureList
    private var writer: ResultsWriter
    private var waiting: Set<Int>
    private let lock: JobLock

    /// Opens a folder, which is made with its parents if there is none.
    ///
    /// - Parameters:
    ///   - path: the folder
    ///   - description: what makes the job this job
    ///   - pictures: all pictures of the job in order, whatever the part; the index of each is its place
    ///   - shard: the part that is drawn here
    ///   - retryFailed: whether pictures that failed for good are pending again, and their lines taken out
    ///   - verify: whether the SHA-256 of all pictures of this part is compared with the results, and not only the size
    /// - Throws: an error that says which part of `description` differs from the folder's; which process on which host
    ///   draws this part already; or which file, in which line, is not as it should be. Nothing has been changed then
    ///   but lock files, and a new folder may have its job.json. A full or read-only disk is an error at any step, after
    ///   which the next start goes on.
    public init(
        _ path: String, description: JobDescription, pictures: [JobPicture], shard: Shard = .whole,
        retryFailed: Bool = true, verify: Bool = false
    ) throws {
        precondition(description.pictureCount == pictures.count, "the description counts other pictures")
        precondition(pictures.enumerated().allSatisfy { $0 == $1.index }, "the index of a picture is its place")
        let list = try JobPictureList(pictures)
        let opening = JobOpening(path: path, description: description, list: list, shard: shard)
        let isNew = try opening.check()
        // Whoever opens or merges has this lock, so that no two of them see or change the folder at the same time.
        let folderLock = try JobLock("\(path)/\(JobNames.folderLock)", waiting: true, what: path)
        if isNew { try opening.describe() }
        try opening.checkOtherShards()
        lock = try JobLock("\(path)/\(JobNames.lock(shard))", waiting: false, what: "\(path) (shard \(shard))")
        try list.writeOrCheck(folder: path, shard: shard)
        var found = try JobFindings(path, list: list, shard: shard, retryFailed: retryFailed, verify: verify)
        notes = try found.repair() + opening.removeOrphans()
        writer = try ResultsWriter("\(path)/\(JobNames.results(shard))", unfinishedSize: found.unfinishedSize)
        try Descriptor.syncFolder(path)
        _ = consume folderLock
        self.path = path
        self.shard = shard
        self.list = list
        doneCount = found.done.count
        failedCount = found.failed.count
        pending = pictures.filter {
            shard.takes(row: $0.row) && !found.done.contains($0.index) && !found.failed.contains($0.index)
        }
        waiting = Set(pending.map(\.index))
    }

    /// The name in the folder that a picture has or will have.
    public func fileName(_ picture: JobPicture) -> String { list.entries[picture.index].file }

    /// Writes a picture and then its line; both are on the disk when this returns.
    ///
    /// - Parameters:
    ///   - picture: one of ``pending``, once
    ///   - png: the bytes of its file
    ///   - result: what the line says beside the picture's id, prompt, seed and file
    /// - Throws: as ``commit(_:)``
    public func commit(_ picture: JobPicture, png: [UInt8], result: JobResult) throws {
        try commit([(picture: picture, png: png, result: result)])
    }

    /// Writes pictures and then their lines; all are on the disk when this returns.
    ///
    /// Pictures that are finished together are written together, which takes hardly longer than one of them.
    ///
    /// - Parameter drawn: pictures of ``pending``, each once; the bytes of its file; and what the line says beside the
    ///   picture's id, prompt, seed and file
    /// - Throws: an error that names the file: the disk is full or read-only, or a file of that name has other bytes.
    ///   Pictures before that one are committed; the others may be committed again, or are drawn again at the next start.
    public func commit(_ drawn: [(picture: JobPicture, png: [UInt8], result: JobResult)]) throws {
        for (picture, _, result) in drawn {
            try check(picture)
            try result.validate()
        }
        let lines = try drawn.map { picture, png, result in
            try JobLine.done(picture, result, file: fileName(picture), png: png)
        }
        let (count, error) = JobFile.write(
            drawn.map { (name: fileName($0.picture), bytes: $0.png) }, in: path, shard: shard)
        if count > 0 { try writer.append(Array(lines[..<count].joined())) }
        for (picture, _, _) in drawn[..<count] { waiting.remove(picture.index) }
        doneCount += count
        if let error { throw error }
    }

    /// Writes down that a picture failed for good, and why; it is pending again at the next start.
    ///
    /// - Parameters:
    ///   - picture: one of ``pending``, once
    ///   - error: one line that says what went wrong
    /// - Throws: ``WeftError`` that names the results file, if it cannot be written
    public func fail(_ picture: JobPicture, _ error: String) throws {
        try check(picture)
        try writer.append(JobLine.failed(picture, error))
        waiting.remove(picture.index)
        failedCount += 1
    }

    private func check(_ picture: JobPicture) throws {
        guard waiting.contains(picture.index), list.entries[picture.index].id == picture.id else {
            throw WeftError(
                .invalidRequest, "the picture \"\(picture.id)\" is not pending in shard \(shard) of \(path)")
        }
    }
}
