// What the documents tell people to type works as it stands there.

import Foundation
import Testing
import Weft

@Suite struct DocumentTests {
    /// The blocks of a language in a document of the project.
    private static func blocks(_ language: String, in document: String) throws -> [String] {
        let path = TinyModel.project.appendingPathComponent(document)
        var blocks: [String] = []
        var lines: [Substring]?
        for line in try String(contentsOf: path, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if let open = lines {
                if line == "```" {
                    blocks.append(open.joined(separator: "\n"))
                    lines = nil
                } else {
                    lines = open + [line]
                }
            } else if line == "```\(language)" {
                lines = []
            }
        }
        return blocks
    }

    /// Runs a document's commands in order, in an empty folder that has the program as `scripts/weft`.
    @Test(arguments: ["docs/prompt-files.md", "docs/token-budgets.md", "docs/sampling.md", "docs/performance.md"])
    func commandsRun(document: String) throws {
        let blocks = try Self.blocks("sh", in: document)
        try #require(!blocks.isEmpty)
        let files = FileManager.default
        let folder = files.temporaryDirectory.appendingPathComponent("weft-document-\(UUID().uuidString)")
        defer { try? files.removeItem(at: folder) }
        try files.createDirectory(at: folder.appendingPathComponent("scripts"), withIntermediateDirectories: true)
        let program = try #require(Program.path, "there is no program weft: build it first")
        for name in ["scripts/weft", "weft"] {
            try files.createSymbolicLink(
                at: folder.appendingPathComponent(name), withDestinationURL: URL(fileURLWithPath: program))
        }
        let script = "set -euo pipefail\nPATH=\"$PWD:$PATH\"\n" + blocks.joined(separator: "\n")
        let log = try ChildProcess.temporaryFile()
        let process = try ChildProcess(
            ["bash", "-xc", script], in: folder.path,
            environment: ["WEFT_MODELS": TinyModel.project.appendingPathComponent("Models").path], output: log,
            errors: log)
        let code = process.wait()
        let said = String(decoding: try ChildProcess.contents(log), as: UTF8.self)
        #expect(code == 0, "\(said.suffix(2000))")
    }

    /// The Swift of the README compiles against the modules of this build.
    @Test func theReadmesSwiftCompiles() throws {
        let program = try #require(Program.path)
        let modules = URL(fileURLWithPath: program).deletingLastPathComponent().appendingPathComponent("Modules")
        let blocks = try Self.blocks("swift", in: "README.md")
        try #require(!blocks.isEmpty)
        let files = FileManager.default
        let sources = TinyModel.project.appendingPathComponent("Sources")
        var flags = ["-I", modules.path]
        for name in try files.contentsOfDirectory(atPath: sources.path) where name.hasPrefix("C") {
            for folder in [name, "\(name)/include"] {
                flags += ["-I", sources.appendingPathComponent(folder).path]
            }
        }
        // Targets in C without a module map have one that the build made.
        let built = modules.deletingLastPathComponent()
        for name in try files.contentsOfDirectory(atPath: built.path) where name.hasSuffix(".build") {
            let map = built.appendingPathComponent("\(name)/module.modulemap").path
            if files.fileExists(atPath: map) { flags += ["-Xcc", "-fmodule-map-file=\(map)"] }
        }
        for (number, block) in blocks.enumerated() {
            let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
            let imports = lines.filter { $0.hasPrefix("import ") }
            let body = lines.filter { !$0.hasPrefix("import ") }
            let text = (imports + ["func snippet() async throws {"] + body + ["}"]).joined(separator: "\n")
            let file = files.temporaryDirectory.appendingPathComponent("weft-readme-\(UUID().uuidString).swift")
            defer { try? files.removeItem(at: file) }
            try Data(text.utf8).write(to: file)
            let outcome = try Self.run(["swiftc", "-typecheck", "-swift-version", "6", file.path] + flags)
            #expect(outcome.code == 0, "block \(number + 1): \(outcome.text)")
            // A block with an error in it is refused, so the check can fail.
            try Data(text.replacingOccurrences(of: "Model()", with: "Model(1.5)").utf8).write(to: file)
            #expect(try Self.run(["swiftc", "-typecheck", "-swift-version", "6", file.path] + flags).code != 0)
        }
    }

    private static func run(_ arguments: [String]) throws -> (code: Int32, text: String) {
        let (data, code) = try ChildProcess.output(of: arguments, errors: true)
        return (code, String(decoding: data, as: UTF8.self))
    }
}
