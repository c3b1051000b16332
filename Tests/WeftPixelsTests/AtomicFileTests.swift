// Files appear whole or not at all, and nothing is left behind.

import Foundation
import Testing
import WeftPixels

@Suite struct AtomicFileTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weft-\(UUID().uuidString)").path

    /// Runs `body` with an empty folder that is gone afterwards.
    private func inFolder(_ body: () throws -> Void) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body()
    }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
    }

    @Test func writesAndReads() throws {
        try inFolder {
            let picture = try noise(20, 10)
            let text = [TextChunk(keyword: "weft", text: "{}")]
            try PNG.write(picture, text: text, to: folder + "/a.png")
            let (again, chunks) = try PNG.read(path: folder + "/a.png")
            #expect(again == picture)
            #expect(chunks == text)
            #expect(try names == ["a.png"])
            #expect(try AtomicFile.read(path: folder + "/a.png") == PNG.encode(picture, text: text))
        }
    }

    @Test func replacesOnlyIfAsked() throws {
        try inFolder {
            let path = folder + "/a.png"
            try AtomicFile.write([1], to: path)
            try AtomicFile.write([2], to: path)
            #expect(try AtomicFile.read(path: path) == [2])
            #expect(throws: PictureError("cannot be written: it exists already", file: path)) {
                try AtomicFile.write([3], to: path, replacing: false)
            }
            #expect(try AtomicFile.read(path: path) == [2])
            try AtomicFile.write([], to: folder + "/b", replacing: false)
            #expect(try AtomicFile.read(path: folder + "/b").isEmpty)
            #expect(try names == ["a.png", "b"])
        }
    }

    @Test func ofManyWritersWithoutReplacingOneWins() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/a"
        let winners = await withTaskGroup(of: [UInt8]?.self) { group in
            for index: UInt8 in 0..<16 {
                group.addTask {
                    let bytes = [UInt8](repeating: index, count: 5000)
                    do { try AtomicFile.write(bytes, to: path, replacing: false) } catch { return nil }
                    return bytes
                }
            }
            var winners: [[UInt8]] = []
            for await case let bytes? in group { winners.append(bytes) }
            return winners
        }
        #expect(winners.count == 1)
        #expect(try AtomicFile.read(path: path) == winners.first)
        #expect(try names == ["a"])
    }

    @Test func failuresNameTheFileAndLeaveNothing() throws {
        try inFolder {
            try AtomicFile.write([1], to: folder + "/file")
            try FileManager.default.createDirectory(atPath: folder + "/inner", withIntermediateDirectories: false)
            let picture = try noise(2, 2)
            for (path, reason) in [
                (folder + "/missing/a.png", "cannot be written: No such file or directory"),
                (folder + "/file/a.png", "cannot be written: Not a directory"),
                (folder + "/inner", "cannot be written: it is a folder"),
                ("/dev/null", "cannot be written: it is not a regular file"),
                ("", "the name of the file is empty"),
            ] {
                #expect(throws: PictureError(reason, file: path.isEmpty ? nil : path)) {
                    try PNG.write(picture, to: path)
                }
            }
            #expect(throws: PictureError.self) { try AtomicFile.write([1], to: folder + "/a\u{0}b") }
            #expect(throws: PictureError("\"\" cannot be the keyword of a PNG text", file: folder + "/c.png")) {
                try PNG.write(picture, text: [TextChunk(keyword: "", text: "")], to: folder + "/c.png")
            }
            #expect(try names == ["file", "inner"])
            #expect(try AtomicFile.read(path: folder + "/file") == [1])
        }
    }

    /// The name is free when the target is looked at, and the longest that a file can have is shorter than it.
    @Test func aRenameThatFailsLeavesNothing() throws {
        try inFolder {
            for replacing in [true, false] {
                let path = folder + "/" + String(repeating: "n", count: 300)
                #expect(throws: PictureError("cannot be written: File name too long", file: path)) {
                    try AtomicFile.write([1], to: path, replacing: replacing)
                }
            }
            let left = try names
            #expect(left.isEmpty)
        }
    }

    @Test func readingNamesTheFile() throws {
        try inFolder {
            let missing = folder + "/missing.png"
            #expect(throws: PictureError("cannot be read: No such file or directory", file: missing)) {
                try PNG.read(path: missing)
            }
            #expect(throws: PictureError("cannot be read: Is a directory", file: folder)) { try PNG.read(path: folder) }
            try AtomicFile.write(Array("hello".utf8), to: folder + "/text")
            let error = #expect(throws: PictureError.self) { try PNG.read(path: folder + "/text") }
            #expect(error?.description == folder + "/text: it is not a PNG file")
        }
    }
}
