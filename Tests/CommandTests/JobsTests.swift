// weft jobs on the command line: what it prints, and its exit codes.

import Foundation
import Testing

@Suite final class JobsTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "weft-jobs-\(UUID())").path
    private let digest = String(repeating: "0", count: 64)

    /// A job of three pictures in two shards, of which a is done.
    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write(
            """
            {"format":1,"program":"0.1.0","rows_sha256":"ab","row_count":3,"picture_count":3,"model":"tiny",
            "model_fingerprint":"cd","defaults":{},"seed":1}
            """, to: "job.json")
        let pictures = ["a", "b", "c"].enumerated().map { #"{"file":"\#($1).png","id":"\#($1)","row":\#($0)}"# + "\n" }
        try write(pictures.joined(), to: "pictures.jsonl")
        try write("png", to: "a.png")
        try write(done("a", 0), to: "results-0-of-2.jsonl")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }

    private func done(_ id: String, _ index: Int) -> String {
        #"{"id":"\#(id)","index":\#(index),"file":"\#(id).png","bytes":3,"sha256":"\#(digest)"}"# + "\n"
    }

    private func finish() throws {
        for name in ["b.png", "c.png"] { try write("png", to: name) }
        try write(done("c", 2) + done("a", 0), to: "results-0-of-2.jsonl")
        try write(done("b", 1), to: "results-1-of-2.jsonl")
    }

    private func jobs(_ arguments: String...) throws -> Outcome { try Program.run(["jobs"] + arguments) }

    @Test func aJobThatIsNotFinishedExitsWith1() throws {
        let outcome = try jobs("status", folder)
        let text = """
            3 pictures of tiny: 1 done, 0 failed, 2 missing, 0 damaged
            shard\t0/2\t1 done, 0 failed, 1 missing
            shard\t1/2\t0 done, 0 failed, 1 missing
            missing\tb
            missing\tc

            """
        #expect(outcome.output == text && outcome.errors == "" && outcome.code == 1)
        let merged = try jobs("merge", folder)
        #expect(merged.output == text && merged.errors == "" && merged.code == 1)
        #expect(try String(contentsOfFile: "\(folder)/results.jsonl", encoding: .utf8) == done("a", 0))
    }

    @Test func aFinishedJobExitsWith0() throws {
        try finish()
        let outcome = try jobs("merge", folder)
        #expect(outcome.code == 0 && outcome.output.hasPrefix("3 pictures of tiny: 3 done, 0 failed, 0 missing, "))
        #expect(
            try String(contentsOfFile: "\(folder)/results.jsonl", encoding: .utf8)
                == done("a", 0) + done("b", 1) + done("c", 2))
        #expect(try jobs("status", folder).code == 0)
    }

    @Test func failedPicturesExitWith3() throws {
        try finish()
        try write(#"{"id":"b","index":1,"error":"broke"}"# + "\n", to: "results-1-of-2.jsonl")
        let outcome = try jobs("status", folder)
        #expect(outcome.code == 3 && outcome.output.hasSuffix("failed\tb\tbroke\n"))
    }

    @Test func damageExitsWith1() throws {
        try finish()
        try write("longer", to: "c.png")
        #expect(try jobs("status", folder).code == 1)
        try write("png", to: "c.png")
        let verified = try jobs("status", folder, "--verify")
        #expect(verified.code == 1 && verified.output.contains("3 damaged\ns"))
        #expect(verified.output.contains("damaged\t\(folder)/a.png\tits SHA-256 is not that of "))
    }

    @Test func printsJSON() throws {
        let outcome = try jobs("status", folder, "--format", "json")
        struct Printed: Decodable, Equatable {
            struct Part: Decodable, Equatable {
                let shard: String, done: Int, failed: Int, missing: [String]
            }
            let model: String, pictures: Int, done: Int, missing: [String], shards: [Part]
        }
        let parts = [
            Printed.Part(shard: "0/2", done: 1, failed: 0, missing: ["c"]),
            Printed.Part(shard: "1/2", done: 0, failed: 0, missing: ["b"]),
        ]
        #expect(
            try JSONDecoder().decode(Printed.self, from: Data(outcome.output.utf8))
                == Printed(model: "tiny", pictures: 3, done: 1, missing: ["b", "c"], shards: parts))
        #expect(outcome.code == 1)
    }

    @Test func errorsAreOneLine() throws {
        let missing = try jobs("status", "\(folder)/none")
        #expect(missing.errors == "Error: \(folder)/none: has no job.json: it is not the folder of a job\n")
        #expect(missing.code == 1 && missing.output == "")
        #expect(try jobs("status", folder, "--format", "xml").code == 64)
        try write("x\n", to: "results-1-of-2.jsonl")
        let damaged = try jobs("merge", folder)
        #expect(damaged.errors == "Error: \(folder)/results-1-of-2.jsonl:1: is not valid JSON\n" && damaged.code == 1)
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/results.jsonl"))
    }
}
