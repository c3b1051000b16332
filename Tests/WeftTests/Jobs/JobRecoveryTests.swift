// What a program that was ended, a user or a bad disk can leave in a job's folder.

import Foundation
import Synchronization
import Testing
import Weft
import WeftPixels

@Suite struct JobRecoveryTests {
    /// Starts on the folder, draws what is pending, and expects a whole job with one line for each picture.
    private func finishes(_ job: JobFixture, pending: [String], notes: [String] = []) throws {
        let folder = try job.open()
        #expect(folder.pending.map(\.id) == pending)
        #expect(folder.notes == notes)
        try job.draw(folder)
        #expect(try job.lines().sorted() == job.ids.map(job.line).sorted())
        #expect(
            try job.names == (job.ids.map { "\($0).png" } + ["job.json", "pictures.jsonl", "results.jsonl"]).sorted())
        for id in job.ids { #expect(try job.read("\(id).png") == "picture of \(id)") }
    }

    /// Expects a start to throw and to change nothing, and that a start works once the user has put things in order.
    private func refuses(_ job: JobFixture, _ text: String) throws {
        let before = try job.snapshot()
        #expect(errorText { try job.open() } == "\(job.path)/\(text)")
        #expect(try job.snapshot() == before)
    }

    private func drawn(_ ids: [String]? = nil) throws -> JobFixture {
        let job = JobFixture()
        try job.draw(job.open(), ids)
        return job
    }

    @Test func aPictureWithoutItsLine() throws {
        let job = try drawn(["a"])
        try job.write("picture of b", to: "b.png")
        try finishes(job, pending: ["b", "c"])
    }

    @Test func aPictureWithoutItsLineAndWithOtherBytes() throws {
        let job = try drawn(["a"])
        try job.write("half of b", to: "b.png")
        let folder = try job.open()
        let text = errorText { try job.draw(folder) }
        #expect(text == "\(job.path)/b.png: is there already with other bytes, and was not replaced")
        #expect(try job.read("b.png") == "half of b")
        #expect(try job.lines() == [job.line("a")])
        try job.remove("b.png")
        try job.draw(folder)
        #expect(try job.lines().count == 3)
    }

    @Test func aLineWithoutItsPicture() throws {
        let job = try drawn()
        try job.remove("b.png")
        try job.remove("a.png")
        try finishes(
            job, pending: ["a", "b"],
            notes: ["\(job.path): pictures that are gone: 2, the first of them a.png; drawn again"])
    }

    @Test func aPictureOfAnotherSize() throws {
        let job = try drawn()
        try job.write("short", to: "b.png")
        try refuses(
            job,
            "b.png: has 5 bytes, but \(job.path)/results.jsonl:2 says 12 bytes: it was changed or damaged; "
                + "remove it to have it drawn again")
        try job.remove("b.png")
        try FileManager.default.createDirectory(atPath: job.path + "/b.png", withIntermediateDirectories: false)
        #expect(errorText { try job.open() }.contains("b.png: is not a regular file, but "))
    }

