// Asks another program whether pictures show what their prompts say.

import Foundation

/// A program that reads a results file and prints a line `{"id": ..., "faithful": true | false | null, "reason"?: ...}`
/// for each picture.
///
/// The project's own is `scripts/evaluate/evaluate facts`, which knows the scenes of the embedded model.
public struct FactsChecker: Sendable {
    /// What the program says of a picture.
    public struct Verdict: Sendable, Hashable, Codable {
        /// The picture's id.
        public let id: String
        /// Whether all facts of the prompt hold; nil if they cannot be checked.
        public let faithful: Bool?
        /// What does not hold, or why it cannot be checked.
        public let reason: String?
    }

    /// The program and its arguments; the results file is added at the end.
    public var command: [String]

    /// A program of the caller's.
    public init(command: [String]) { self.command = command }

    /// The project's own checker, beside ``ModelStore/folder``.
    ///
    /// - Throws: ``WeftError`` if it is not there
    public init() throws { command = [try ProjectScripts.evaluate(), "facts"] }

    /// Checks all pictures of a results file.
    ///
    /// - Returns: a verdict for each picture, in the order in which the program prints them
    /// - Throws: ``WeftError`` that names the program, if it fails or prints something else
    public func verdicts(results path: String) throws -> [Verdict] {
        let data = try ProjectScripts.output(of: command + [path])
        return try String(decoding: data, as: UTF8.self).split(separator: "\n").map { line in
            guard let verdict = try? JSONDecoder().decode(Verdict.self, from: Data(line.utf8)) else {
                throw WeftError(
                    .invalidFile,
                    "\(command.joined(separator: " ")): printed \"\(line.prefix(60))\", which is no verdict")
            }
            return verdict
        }
    }

    /// Checks all pictures of a results file.
    ///
    /// - Returns: by id, whether the picture is faithful; pictures without facts that can be checked are left out
    /// - Throws: ``WeftError`` that names the program, if it fails or prints something else
    public func check(results path: String) throws -> [String: Bool] {
        var found: [String: Bool] = [:]
        for verdict in try verdicts(results: path) { found[verdict.id] = verdict.faithful }
        return found
    }
}
