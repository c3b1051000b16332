// All pictures of a job in order: the file pictures.jsonl.

import Foundation
import WeftModel
import WeftPixels

/// The ids, rows and file names of all pictures of a job, so that what is missing can be named without the prompt file.
struct JobPictureList {
    /// One line of the file.
    struct Entry: Codable, Hashable {
        /// The picture's id.
        let id: String
        /// The row of the prompt file, from 0.
        let row: Int
        /// The name of the picture's file.
        let file: String
    }

    /// In the order of the job.
    let entries: [Entry]
    private let places: [String: Int]

    /// The list of a job.
    ///
    /// - Throws: ``WeftError`` that names an id that two pictures have
    init(_ pictures: [JobPicture]) throws {
        let files = PictureNames.files(pictures.map(\.id))
        let entries = zip(pictures, files).map { Entry(id: $0.id, row: $0.row, file: $1) }
        try self.init(entries) { first, second in
            WeftError(
                .invalidRequest,
                "row \(entries[second].row): the id \"\(entries[second].id)\" is that of row \(entries[first].row) too")
        }
    }

    /// The list in a folder.
    ///
    /// - Throws: an error that names the file and the line
    init(folder: String, count: Int) throws {
        let path = "\(folder)/\(JobNames.pictures)"
        let lines = try AtomicFile.read(path: path).split(separator: UInt8(ascii: "\n"))
        guard lines.count == count else {
            throw WeftError(.invalidFile, "\(path): has \(lines.count) lines, but the job has \(count) pictures")
        }
        let entries = try lines.enumerated().map {
            try JSONFile.decode(Entry.self, from: Data($1), path: "\(path):\($0 + 1)")
        }
        try self.init(entries) {
            WeftError(.invalidFile, "\(path):\($1 + 1): the id \"\(entries[$1].id)\" is in line \($0 + 1) too")
        }
    }

    private init(_ entries: [Entry], twice: (Int, Int) -> WeftError) throws {
        self.entries = entries
        var places = [String: Int](minimumCapacity: entries.count)
        for (index, entry) in entries.enumerated() {
            if let first = places.updateValue(index, forKey: entry.id) { throw twice(first, index) }
        }
        self.places = places
    }

    /// Writes the list into a folder, or checks that the folder has this one.
    func writeOrCheck(folder: String, shard: Shard) throws {
        let path = "\(folder)/\(JobNames.pictures)"
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = try entries.flatMap { try encoder.encode($0) + [UInt8(ascii: "\n")] }
        if try !JobNames.exists(path) {
            return try JobFile.write(bytes, as: JobNames.pictures, in: folder, shard: shard)
        }
        guard try AtomicFile.read(path: path) == bytes else {
            throw WeftError(
                .invalidFile, "\(path): is not the list of this job's pictures; remove it to have it written anew")
        }
    }

    /// Throws ``WeftError`` that names the place of a line that is about no picture of this job or part.
    func check(_ line: JobLine, shard: Shard) throws {
        func fail(_ reason: String) -> WeftError { WeftError(.invalidFile, "\(line.place): \(reason)") }
        guard let index = places[line.id] else { throw fail("the job has no picture \"\(line.id)\"") }
        guard line.index == index else {
            throw fail("the picture \"\(line.id)\" has index \(index) in the job, not \(line.index)")
        }
        guard shard.takes(row: entries[index].row) else {
            throw fail("the picture \"\(line.id)\" of row \(entries[index].row) is not of shard \(shard)")
        }
        if case .done(let file, _, let sha256) = line.outcome {
            guard file == entries[index].file else {
                throw fail("the file of \"\(line.id)\" is \"\(entries[index].file)\", not \"\(file)\"")
            }
            guard sha256.utf8.count == 2 * SHA256.byteCount, sha256.allSatisfy(\.isHexDigit) else {
                throw fail("\"\(sha256)\" is no SHA-256")
            }
        }
    }
}
