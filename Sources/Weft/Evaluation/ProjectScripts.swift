// Programs beside the library: the suite and its checkers.

import Foundation

/// Runs other programs and takes what they print.
enum ProjectScripts {
    /// The project's program for suites and checkers, beside ``ModelStore/folder``.
    ///
    /// Throws ``WeftError`` that names the path, if it is not there.
    static func evaluate() throws -> String {
        let project = ModelStore.folder.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
        let program = "\(project ?? ".")/scripts/evaluate/evaluate"
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw WeftError(.invalidFile, "\(program): there is no such program; name one of your own")
        }
        return program
    }

    /// What a program prints on stdout; its stderr is ours.
    ///
    /// Throws ``WeftError`` that names the program, if it cannot be run or fails.
    static func output(of command: [String]) throws -> Data {
        let (data, code) = try ChildProcess.output(of: command)
        guard code == 0 else {
            throw WeftError(.invalidFile, "\(command.joined(separator: " ")): ended with exit code \(code)")
        }
        return data
    }
}
