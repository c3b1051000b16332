// Several programs on one folder: parts, locks, other numbers of parts.

import Foundation
import Testing
import Weft
import WeftPixels

@Suite struct JobShardTests {
    @Test func shardsTakeTheirRowsAndWriteTheirFiles() throws {
        let job = JobFixture(ids: ["a", "b", "c", "d", "e"])
        let folders = try ["0/2", "1/2"].map { try job.open($0) }
        #expect(folders.map { $0.pending.map(\.id) } == [["a", "c", "e"], ["b", "d"]])
        for folder in folders { try job.draw(folder) }
        #expect(try job.lines("results-0-of-2.jsonl") == ["a", "c", "e"].map(job.line))
        #expect(try job.lines("results-1-of-2.jsonl") == ["b", "d"].map(job.line))
        #expect(!(try job.names.contains("results.jsonl")))
    }

    @Test func aShardIsDrawnByOneProgram() throws {
        let job = JobFixture()
        let folder = try job.open("1/2")
        let text = errorText { try job.open("1/2") }
        let prefix = "\(job.path) (shard 1/2) is being written by process \(getpid()) on "
        #expect(text.hasPrefix(prefix) && text.hasSuffix("; wait for it, or end it"), "\(text)")
        try withExtendedLifetime(folder) { try job.finish("0/2") }
        _ = consume folder
        try job.finish("1/2")
        #expect(try JobStatus.read(job.path).done == 3)
    }

    @Test func aLockEndsThoughAForkedProgramHasItsFileOpen() throws {
        let job = JobFixture()
        let folder = try job.open()
        let copies = openFiles(in: job.path).map { dup($0) }  // what a fork leaves open until its exec
        defer { copies.forEach { close($0) } }
        #expect(!copies.isEmpty)
        _ = consume folder
        #expect(try job.open().pending.count == 3)
    }

    @Test func anotherNumberOfPartsWaitsUntilNobodyDraws() throws {
        let job = JobFixture()
        let folder = try job.open("1/2")
        for other in ["0/1", "1/3"] {
            let text = errorText { try job.open(other) }
            #expect(
                text.hasPrefix("\(job.path): shard \(other) cannot be drawn while process \(getpid()) on ")
                    && text.hasSuffix(" draws shard 1/2, another number of parts"), "\(text)")
        }
        try job.draw(folder)
        _ = consume folder
        let rest = try job.open("0/1")
        #expect(rest.pending.map(\.id) == ["a", "c"] && rest.doneCount == 1)
        try job.draw(rest)
        _ = consume rest
        for shard in ["0/3", "1/3", "2/3"] { #expect(try job.open(shard).pending == []) }
        #expect(try job.lines() == ["a", "c"].map(job.line))
    }

    @Test func aGonePictureIsTakenOutOfTheResultsOfOtherNumbers() throws {
        let job = JobFixture()
        for shard in ["0/2", "1/2"] { try job.finish(shard) }
        try job.remove("b.png")
        let folder = try job.open()
        #expect(folder.pending.map(\.id) == ["b"])
        try job.draw(folder)
        #expect(try job.lines("results-1-of-2.jsonl") == [])
        #expect(try job.lines() == [job.line("b")])
        #expect(try JobStatus.read(job.path).done == 3)
    }

    @Test func aLineInTheFileOfAnotherShardIsRefused() throws {
        let job = JobFixture()
        _ = try job.open("0/2")
        try job.write(job.line("b") + "\n", to: "results-0-of-2.jsonl")
        #expect(
            errorText { try job.open("0/2") }
                == "\(job.path)/results-0-of-2.jsonl:1: the picture \"b\" of row 1 is not of shard 0/2")
    }

    @Test func temporaryFilesOfAShardThatIsDrawnStay() throws {
        let job = JobFixture()
        let folder = try job.open("1/2")
        for shard in 0...1 { try job.write("half", to: ".weft-\(shard)-of-2-ab.tmp") }
        try withExtendedLifetime(folder) { try job.finish("0/2") }
        #expect(try job.names.filter { $0.hasSuffix(".tmp") } == [".weft-1-of-2-ab.tmp"])
    }

    @Test func manyProgramsStartAtTheSameMoment() async throws {
        let job = JobFixture(ids: (0..<32).map { "picture \($0)" })
        let (path, ids) = (job.path, job.ids)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for shard in 0..<8 {
                group.addTask {
                    // Not the fixture itself: it is gone, and the folder with it, when the last reference is.
                    let pictures = try ids.enumerated().map {
                        try JobPicture(id: $1, row: $0, index: $0, prompt: "", seed: 0)
                    }
                    let description = JobDescription(
                        program: "0.1.0", rowsSHA256: "ab", rowCount: 32, pictureCount: 32, model: "tiny",
                        modelFingerprint: "cd", defaults: ["size": "8x8"], seed: .max)
                    let folder = try JobFolder(
                        path, description: description, pictures: pictures, shard: Shard(shard, of: 8))
                    for picture in folder.pending {
                        try folder.commit(picture, png: Array(picture.id.utf8), result: .test)
                    }
                }
            }
            try await group.waitForAll()
        }
        let status = try JobMerge.run(job.path)
        #expect(status.done == 32 && status.isFinished)
        #expect(try job.lines().count == 32)
    }

    /// The descriptors of this program that are open files of a folder.
    private func openFiles(in folder: String) -> [Int32] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let inodes = files.compactMap { name -> ino_t? in
            var status = stat()
            return stat("\(folder)/\(name)", &status) == 0 ? status.st_ino : nil
        }
        return (3..<1024).filter {
            var status = stat()
            return fstat($0, &status) == 0 && inodes.contains(status.st_ino)
        }
    }
}
