// Prompt files that tests write into a folder of their own.

import Foundation
import Weft

/// A folder for prompt files; it is removed when nothing refers to it any more.
final class PromptFixture: Sendable {
    /// Path of the folder.
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "weft-prompts-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Writes a file and returns its path; folders are made.
    @discardableResult
    func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        let url = URL(fileURLWithPath: "\(folder)/\(name)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    /// The prompt file of a text.
    func file(_ text: String, _ name: String) throws -> PromptFile {
        try PromptFile(path: write(text.utf8, to: name))
    }

    /// What is wrong with a file: the lines of the error, without the folder.
    func problems(
        _ bytes: some Sequence<UInt8>, _ name: String, validate: (PromptRow) throws -> Void = { _ in }
    ) throws -> [String] {
        let path = try write(bytes, to: name)
        return lines { _ = try PromptFile(path: path, validate: validate) }
    }

    /// What is wrong with a file of a text.
    func problems(_ text: String, _ name: String) throws -> [String] { try problems(text.utf8, name) }

    /// The lines of the error that `body` throws, without the folder; none if it throws none.
    func lines(_ body: () throws -> Void) -> [String] {
        do { try body() } catch {
            return "\(error)".replacingOccurrences(of: folder + "/", with: "").split(separator: "\n").map(String.init)
        }
        return []
    }
}
