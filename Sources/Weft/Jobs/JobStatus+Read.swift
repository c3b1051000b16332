// How far a job is, from its folder.

extension JobStatus {
    /// Reads the status of a job's folder, also while programs draw the job: nothing is locked and nothing written.
    ///
    /// - Parameters:
    ///   - folder: the job's folder
    ///   - verify: whether the SHA-256 of every picture is compared with the results, and not only the size
    /// - Throws: an error that names the file, if the folder is not that of a job or cannot be read. Damage to results
    ///   and pictures is no error here but part of the status.
    public static func read(_ folder: String, verify: Bool = false) throws -> JobStatus {
        try read(JobRecords(folder), verify: verify)
    }

    static func read(_ records: JobRecords, verify: Bool) throws -> JobStatus {
        var status = JobStatus(records.description)
        status.damaged = records.damage.map { Damage($0) }
        let counts = Set(records.shards.map(\.count)).subtracting([1])
        let shardCount = counts.count == 1 ? counts.first ?? 0 : 0
        status.shards = (0..<shardCount).map { Part(shard: "\($0)/\(shardCount)") }
        for (index, entry) in records.list.entries.enumerated() {
            let part = shardCount == 0 ? nil : entry.row % shardCount
            switch status.outcome(of: records.lines[index] ?? [], in: records.folder, verify: verify) {
            case .done:
                status.done += 1
                if let part { status.shards[part].done += 1 }
            case .failed(let error):
                status.failed.append(Failure(id: entry.id, error: error))
                if let part { status.shards[part].failed += 1 }
            case .missing:
                status.missing.append(entry.id)
                if let part { status.shards[part].missing.append(entry.id) }
            case .damaged(let damage): status.damaged.append(damage)
            }
        }
        return status
    }

    private enum Outcome {
        case done, missing
        case failed(String)
        case damaged(Damage)
    }

    private func outcome(of lines: [JobLine], in folder: String, verify: Bool) -> Outcome {
        do {
            if let line = try JobLine.agreed(lines) {
                return try line.isPictureThere(in: folder, verify: verify) ? .done : .missing
            }
            if case .failed(let error)? = lines.last?.outcome { return .failed(error) }
            return .missing
        } catch {
            return .damaged(Damage(error))
        }
    }
}

extension JobStatus.Damage {
    /// The damage that an error speaks of: `place: reason`.
    init(_ error: any Error) {
        let text = "\(error)"
        let colon = text.firstRange(of: ": ")
        place = colon.map { String(text[..<$0.lowerBound]) } ?? ""
        reason = colon.map { String(text[$0.upperBound...]) } ?? text
    }
}
