// Asks another program whether pictures show what their prompts say.

import Foundation

/// A program that reads a results file and prints a line `{"id": ..., "faithful": true | false | null}` for each picture.
///
/// The project's own is `scripts/evaluate/evaluate facts`, which knows the scenes of the embedded model.
public struct FactsChecker: Sendable {
    /// The program and its arguments; the results file is added at the end.
    public var command: [String]

    /// A program of the caller's.
    public init(command: [String]) { self.command = command }

    /// The project's own checker, beside ``ModelStore/folder``.
    ///
    /// - Throws: ``WeftError`` if it is not there
    public init() throws {
        let project = ModelStore.folder.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
        let program = "\(project ?? ".")/scripts/evaluate/evaluate"
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw WeftError(.invalidFile, "\(program): there is no checker; name one")
        }
        command = [program, "facts"]
    }

    /// Checks all pictures of a results file.
    ///
    /// - Returns: by id, whether the picture is faithful; pictures without facts that can be checked are left out
    /// - Throws: ``WeftError`` that names the program, if it fails or prints something else
    public func check(results path: String) throws -> [String: Bool] {
        struct Verdict: Decodable {
            let id: String
            let faithful: Bool?
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command + [path]
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch {
            throw WeftError(.invalidFile, "\(command.joined(separator: " ")): cannot be run")
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw WeftError(
                .invalidFile, "\(command.joined(separator: " ")): ended with exit code \(process.terminationStatus)")
        }
        var verdicts: [String: Bool] = [:]
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            guard let verdict = try? JSONDecoder().decode(Verdict.self, from: Data(line.utf8)) else {
                throw WeftError(
                    .invalidFile,
                    "\(command.joined(separator: " ")): printed \"\(line.prefix(60))\", which is no verdict")
            }
            verdicts[verdict.id] = verdict.faithful
        }
        return verdicts
    }
}
