// Fingerprints change with what a model is, and not with where it lies.

import Foundation
import Testing
import Weft
import WeftPixels

@Suite struct ModelFingerprintTests {
    private let fixture = JobFixture()

    private func folder(_ name: String, _ files: [String: String]) throws -> String {
        let folder = "\(fixture.path)/\(name)"
        for (file, text) in files {
            let path = URL(filePath: "\(folder)/\(file)")
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try AtomicFile.write(Array(text.utf8), to: path.path)
        }
        return folder
    }

    private func compute(_ folder: String, _ names: [String]) throws -> String {
        try ModelFingerprint.compute(files: names.map { "\(folder)/\($0)" }, folder: folder)
    }

    @Test func isTheDigestOfSortedLines() throws {
        let folder = try folder("a", ["config.json": "{}", "t5/config.json": "[]"])
        let lines = [("{}", "config.json"), ("[]", "t5/config.json")].map {
            "\(SHA256.hex(of: Array($0.utf8))) 2 \($1)\n"
        }
        let expected = SHA256.hex(of: Array(lines.sorted().joined().utf8))
        #expect(try compute(folder, ["config.json", "t5/config.json"]) == expected)
        #expect(try compute(folder, ["t5/config.json", "config.json"]) == expected)
        #expect(try ModelFingerprint.compute(files: [folder + "/config.json"], folder: folder + "/") != expected)
    }

    @Test func dependsOnNamesAndContentsAlone() throws {
        let names = ["config.json", "t5/config.json"]
        let first = try compute(folder("a", [names[0]: "{}", names[1]: "[]"]), names)
        #expect(try compute(folder("elsewhere", [names[0]: "{}", names[1]: "[]"]), names) == first)
        #expect(try compute(folder("c", [names[0]: "[]", names[1]: "{}"]), names) != first)
        #expect(try compute(folder("d", [names[0]: "{}", names[1]: "[ ]"]), names) != first)
        // A file outside the folder counts by its own name.
        let outside = try folder("e", ["x/vq.pt": "1"]), other = try folder("f", ["vq.pt": "1"])
        #expect(
            try ModelFingerprint.compute(files: [outside + "/x/vq.pt"], folder: "/model")
                == ModelFingerprint.compute(files: [other + "/vq.pt"], folder: "/model"))
    }

    @Test func largeFilesAreSampled() throws {
        let folder = try folder("large", ["a.safetensors": ""])
        let path = folder + "/a.safetensors"
        let size = ModelFingerprint.wholeSize + (8 << 20)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        defer { try? handle.close() }
        func change(_ offset: Int, _ bytes: [UInt8]) throws -> String {
            try handle.seek(toOffset: UInt64(offset))
            try handle.write(contentsOf: Data(bytes))
            return try compute(folder, ["a.safetensors"])
        }
        try handle.truncate(atOffset: UInt64(size))
        let zeros = try compute(folder, ["a.safetensors"])
        // The second piece begins at 71 MiB / 63, so the bytes between it and the first are not read.
        let unread = (1 << 20) + 10
        #expect(try change(unread, [1]) == zeros)
        var seen: Set<String> = [zeros]
        for offset in [0, (1 << 20) - 1, (71 << 20) / 63, size - 1] {
            #expect(try seen.insert(change(offset, [1])).inserted, "\(offset)")
        }
        try handle.truncate(atOffset: UInt64(size + 1))
        #expect(try seen.insert(compute(folder, ["a.safetensors"])).inserted)
        // Now a header of safetensors that reaches over the bytes that were not read.
        let header = withUnsafeBytes(of: UInt64(2 << 20).littleEndian) { Array($0) } + [UInt8(ascii: "{")]
        #expect(try seen.insert(change(0, header)).inserted)
        #expect(try seen.insert(change(unread, [2])).inserted)
    }

    @Test func aMissingFileIsNamed() {
        #expect(errorText { try compute("/missing", ["a"]) } == "/missing/a: cannot be read: No such file or directory")
    }
}
