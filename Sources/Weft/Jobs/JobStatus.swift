// How far a job is.

/// What is done, failed, missing and damaged in a job's folder.
public struct JobStatus: Sendable, Hashable, Codable {
    /// A picture that failed for good.
    public struct Failure: Sendable, Hashable, Codable {
        /// The picture's id.
        public let id: String
        /// Why it failed.
        public let error: String
    }

    /// A file that is not as it should be.
    public struct Damage: Sendable, Hashable, Codable {
        /// The file, and the line in a results file.
        public let place: String
        /// What is wrong with it.
        public let reason: String
    }

    /// The counts of one part of the job.
    public struct Part: Sendable, Hashable, Codable {
        /// The part, as in `0/4`.
        public let shard: String
        /// How many of its pictures are done.
        public internal(set) var done = 0
        /// How many of its pictures failed for good.
        public internal(set) var failed = 0
        /// The ids of its pictures that have no result yet.
        public internal(set) var missing: [String] = []
    }

    /// The model's name.
    public let model: String
    /// How many pictures the job has.
    public let pictures: Int
    /// How many are done: there is a line, and a file of the size that the line says.
    public internal(set) var done = 0
    /// Those that failed for good and were not drawn since, in the order of the job.
    public internal(set) var failed: [Failure] = []
    /// The ids of those without a line, or without the file of their line, in the order of the job.
    public internal(set) var missing: [String] = []
    /// Files that were changed or damaged, and lines of results that cannot be read.
    public internal(set) var damaged: [Damage] = []
    /// The parts, if the job was drawn in parts and always in the same number of them; otherwise none.
    public internal(set) var shards: [Part] = []

    /// Whether every picture is done, or has failed for good, and nothing is damaged.
    public var isFinished: Bool { missing.isEmpty && damaged.isEmpty }

    init(_ description: JobDescription) {
        model = description.model
        pictures = description.pictureCount
    }
}
