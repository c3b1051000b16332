// A results file as it stands on the disk.

import Foundation
import WeftPixels

/// The lines of a results file.
struct ResultsFile {
    /// The file.
    let path: String
    /// The part that writes it.
    let shard: Shard
    /// All lines that can be read and fit the job, in order.
    let lines: [JobLine]
    /// Why the other lines cannot be read or do not fit; each error names the file and the line.
    let damage: [any Error]
    /// How many bytes follow the last newline: the beginning of a line that was not written to its end.
    let unfinishedSize: Int

    /// Reads a results file.
    ///
    /// - Throws: an error that names the file, if it cannot be read
    init(_ path: String, shard: Shard, pictures: JobPictureList) throws {
        self.path = path
        self.shard = shard
        let bytes = try AtomicFile.read(path: path)
        let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        unfinishedSize = bytes.count - end
        var lines: [JobLine] = []
        var damage: [any Error] = []
        let texts = bytes[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        for (number, text) in texts.enumerated() {
            do {
                let line = try JobLine(Array(text), place: "\(path):\(number + 1)")
                try pictures.check(line, shard: shard)
                lines.append(line)
            } catch {
                damage.append(error)
            }
        }
        self.lines = lines
        self.damage = damage
    }

    /// All results files of a folder: that of a job in one part first, then those of parts in order.
    static func shards(in folder: String) throws -> [Shard] {
        let shards = try JobNames.list(folder).compactMap { JobNames.shard(ofResults: $0) }
        return shards.sorted { ($0.count, $0.index) < ($1.count, $1.index) }
    }
}
