// A job of 500 rows that is killed twenty times at random moments: nothing lost, nothing done twice.

import Foundation
import Testing
import Weft

@Suite struct KilledJobTests {
    /// Five hundred rows of mixed sizes as a file of each kind; lines of text say nothing but the prompt.
    private static func rows(_ kind: String) -> String {
        let colors = ["red", "blue", "green", "yellow"]
        let sizes = ["16x16", "24x16", "32x32"]
        var lines = kind == "csv" ? ["id,prompt,size,temperature"] : []
        for index in 0..<500 {
            let prompt = "\(colors[index % 4]) ring \(index)"
            let (size, temperature) = (sizes[index % 3], Double(index % 5) / 4 + 0.5)
            switch kind {
            case "txt": lines.append(prompt)
            case "csv": lines.append("p\(index),\(prompt),\(size),\(temperature)")
            default:
                lines.append(
                    "{\"id\": \"p\(index)\", \"prompt\": \"\(prompt)\", \"size\": \"\(size)\", "
                        + "\"temperature\": \(temperature)}")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test(arguments: ["jsonl", "csv", "txt"])
    func fiveHundredRowsSurviveTwentyKills(kind: String) throws {
        let tiny = try TinyModel()
        let file = "rows.\(kind)"
        try Data(Self.rows(kind).utf8).write(to: URL(fileURLWithPath: "\(tiny.output)/\(file)"))
        let base = ["generate", "-m", "tiny", "--prompts", file, "--progress", "none"]
        let job = tiny.output + "/killed"
        func pictureCount() -> Int {
            let names = try? FileManager.default.contentsOfDirectory(atPath: job)
            return names?.count { $0.hasSuffix(".png") } ?? 0
        }
        func run(_ folder: String, _ more: [String] = [], killedAfter pictures: Int? = nil) throws -> Outcome {
            try Program.run(
                base + ["-o", folder] + more, in: tiny.output, environment: ["WEFT_MODELS": tiny.store]
            ) { process in
                guard let pictures else { return }
                // At a moment that is counted in pictures, so that a slow machine gets as far, and somewhere in between.
                let goal = pictureCount() + pictures
                while pictureCount() < goal, !process.hasEnded { usleep(500) }
                usleep(UInt32.random(in: 0...3000))
                kill(process.identifier, SIGKILL)
            }
        }
        #expect(try run("whole", ["--batch-size", "16"]).code == 0)
        var killed = 0
        for _ in 0..<200 where killed < 20 {
            // On a busy machine a job may be over before it is killed: then it is begun anew.
            if pictureCount() == 500 { try FileManager.default.removeItem(atPath: job) }
            let flags = [["--batch-size", "3"], ["--batch-size", "32"], ["-t", "1"]].randomElement()
            let code = try run("killed", flags ?? [], killedAfter: Int.random(in: 0...30)).code
            if code == 128 + SIGKILL { killed += 1 } else { #expect(code == 0) }
        }
        #expect(killed == 20)
        let last = try run("killed")
        #expect(last.code == 0, "\(last.errors)")
        let expected = try Folder(tiny.output + "/whole")
        let found = try Folder(job)
        #expect(expected.digests.count == 500)
        #expect(found.digests == expected.digests)
        #expect(found.lines.count == 500 && Set(found.lines).count == 500)
        #expect(found.files == expected.files, "a stray file")
    }

    /// What a job's folder holds.
    private struct Folder {
        /// The SHA-256 of each id's picture, as its line says, with the picture's own bytes checked against it.
        var digests: [String: String] = [:]
        var lines: [String] = []
        let files: Set<String>

        init(_ path: String) throws {
            files = Set(try FileManager.default.contentsOfDirectory(atPath: path))
            let text = try String(contentsOfFile: "\(path)/results.jsonl", encoding: .utf8)
            for line in text.split(separator: "\n") {
                let object = try #require(
                    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
                let id = try #require(object["id"] as? String)
                digests[id] = object["sha256"] as? String
                lines.append(id)
            }
            // `jobs status --verify` reads every picture and compares its SHA-256 with its line.
            let status = try Program.run(["jobs", "status", path, "--verify"])
            #expect(status.code == 0, "\(status.output)")
        }
    }
}
