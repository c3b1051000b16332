// What the results in a job's folder say of the pictures of one part, compared with the pictures that are there.

import Foundation

/// The results of one part; reading them changes nothing.
struct JobFindings {
    /// The indices of pictures that are done.
    private(set) var done = Set<Int>()
    /// The indices of pictures that failed for good and are not tried again.
    private(set) var failed = Set<Int>()
    /// How many bytes at the end of this part's results are no whole line.
    private(set) var unfinishedSize = 0

    private let folder: String
    private let shard: Shard
    private var files: [ResultsFile] = []
    /// For each of `files`, which lines are no longer true.
    private var dropped: [Set<Int>] = []
    private var notes: [String] = []

    /// Reads this part's results, and those of other numbers of parts: what was done in them is done here too.
    ///
    /// - Throws: an error that names the file and line, or the picture, that is not as it should be
    init(_ path: String, list: JobPictureList, shard: Shard, retryFailed: Bool, verify: Bool) throws {
        folder = path
        self.shard = shard
        for other in try ResultsFile.shards(in: path) where other == shard || other.count != shard.count {
            let file = try ResultsFile("\(path)/\(JobNames.results(other))", shard: other, pictures: list)
            if let damage = file.damage.first { throw damage }
            files.append(file)
            if other == shard, file.unfinishedSize > 0 {
                unfinishedSize = file.unfinishedSize
                notes.append("\(file.path): a last line that was not written to its end was cut off")
            }
        }
        dropped = Array(repeating: [], count: files.count)
        var found: [Int: [(file: Int, line: Int)]] = [:]
        for (file, results) in files.enumerated() {
            for (line, entry) in results.lines.enumerated() where shard.takes(row: list.entries[entry.index].row) {
                found[entry.index, default: []].append((file, line))
            }
        }
        var gone: [String] = []
        for (index, places) in found.sorted(by: { $0.key < $1.key }) {
            let lines = places.map { files[$0.file].lines[$0.line] }
            guard let line = try JobLine.agreed(lines) else {
                if retryFailed { drop(places) } else { failed.insert(index) }
                continue
            }
            if try line.isPictureThere(in: path, verify: verify) {
                done.insert(index)
            } else {
                drop(places)
                gone.append(list.entries[index].file)
            }
        }
        if let first = gone.first {
            notes.append("\(path): pictures that are gone: \(gone.count), the first of them \(first); drawn again")
        }
    }

    private mutating func drop(_ places: [(file: Int, line: Int)]) {
        for place in places { dropped[place.file].insert(place.line) }
    }

    /// Takes out the lines that are no longer true. Returns notes for the user.
    mutating func repair() throws -> [String] {
        for (file, lines) in zip(files, dropped) where !lines.isEmpty {
            let kept = file.lines.indices.filter { !lines.contains($0) }
            let bytes = kept.flatMap { file.lines[$0].text + [UInt8(ascii: "\n")] }
            try JobFile.write(bytes, as: JobNames.results(file.shard), in: folder, shard: shard, replacing: true)
            if file.shard == shard { unfinishedSize = 0 }
        }
        return notes
    }
}

extension JobLine {
    /// The line that holds, of all lines of a picture: one that says it is done, or nil if all say that it failed.
    ///
    /// - Throws: ``WeftError`` that names two places that contradict each other
    static func agreed(_ lines: [JobLine]) throws -> JobLine? {
        let done = lines.filter(\.isDone)
        if let other = done.first(where: { $0.outcome != done[0].outcome }) {
            throw WeftError(
                .invalidFile, "\(other.place): contradicts \(done[0].place), where \"\(other.id)\" is another picture")
        }
        return done.first
    }

    /// Whether the picture that the line speaks of is in a folder.
    ///
    /// - Throws: ``WeftError`` that names the picture, if it is another than the line says
    func isPictureThere(in folder: String, verify: Bool) throws -> Bool {
        guard case .done(let file, let bytes, let sha256) = outcome else { return false }
        let path = "\(folder)/\(file)"
        guard let size = try JobNames.size(path) else { return false }
        let advice = "it was changed or damaged; remove it to have it drawn again"
        guard size == bytes else {
            let what = size < 0 ? "is not a regular file" : "has \(size) bytes"
            throw WeftError(.invalidFile, "\(path): \(what), but \(place) says \(bytes) bytes: \(advice)")
        }
        if verify, try SHA256.file(path) != sha256 {
            throw WeftError(.invalidFile, "\(path): its SHA-256 is not that of \(place): \(advice)")
        }
        return true
    }
}
