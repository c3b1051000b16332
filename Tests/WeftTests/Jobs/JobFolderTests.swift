// A job from its first start to its end.

import Foundation
import Testing
import Weft
import WeftPixels

@Suite struct JobFolderTests {
    @Test func writesPicturesAndLines() throws {
        let job = JobFixture()
        let folder = try job.open()
        #expect(folder.pending.map(\.id) == ["a", "b", "c"] && folder.notes == [])
        #expect(try job.names == ["job.json", "pictures.jsonl", "results.jsonl"])
        try job.draw(folder, ["b"])
        #expect(try job.lines() == [job.line("b")])
        #expect(try job.read("b.png") == "picture of b")
        try job.draw(folder, ["a", "c"])
        #expect(folder.doneCount == 3)
        #expect(try job.names == ["a.png", "b.png", "c.png", "job.json", "pictures.jsonl", "results.jsonl"])
        #expect(try job.lines("pictures.jsonl")[1] == "{\"file\":\"b.png\",\"id\":\"b\",\"row\":1}")
        let stored = try JSONDecoder().decode(JobDescription.self, from: Data(job.read("job.json").utf8))
        #expect(stored == job.description && stored.seed == .max)
    }

    @Test func goesOnWhereItStopped() throws {
        let job = JobFixture()
        try job.draw(job.open(), ["b"])
        let again = try job.open(verify: true)
        #expect(again.pending.map(\.id) == ["a", "c"] && again.doneCount == 1 && again.notes == [])
        try job.draw(again)
        _ = consume again
        #expect(try job.lines() == ["b", "a", "c"].map(job.line))
        let before = try job.snapshot()
        let last = try withExtendedLifetime(job.open(verify: true)) { $0.pending }
        #expect(last == [])
        #expect(try job.snapshot() == before)
    }

    @Test func failedPicturesAreTriedAgainUnlessToldOtherwise() throws {
        let job = JobFixture()
        let folder = try job.open()
        try folder.fail(folder.pending[1], "it \"broke\"")
        try job.draw(folder, ["a"])
        #expect(folder.failedCount == 1 && folder.doneCount == 1)
        #expect(throws: WeftError.self) { try folder.fail(folder.pending[1], "again") }
        #expect(try job.lines()[0] == "{\"id\":\"b\",\"index\":1,\"error\":\"it \\\"broke\\\"\"}")
        _ = consume folder
        let kept = try job.open(retryFailed: false)
        #expect(kept.pending.map(\.id) == ["c"] && kept.failedCount == 1)
        #expect(try job.lines().count == 2)
        _ = consume kept
        let again = try job.open()
        #expect(again.pending.map(\.id) == ["b", "c"] && again.failedCount == 0)
        try job.draw(again)
        #expect(try job.lines() == ["a", "b", "c"].map(job.line))
    }

    @Test func aPictureIsCommittedOnce() throws {
        let job = JobFixture()
        let folder = try job.open("0/2")
        #expect(folder.pending.map(\.id) == ["a", "c"])
        try job.draw(folder, ["a"])
        let pictures = try job.pictures()
        for picture in pictures[0...1] {
            let text = errorText { try folder.commit(picture, png: job.png(picture.id), result: .test) }
            #expect(text == "the picture \"\(picture.id)\" is not pending in shard 0/2 of \(job.path)")
        }
        #expect(try job.lines("results-0-of-2.jsonl") == [job.line("a")])
    }

    @Test func fieldsOfResultsAreChecked() throws {
        let job = JobFixture()
        let folder = try job.open()
        func text(_ change: (inout JobResult) -> Void) -> String {
            var result = JobResult.test
            change(&result)
            return errorText { try folder.commit(folder.pending[0], png: [1], result: result) }
        }
        #expect(text { $0.seconds = .infinity } == "seconds of a result cannot be inf")
        #expect(text { $0.more = [("id", "1")] } == "the field \"id\" is twice in a result")
        #expect(text { $0.more = [("x", "1"), ("x", "2")] } == "the field \"x\" is twice in a result")
        for json in ["", "a", "{\n}", "[1"] {
            #expect(text { $0.more = [("x", json)] } == "the field \"x\" of a result is not JSON on one line: \(json)")
        }
        #expect(try job.names == ["job.json", "pictures.jsonl", "results.jsonl"])
    }

