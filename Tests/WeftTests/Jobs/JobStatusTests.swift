// How far a job is, and its results put together.

import Foundation
import Testing
import WeftPixels

@testable import Weft

@Suite struct JobStatusTests {
    @Test func countsAndNamesWhileTheJobRuns() throws {
        let job = JobFixture(ids: ["a", "b", "c", "d", "e", "f"])
        let folders = try ["0/3", "1/3"].map { try job.open($0) }  // 2/3 has not begun
        try job.draw(folders[0], ["d"])
        // A line that is being written at this moment is no damage.
        let results = try #require(FileHandle(forWritingAtPath: job.path + "/results-1-of-3.jsonl"))
        try results.write(contentsOf: Data("{\"id\":\"e".utf8))
        let before = try job.snapshot()
        let status = try JobStatus.read(job.path)
        #expect(status.model == "tiny" && status.pictures == 6 && !status.isFinished)
        #expect(status.done == 1 && status.missing == ["a", "b", "c", "e", "f"])
        #expect(status.damaged == [] && status.failed == [])
        #expect(try withExtendedLifetime(folders) { try job.snapshot() } == before)
    }

    @Test func namesWhatIsMissingByShard() throws {
        let job = JobFixture(ids: ["a", "b", "c", "d", "e"])
        try job.finish("0/3")
        let folder = try job.open("1/3")
        try folder.fail(folder.pending[0], "broke")
        let status = try JobStatus.read(job.path)
        #expect(status.done == 2 && status.missing == ["c", "e"])
        #expect(status.failed == [JobStatus.Failure(id: "b", error: "broke")])
        #expect(status.shards.map(\.shard) == ["0/3", "1/3", "2/3"])
        #expect(status.shards.map(\.done) == [2, 0, 0] && status.shards.map(\.failed) == [0, 1, 0])
        #expect(status.shards.map(\.missing) == [[], ["e"], ["c"]])
    }

    @Test func findsDamage() throws {
        let job = JobFixture(ids: ["a", "b", "c", "d"])
        try job.finish()
        try job.remove("a.png")
        try job.write("short", to: "b.png")
        try job.write("picture of X", to: "c.png")
        var status = try JobStatus.read(job.path)
        #expect(status.done == 2 && status.missing == ["a"] && status.shards == [])
        #expect(status.damaged.map(\.place) == ["\(job.path)/b.png"])
        status = try JobStatus.read(job.path, verify: true)
        #expect(status.done == 1 && status.damaged.map(\.place) == ["\(job.path)/b.png", "\(job.path)/c.png"])
        try job.write([job.line("a"), "x", job.line("d"), ""].joined(separator: "\n"), to: "results.jsonl")
        status = try JobStatus.read(job.path)
        #expect(status.damaged == [JobStatus.Damage(place: "\(job.path)/results.jsonl:2", reason: "is not valid JSON")])
        #expect(status.done == 1 && status.missing == ["a", "b", "c"])
    }

    @Test func aFolderWithoutAJobIsNamed() throws {
        let job = JobFixture()
        #expect(
            errorText { try JobStatus.read(job.path) }
                == "\(job.path): has no job.json: it is not the folder of a job")
        try job.finish()
        try job.write("{\"file\":\"a.png\",\"id\":\"a\",\"row\":0}\n", to: "pictures.jsonl")
        #expect(
            errorText { try JobStatus.read(job.path) }
                == "\(job.path)/pictures.jsonl: has 1 lines, but the job has 3 pictures")
    }

    @Test func mergesInTheOrderOfTheJob() throws {
        let job = JobFixture(ids: ["a", "b", "c", "d", "e"])
        try job.finish("1/2")
        let folder = try job.open("0/2")
        try folder.fail(folder.pending[1], "broke")
        try job.draw(folder, ["e"])
        _ = consume folder
        let status = try JobMerge.run(job.path)
        #expect(status.missing == ["a"] && status.failed.map(\.id) == ["c"] && status.done == 3)
        let failed = "{\"id\":\"c\",\"index\":2,\"error\":\"broke\"}"
        #expect(try job.lines() == [job.line("b"), failed, job.line("d"), job.line("e")])
        let before = try job.snapshot()
        #expect(try JobMerge.run(job.path) == status)
        #expect(try job.snapshot() == before)
        // The job goes on after a merge, in any number of parts, and is merged again.
        try job.finish("0/2")
        #expect(try job.lines("results-0-of-2.jsonl") == ["e", "a", "c"].map(job.line))
        #expect(try JobMerge.run(job.path).isFinished)
        #expect(try job.lines() == job.ids.map(job.line))
        #expect(try job.open().pending == [])
    }

    @Test func mergingIsRefusedWhileAShardIsDrawn() throws {
        let job = JobFixture()
        try job.finish("1/2")
        let folder = try job.open("0/2")
        let before = try job.snapshot()
        let text = errorText { try JobMerge.run(job.path) }
        #expect(text.hasPrefix("\(job.path): cannot be merged while process \(getpid()) on "))
        #expect(text.hasSuffix(" draws shard 0/2; wait for it, or end it"))
        #expect(try withExtendedLifetime(folder) { try job.snapshot() } == before)
    }

    @Test func mergingIsRefusedWhileResultsAreDamaged() throws {
        let job = JobFixture()
        for shard in ["0/2", "1/2"] { try job.finish(shard) }
        try job.write(job.line("a") + "\nx\n" + job.line("c") + "\n", to: "results-0-of-2.jsonl")
        let before = try job.snapshot()
        #expect(errorText { try JobMerge.run(job.path) } == "\(job.path)/results-0-of-2.jsonl:2: is not valid JSON")
        let other = job.line("b").replacing(SHA256.hex(of: job.png("b")), with: SHA256.hex(of: job.png("a")))
        try job.write(job.line("a") + "\n" + job.line("c") + "\n", to: "results-0-of-2.jsonl")
        try job.write(other + "\n", to: "results.jsonl")
        #expect(
            errorText { try JobMerge.run(job.path) }
                == "\(job.path)/results-1-of-2.jsonl:1: contradicts \(job.path)/results.jsonl:1, where \"b\" is another "
                + "picture")
        try job.remove("results.jsonl")
        #expect(before["results.jsonl"] == nil)
        #expect(errorText { try JobMerge.run("/missing") }.hasPrefix("/missing: has no job.json"))
        #expect(try JobMerge.run(job.path).isFinished)
    }
}
