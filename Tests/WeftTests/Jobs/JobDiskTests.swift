// Full disks and folders that become read-only.

import Foundation
import Testing
import Weft
import WeftPixels

@Suite struct JobDiskTests {
    /// Runs a program of the system; whether it was there and ended well.
    @discardableResult
    private static func run(_ program: String, _ arguments: String...) -> Bool {
        (try? ChildProcess.output(of: [program] + arguments, errors: true))?.code == 0
    }

    /// A folder that can be made read-only for the user of the tests, or nil.
    private static func withFolder(_ body: (String) throws -> Void, mounting size: String) throws -> Bool {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weft-disk-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        guard run("mount", "-t", "tmpfs", "-o", "size=\(size)", "tmpfs", folder) else { return false }
        defer { run("umount", "-l", folder) }
        try body(folder)
        return true
    }

    private static let canMount = (try? withFolder({ _ in }, mounting: "64k")) ?? false

    /// Takes away and gives back the right to make files in a folder; root needs the immutable flag for that.
    private static func setReadOnly(_ isReadOnly: Bool, _ folder: String) -> Bool {
        if geteuid() == 0 { return run("chattr", isReadOnly ? "+i" : "-i", folder) }
        return chmod(folder, isReadOnly ? 0o555 : 0o755) == 0
    }

    private static let canProtect: Bool = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weft-flag-\(UUID().uuidString)").path
        guard mkdir(folder, 0o755) == 0 else { return false }
        defer { rmdir(folder) }
        return setReadOnly(true, folder) && setReadOnly(false, folder)
    }()

    private func large(_ id: String, _ size: Int) -> [UInt8] { [UInt8](repeating: id.utf8.first ?? 0, count: size) }

    @Test(.enabled(if: canMount, "a small file system cannot be mounted here"), arguments: [3000, 20_000, 40_000])
    func aFullDisk(size: Int) throws {
        _ = try Self.withFolder(
            { disk in
                let job = JobFixture(ids: (0..<40).map { String(UnicodeScalar(UInt8(65 + $0))) }, at: disk + "/job")
                var folder: JobFolder? = try job.open()
                let pending = try #require(folder?.pending)
                var committed: [String] = []
                let text = errorText {
                    for picture in pending {
                        try folder?.commit(picture, png: large(picture.id, size), result: .test)
                        committed.append(picture.id)
                    }
                }
                #expect(text.hasPrefix("\(job.path)/") && text.hasSuffix("cannot be written: No space left on device"))
                #expect(!committed.isEmpty && committed.count < 40)
                // Nothing is half-done, also without a new start, and the same program can go on.
                #expect(try job.lines().count == committed.count)
                #expect(try job.names.filter { $0.hasSuffix(".tmp") } == [])
                #expect(try JobStatus.read(job.path, verify: true).done == committed.count)
                folder = nil
                try #require(Self.run("mount", "-o", "remount,size=8m", disk))
                // A program that another test starts has the locks of this one until it runs.
                usleep(100_000)
                folder = try job.open(verify: true)
                #expect(folder?.pending.map(\.id) == Array(job.ids.dropFirst(committed.count)))
                for picture in folder?.pending ?? [] {
                    try folder?.commit(picture, png: large(picture.id, size), result: .test)
                }
                let status = try JobStatus.read(job.path, verify: true)
                #expect(status.done == 40 && status.isFinished)
                #expect(try job.lines().count == 40)
            }, mounting: "128k")
    }

    @Test(.enabled(if: canMount, "a small file system cannot be mounted here"))
    func aDiskThatIsFullForALine() throws {
        _ = try Self.withFolder(
            { disk in
                let job = JobFixture(ids: (0..<40).map { "picture \($0)" }, at: disk + "/job")
                let folder = try job.open()
                try folder.commit(folder.pending[0], png: [], result: .test)
                // Fills the disk, so that pictures without bytes and the lines of the first page fit and no more.
                let filler = "\(disk)/filler"
                let handle = try #require(fopen(filler, "w"))
                while fwrite([UInt8](repeating: 1, count: 4096), 1, 4096, handle) == 4096, fflush(handle) == 0 {}
                fclose(handle)
                var committed = 1
                let text = errorText {
                    for picture in folder.pending.dropFirst() {
                        try folder.commit(picture, png: [], result: .test)
                        committed += 1
                    }
                }
                #expect(text == "\(job.path)/results.jsonl: cannot be written: No space left on device")
                #expect(committed > 5 && committed < 40)
                // The line that did not fit was written in part, and that part is gone; its picture is there.
                #expect(try job.read("results.jsonl").hasSuffix("}\n"))
                #expect(try job.lines().count == committed)
                #expect(try job.names.contains("picture \(committed).png"))
                #expect(try job.names.filter { $0.hasSuffix(".tmp") } == [])
                #expect(try JobStatus.read(job.path).missing == Array(job.ids[committed...]))
                // A program that another test starts may have the file open: without its bytes it takes no room.
                #expect(truncate(filler, 0) == 0 && unlink(filler) == 0)
                // The same program goes on: the picture is there with the same bytes, and gets its line.
                for picture in folder.pending[committed...] { try folder.commit(picture, png: [], result: .test) }
                #expect(try job.lines().count == 40 && folder.doneCount == 40)
                #expect(try JobStatus.read(job.path, verify: true).done == 40)
            }, mounting: "64k")
    }

    @Test(.enabled(if: canProtect, "a folder cannot be made read-only here"))
    func aFolderThatBecomesReadOnly() throws {
        let job = JobFixture()
        let folder = try job.open()
        try job.draw(folder, ["a"])
        try #require(Self.setReadOnly(true, job.path))
        defer { _ = Self.setReadOnly(false, job.path) }
        let text = errorText { try job.draw(folder, ["b"]) }
        #expect(text.hasPrefix("\(job.path)/b.png: cannot be written: "))
        #expect(try job.lines() == [job.line("a")])
        #expect(try JobStatus.read(job.path).done == 1)
        try #require(Self.setReadOnly(false, job.path))
        _ = consume folder
        let again = try job.open(verify: true)
        #expect(again.pending.map(\.id) == ["b", "c"])
        try job.draw(again)
        #expect(try job.lines() == job.ids.map(job.line))
    }

    @Test(.enabled(if: canMount, "a small file system cannot be mounted here"))
    func aReadOnlyDisk() throws {
        _ = try Self.withFolder(
            { disk in
                let job = JobFixture(at: disk + "/job")
                try job.draw(job.open(), ["a"])
                try #require(Self.run("mount", "-o", "remount,ro", disk))
                let text = errorText { try job.open() }
                #expect(text == "\(job.path)/.weft-job.lock: cannot be written: Read-only file system")
                #expect(try JobStatus.read(job.path).missing == ["b", "c"])
                try #require(Self.run("mount", "-o", "remount,rw", disk))
                try job.finish()
                #expect(try job.lines() == job.ids.map(job.line))
            }, mounting: "256k")
    }
}
