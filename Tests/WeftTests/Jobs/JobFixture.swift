// A job in an empty folder, with made-up pictures.

import Foundation
import Weft
import WeftPixels

/// A folder for one job; it is gone when the value is.
final class JobFixture: Sendable {
    /// The folder; it does not exist at first.
    let path: String
    /// The ids of the pictures, each in a row of its own.
    let ids: [String]

    init(
        ids: [String] = ["a", "b", "c"],
        at path: String = FileManager.default.temporaryDirectory.appending(path: "weft-job-\(UUID().uuidString)").path
    ) {
        self.ids = ids
        self.path = path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var description: JobDescription {
        JobDescription(
            program: "0.1.0", rowsSHA256: "ab", rowCount: ids.count, pictureCount: ids.count, model: "tiny",
            modelFingerprint: "cd", defaults: ["size": "8x8"], seed: .max)
    }

    func pictures() throws -> [JobPicture] {
        try ids.enumerated().map {
            try JobPicture(id: $1, row: $0, index: $0, prompt: "a \"\($1)\"", seed: UInt64($0))
        }
    }

    func open(
        _ shard: String = "0/1", description: JobDescription? = nil, retryFailed: Bool = true, verify: Bool = false
    ) throws -> JobFolder {
        try JobFolder(
            path, description: description ?? self.description, pictures: pictures(), shard: Shard(parsing: shard),
            retryFailed: retryFailed, verify: verify)
    }

    /// The bytes of a picture.
    func png(_ id: String) -> [UInt8] { Array("picture of \(id)".utf8) }

    /// Commits pictures of a folder: those of the ids, or all that are pending.
    func draw(_ folder: JobFolder, _ ids: [String]? = nil) throws {
        for picture in folder.pending where ids?.contains(picture.id) ?? true {
            try folder.commit(picture, png: png(picture.id), result: .test)
        }
    }

    /// Opens the folder and draws what is pending.
    func finish(_ shard: String = "0/1") throws { try draw(open(shard)) }

    /// All that is in the folder but locks, sorted.
    var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasSuffix(".lock") }.sorted()
        }
    }

    func read(_ name: String) throws -> String {
        String(decoding: try AtomicFile.read(path: "\(path)/\(name)"), as: UTF8.self)
    }

    func lines(_ name: String = "results.jsonl") throws -> [String] {
        try read(name).split(separator: "\n").map(String.init)
    }

    func write(_ text: String, to name: String) throws {
        try AtomicFile.write(Array(text.utf8), to: "\(path)/\(name)")
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }

    /// All files and their bytes but locks: what must not change after an error.
    func snapshot() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try names { files[name] = try AtomicFile.read(path: "\(path)/\(name)") }
        return files
    }

    /// The line of a picture that ``draw(_:_:)`` has committed.
    func line(_ id: String) -> String {
        let index = ids.firstIndex(of: id) ?? -1
        let png = png(id)
        return
            "{\"id\":\"\(id)\",\"index\":\(index),\"prompt\":\"a \\\"\(id)\\\"\",\"seed\":\(index),\"model\":\"tiny\","
            + "\"size\":\"8x8\",\"quality\":\"low\",\"tokens\":4,\"file\":\"\(id).png\",\"bytes\":\(png.count),"
            + "\"sha256\":\"\(SHA256.hex(of: png))\",\"seconds\":0.12345,\"cfg\":[1,2]}"
    }
}

extension JobResult {
    static var test: JobResult {
        JobResult(
            model: "tiny", size: "8x8", quality: "low", tokens: 4, seconds: 0.12345, more: [("cfg", "[1,2]")])
    }
}

/// The text of the error that `body` throws; empty if it throws none.
func errorText(_ body: () throws -> some Any) -> String {
    do {
        _ = try body()
        return ""
    } catch {
        return "\(error)"
    }
}
