// Programs that are killed at any moment: nothing is lost, nothing is done twice.

import Foundation
import Testing
import Weft
import WeftPixels

@Suite final class JobKillTests {
    private static let count = 80
    private let folder = FileManager.default.temporaryDirectory.appending(path: "weft-kill-\(UUID())").path

    /// The program that draws made-up pictures: beside the tests.
    private static let writer: String? = {
        var folders = CommandLine.arguments.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
        folders += [Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent()]
        let paths = folders.map { $0.appendingPathComponent("weft-job-writer").path }
        return paths.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func start(_ folder: String, _ shard: String) throws -> ChildProcess {
        let writer = try #require(Self.writer, "there is no program weft-job-writer: build it first")
        return try ChildProcess([writer, folder, "\(Self.count)", shard, "2000"])
    }

    /// The bytes of all pictures, and all lines, sorted; and nothing else may be there but what a job has.
    private func contents(_ folder: String) throws -> (pictures: [String: [UInt8]], lines: [String]) {
        var pictures: [String: [UInt8]] = [:]
        var lines: [String] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where !name.hasSuffix(".lock") {
            let bytes = try AtomicFile.read(path: "\(folder)/\(name)")
            if name.hasSuffix(".png") {
                pictures[name] = bytes
            } else if name.hasPrefix("results") {
                lines += String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            } else {
                #expect(["job.json", "pictures.jsonl"].contains(name))
            }
        }
        return (pictures, lines.sorted())
    }

    private func pictureCount(_ folder: String) -> Int {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
        return names?.count { $0.hasSuffix(".png") } ?? 0
    }

    @Test(arguments: [["0/1"], ["0/2", "1/2"]])
    func killedManyTimes(shards: [String]) throws {
        let reference = try start(folder + "/reference", "0/1")
        #expect(reference.wait() == 0)
        let job = folder + "/killed"
        var kills = 0
        var progress = Set<Int>()
        for _ in 0..<24 {
            let processes = try shards.map { try start(job, $0) }
            // At a moment that is counted in pictures, so that a slow machine gets as far, and then somewhere in between.
            let goal = pictureCount(job) + Int.random(in: 0...2)
            let limit = Date(timeIntervalSinceNow: 5)
            while pictureCount(job) < goal, !processes.allSatisfy(\.hasEnded), Date() < limit { usleep(500) }
            usleep(UInt32.random(in: 0...3000))
            for process in processes { kill(process.identifier, SIGKILL) }
            for process in processes {
                let code = process.wait()
                if code == 128 + SIGKILL { kills += 1 } else { #expect(code == 0) }
            }
            if FileManager.default.fileExists(atPath: job + "/pictures.jsonl") {
                let status = try JobStatus.read(job)
                #expect(status.damaged == [] && status.done + status.missing.count == Self.count)
                progress.insert(status.done)
                // On a busy machine a job may be over before it is killed often enough: then it is begun anew.
                if status.done == Self.count, kills < 10 || progress.count < 5 {
                    try FileManager.default.removeItem(atPath: job)
                }
            }
        }
        for shard in shards {
            #expect(try start(job, shard).wait() == 0)
        }
        let (expected, found) = (try contents(folder + "/reference"), try contents(job))
        #expect(expected.pictures.count == Self.count && found.pictures == expected.pictures)
        #expect(found.lines == expected.lines)
        #expect(try JobStatus.read(job, verify: true).done == Self.count)
        #expect(kills >= 10 && progress.count >= 5, "\(kills) kills, done at each: \(progress.sorted())")
    }
}
