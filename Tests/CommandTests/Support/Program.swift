// Runs the built program and keeps what it said.

import Foundation
import Testing
import Weft
import WeftPixels

/// What a run of `weft` left.
struct Outcome {
    /// All of standard output.
    let output: String
    /// All of standard error.
    let errors: String
    /// The exit code; for a process that a signal ended, 128 and the signal's number, as in a shell.
    let code: Int32
}

/// The `weft` of this build.
enum Program {
    /// The program: beside the tests, or in the build folder of the project.
    static let path: String? = {
        var folders = CommandLine.arguments.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
        folders += [Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent()]
        folders += ["release", "debug"].map { TinyModel.project.appendingPathComponent(".build/\($0)") }
        return folders.map { $0.appendingPathComponent("weft").path }.first {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
                && FileManager.default.isExecutableFile(atPath: $0)
        }
    }()

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - arguments: those of the command line
    ///   - folder: the folder that it runs in; nil for the tests' own
    ///   - environment: variables beside those of the tests
    ///   - whileRunning: called once it runs; if it throws, the program is killed
    static func run(
        _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
        whileRunning: (ChildProcess) throws -> Void = { _ in }
    ) throws -> Outcome {
        let program = try #require(path, "there is no program weft: build it first")
        let (output, errors) = (try ChildProcess.temporaryFile(), try ChildProcess.temporaryFile())
        let process = try ChildProcess(
            [program] + arguments, in: folder, environment: environment, output: output, errors: errors)
        let duringRun = Result { try whileRunning(process) }
        if case .failure = duringRun { kill(process.identifier, SIGKILL) }
        let code = process.wait()
        try duringRun.get()
        let texts = try [output, errors].map { String(decoding: try ChildProcess.contents($0), as: UTF8.self) }
        return Outcome(output: texts[0], errors: texts[1], code: code)
    }
}

extension TinyModel {
    /// Runs `weft` in the folder ``output``, with this model's folder as `Models`.
    func weft(
        _ arguments: String..., whileRunning: (ChildProcess) throws -> Void = { _ in }
    ) throws -> Outcome {
        try Program.run(arguments, in: output, environment: ["WEFT_MODELS": store], whileRunning: whileRunning)
    }

    /// The bytes of a file in ``output``; an issue if there is none.
    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "\(output)/\(name)")) }
}

extension Picture {
    /// Width and height.
    var sides: [Int] { [width, height] }
}
