// Everything that a job's folder says, read without changing it.

/// The description, the pictures and all results of a job.
struct JobRecords {
    /// The folder.
    let folder: String
    /// What job.json holds.
    let description: JobDescription
    /// All pictures.
    let list: JobPictureList
    /// The parts that have results.
    let shards: [Shard]
    /// The lines of each picture by its index, in the order of the results files.
    private(set) var lines: [Int: [JobLine]] = [:]
    /// Why some lines cannot be read or do not fit the job.
    private(set) var damage: [any Error] = []

    /// Reads a folder.
    ///
    /// - Throws: an error that names the file, if the folder is not that of a job, or the list of pictures or a results
    ///   file cannot be read
    init(_ folder: String) throws {
        guard let description = try JobDescription.read(folder: folder) else {
            throw WeftError(.invalidFile, "\(folder): has no \(JobNames.description): it is not the folder of a job")
        }
        self.folder = folder
        self.description = description
        list = try JobPictureList(folder: folder, count: description.pictureCount)
        shards = try ResultsFile.shards(in: folder)
        for shard in shards {
            let file = try ResultsFile("\(folder)/\(JobNames.results(shard))", shard: shard, pictures: list)
            damage += file.damage
            for line in file.lines { lines[line.index, default: []].append(line) }
        }
    }
}
