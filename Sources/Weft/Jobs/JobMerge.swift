// Puts the results of all parts of a job together.

import WeftPixels

/// Writes results.jsonl from the results of all parts.
public enum JobMerge {
    /// Puts all results of a job into results.jsonl, a line for each picture, in the order of the job.
    ///
    /// The results of the parts stay, so the job can be gone on with afterwards and merged again; merging twice gives the
    /// same bytes. A picture that failed in one place and was done in another is done. Pictures without a result have
    /// no line.
    ///
    /// - Parameter folder: the job's folder
    /// - Returns: how far the job is; ``JobStatus/missing`` names the pictures without a result
    /// - Throws: ``WeftError`` that names the process and host of a part that is being drawn, or the results file and
    ///   line that cannot be read or contradicts another; nothing is changed then
    @discardableResult
    public static func run(_ folder: String) throws -> JobStatus {
        // Before the lock, so that a folder of something else stays as it is.
        _ = try JobRecords(folder)
        let folderLock = try JobLock("\(folder)/\(JobNames.folderLock)", waiting: true, what: folder)
        for shard in try JobNames.list(folder).compactMap({ JobNames.shard(ofLock: $0) }) {
            guard let holder = try JobLock.holder(of: "\(folder)/\(JobNames.lock(shard))") else { continue }
            throw WeftError(
                .invalidRequest,
                "\(folder): cannot be merged while \(holder) draws shard \(shard); wait for it, or end it")
        }
        let records = try JobRecords(folder)
        if let damage = records.damage.first { throw damage }
        var bytes: [UInt8] = []
        for index in records.list.entries.indices {
            guard let lines = records.lines[index], let line = try JobLine.agreed(lines) ?? lines.last else { continue }
            bytes += line.text + [UInt8(ascii: "\n")]
        }
        let path = "\(folder)/\(JobNames.mergedResults)"
        if try !JobNames.exists(path) || AtomicFile.read(path: path) != bytes {
            try JobFile.write(bytes, as: JobNames.mergedResults, in: folder, shard: .whole, replacing: true)
        }
        let status = try JobStatus.read(records, verify: false)
        _ = consume folderLock
        return status
    }
}