    @Test func anotherJobIsRefusedAndNothingTouched() throws {
        let job = JobFixture()
        try job.finish()
        let before = try job.snapshot()
        func text(_ change: (inout JobDescription) -> Void) -> String {
            var description = job.description
            change(&description)
            return errorText { try job.open(description: description) }
        }
        let start = "\(job.path)/job.json: the folder holds another job, and nothing was changed: "
        let cases: [(String, (inout JobDescription) -> Void)] = [
            ("the program's version is 0.1.0 there and 9 here", { $0.program = "9" }),
            ("the SHA-256 of the rows is ab there and x here", { $0.rowsSHA256 = "x" }),
            ("the number of rows is 3 there and 2 here", { $0.rowCount = 2 }),
            ("the model is tiny there and other here", { $0.model = "other" }),
            ("the model's fingerprint is cd there and x here", { $0.modelFingerprint = "x" }),
            ("the job's seed is \(UInt64.max) there and 1 here", { $0.seed = 1 }),
            ("the default of size is 8x8 there and absent here", { $0.defaults = [:] }),
            (
                "the model is tiny there and m here; the default of top_k is absent there and 4 here",
                {
                    $0.model = "m"
                    $0.defaults["top_k"] = "4"
                }
            ),
        ]
        for (part, change) in cases { #expect(text(change) == start + part + "; give another folder") }
        #expect(try job.snapshot() == before)
    }

    @Test func twoPicturesOfOneIdAreRefused() {
        let job = JobFixture(ids: ["a", "b", "a"])
        #expect(errorText { try job.open() } == "row 2: the id \"a\" is that of row 0 too")
        #expect(!FileManager.default.fileExists(atPath: job.path))
    }

    @Test func foldersAreMadeWithTheirParentsAndFilesOfOthersStay() throws {
        let job = JobFixture()
        try FileManager.default.createDirectory(atPath: job.path, withIntermediateDirectories: true)
        try job.write("mine", to: "notes.txt")
        try job.write("mine", to: ".weft-abc.tmp")  // a young one: a command may be writing it
        let old = "\(job.path)/.weft-def.tmp"
        try job.write("", to: ".weft-def.tmp")
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: old)
        try job.finish()
        #expect(try job.names.filter { $0.hasPrefix(".") || $0.hasSuffix("txt") } == [".weft-abc.tmp", "notes.txt"])
        let deep = job.path + "/x/y"
        _ = try JobFolder(deep, description: job.description, pictures: job.pictures())
        #expect(FileManager.default.fileExists(atPath: deep + "/job.json"))
    }

    @Test(arguments: ["a.png", "results.jsonl", "results-0-of-2.jsonl", "pictures.jsonl"])
    func aFolderWithoutAJobMustNotHaveItsFiles(name: String) throws {
        let job = JobFixture()
        try FileManager.default.createDirectory(atPath: job.path, withIntermediateDirectories: true)
        try job.write("mine", to: name)
        #expect(
            errorText { try job.open() }
                == "\(job.path)/\(name): is there already, but the folder has no job.json; give another folder")
        #expect(try job.names == [name])
    }

    @Test func badPathsAreNamed() throws {
        let job = JobFixture()
        func text(_ path: String) -> String {
            errorText { try JobFolder(path, description: job.description, pictures: job.pictures()) }
        }
        #expect(text("") == "the name of the job's folder is empty")
        #expect(text("/dev/null/x") == "/dev/null/x/job.json: cannot be read: Not a directory")
        #expect(text("/proc/x") == "/proc/x: the folder cannot be made, or is a file")
    }
}