    @Test func aPictureOfTheSameSizeIsSeenWhenVerified() throws {
        let job = try drawn()
        try job.write("picture of X", to: "b.png")
        _ = try job.open()
        #expect(
            errorText { try job.open(verify: true) }
                == "\(job.path)/b.png: its SHA-256 is not that of \(job.path)/results.jsonl:2: it was changed or damaged; "
                + "remove it to have it drawn again")
    }

    @Test(arguments: [1, 30, 200])
    func aLastLineWithoutItsEnd(size: Int) throws {
        let job = try drawn()
        let text = [job.line("a"), job.line("b"), String(job.line("c").prefix(size))].joined(separator: "\n")
        try job.write(text, to: "results.jsonl")
        try finishes(
            job, pending: ["c"],
            notes: ["\(job.path)/results.jsonl: a last line that was not written to its end was cut off"])
    }

    @Test func aLastLineWithoutItsEndAndAGonePicture() throws {
        let job = try drawn()
        try job.write(job.line("a") + "\n" + job.line("b") + "\n{\"id\"", to: "results.jsonl")
        try job.remove("a.png")
        let folder = try job.open()
        #expect(folder.pending.map(\.id) == ["a", "c"] && folder.notes.count == 2)
        try job.draw(folder)
        #expect(try job.lines() == ["b", "a", "c"].map(job.line))
    }

    @Test func zerosAtTheEndAreNoLine() throws {
        let job = try drawn(["a"])
        try job.write(job.line("a") + "\n" + String(repeating: "\0", count: 100), to: "results.jsonl")
        try finishes(
            job, pending: ["b", "c"],
            notes: ["\(job.path)/results.jsonl: a last line that was not written to its end was cut off"])
    }

    @Test(arguments: [
        ("", "is not valid JSON"), ("{", "is not valid JSON"), ("\0\0\0", "is not valid JSON"),
        ("7", "the document is not of the type Dictionary<String, Any>"), ("{\"index\":1}", "\"id\" is missing"),
        ("{\"id\":\"b\",\"index\":\"1\"}", "\"index\" is not of the type Int"),
        ("{\"id\":\"x\",\"index\":1,\"error\":\"\"}", "the job has no picture \"x\""),
        ("{\"id\":\"b\",\"index\":2,\"error\":\"\"}", "the picture \"b\" has index 1 in the job, not 2"),
        (
            "{\"id\":\"b\",\"index\":1}",
            "has neither \"file\", \"bytes\" and \"sha256\" nor \"error\" alone"
        ),
        (
            "{\"id\":\"b\",\"index\":1,\"file\":\"../b.png\",\"bytes\":1,\"sha256\":\"ab\"}",
            "the file of \"b\" is \"b.png\", not \"../b.png\""
        ),
        ("{\"id\":\"b\",\"index\":1,\"file\":\"b.png\",\"bytes\":1,\"sha256\":\"ab\"}", "\"ab\" is no SHA-256"),
    ])
    func aLineThatCannotBeRead(line: String, reason: String) throws {
        let job = try drawn()
        try job.write([job.line("a"), line, job.line("c"), ""].joined(separator: "\n"), to: "results.jsonl")
        try refuses(job, "results.jsonl:2: \(reason)")
        try job.write([job.line("a"), job.line("c"), ""].joined(separator: "\n"), to: "results.jsonl")
        try finishes(job, pending: ["b"])
    }

    @Test func bytesThatAreNoTextAreALineThatCannotBeRead() throws {
        let job = try drawn()
        var bytes = try AtomicFile.read(path: job.path + "/results.jsonl")
        bytes[12] = 0xff
        try AtomicFile.write(bytes, to: job.path + "/results.jsonl")
        #expect(errorText { try job.open() }.hasPrefix("\(job.path)/results.jsonl:1: "))
    }

    @Test func linesThatAreTwice() throws {
        let job = try drawn()
        let lines = [job.line("a"), job.line("b"), job.line("c"), job.line("a")]
        try job.write(lines.joined(separator: "\n") + "\n", to: "results.jsonl")
        #expect(try job.open().pending == [])
        let other = job.line("a").replacing(SHA256.hex(of: job.png("a")), with: SHA256.hex(of: job.png("b")))
        try job.write((lines.dropLast() + [other]).joined(separator: "\n") + "\n", to: "results.jsonl")
        try refuses(
            job,
            "results.jsonl:4: contradicts \(job.path)/results.jsonl:1, where \"a\" is another picture")
    }

    @Test func temporaryFilesOfAProgramThatWasEnded() throws {
        let job = try drawn(["a"])
        for name in [".weft-0-of-1-ab12.tmp", ".weft-3-of-4-ff.tmp"] { try job.write("half", to: name) }
        try finishes(
            job, pending: ["b", "c"], notes: ["\(job.path): temporary files of a program that was ended: 2, removed"])
    }

    /// Each file is removed once, whichever of the shards that start together comes to it first.
    @Test func temporaryFilesThatSeveralShardsFind() throws {
        let job = JobFixture()
        for shard in ["0/3", "1/3", "2/3"] { _ = try job.open(shard) }
        for index in 0..<500 { try job.write("half", to: ".weft-3-of-4-\(String(index, radix: 16)).tmp") }
        let notes = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 3) { index in
            let text: [String]
            do { text = try job.open("\(index)/3").notes } catch { text = ["\(error)"] }
            notes.withLock { $0 += text }
        }
        let (before, after) = ("\(job.path): temporary files of a program that was ended: ", ", removed")
        let counts = notes.withLock { $0 }.map { note in
            note.hasPrefix(before) && note.hasSuffix(after)
                ? Int(note.dropFirst(before.count).dropLast(after.count)) : nil
        }
        #expect(counts.reduce(0) { $0 + ($1 ?? -1000) } == 500, "\(notes.withLock { $0 })")
        #expect(try !FileManager.default.contentsOfDirectory(atPath: job.path).contains { $0.hasSuffix(".tmp") })
    }

    @Test func aStartThatWasEndedBeforeItWroteTheList() throws {
        let job = try drawn(["a"])
        try job.remove("pictures.jsonl")
        try finishes(job, pending: ["b", "c"])
        try job.write("x\n", to: "pictures.jsonl")
        try refuses(job, "pictures.jsonl: is not the list of this job's pictures; remove it to have it written anew")
    }

    @Test(arguments: [
        ("{", "is not valid JSON"), ("{}", "\"format\" is missing"),
        ("{\"format\":2}", "its format is 2, and this program knows 1 only"),
        ("{\"format\":1}", "\"program\" is missing"),
    ])
    func aDescriptionThatCannotBeRead(text: String, reason: String) throws {
        let job = try drawn()
        try job.write(text, to: "job.json")
        try refuses(job, "job.json: \(reason)")
    }
}
