// Finds models in the cache that Hugging Face's tools fill; never downloads anything.

import Foundation
import WeftTensor

/// The cache of a model hub on this machine.
///
/// Layout: `models--<org>--<name>/refs/<revision>` holds a commit, `models--<org>--<name>/snapshots/<commit>/` the files.
package struct HubCache: Sendable {
    /// The cache's folder.
    package let folder: String

    /// The cache that the environment names: `HF_HUB_CACHE`, or `hub` in `HF_HOME`, or the default location.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func value(_ key: String) -> String? { environment[key].flatMap { $0.isEmpty ? nil : $0 } }
        let home = value("HOME") ?? NSHomeDirectory()
        func expanded(_ path: String) -> String { path.hasPrefix("~/") ? home + path.dropFirst() : path }
        if let cache = value("HF_HUB_CACHE") {
            folder = expanded(cache)
        } else if let hub = value("HF_HOME") {
            folder = expanded(hub) + "/hub"
        } else {
            folder = expanded(value("XDG_CACHE_HOME") ?? home + "/.cache") + "/huggingface/hub"
        }
    }

    /// Whether a text has the form `org/name` or `org/name@revision`.
    package static func isName(_ text: String) -> Bool { split(text) != nil }

    /// The folder of a model's snapshot.
    ///
    /// - Parameter model: `org/name`, or `org/name@revision` with a branch, a tag or a commit
    /// - Throws: ``CheckpointError`` that names what the cache lacks: the model, the revision, or the first file that the
    ///   snapshot's own index names
    package func path(of model: String) throws -> String {
        guard let (name, revision) = Self.split(model) else {
            throw CheckpointError(model, "is not of the form org/name or org/name@revision")
        }
        let files = FileManager.default
        let home = "\(folder)/models--" + name.replacing("/", with: "--")
        guard files.fileExists(atPath: "\(home)/snapshots") else {
            throw CheckpointError(model, "is not in the cache \(folder), and nothing is downloaded")
        }
        var commit = revision ?? "main"
        if let reference = try? String(contentsOfFile: "\(home)/refs/\(commit)", encoding: .utf8) {
            commit = reference.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        guard !commit.contains("/"), !commit.hasPrefix("."), files.fileExists(atPath: "\(home)/snapshots/\(commit)")
        else {
            let there = (try? files.contentsOfDirectory(atPath: "\(home)/snapshots").sorted()) ?? []
            let known = there.isEmpty ? "" : "; there are: \(there.joined(separator: ", "))"
            throw CheckpointError(model, "the cache has no snapshot \(revision ?? "main") of it\(known)")
        }
        let snapshot = "\(home)/snapshots/\(commit)"
        if let missing = try TensorFiles.missingFiles(in: snapshot), let first = missing.first {
            let more = missing.count > 1 ? " and \(missing.count - 1) more" : ""
            throw CheckpointError(model, "the snapshot \(snapshot) is not complete: \(first)\(more) is missing")
        }
        return snapshot
    }

    /// Name and revision of `org/name@revision`; nil for another form.
    private static func split(_ text: String) -> (name: String, revision: String?)? {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        let allowed: (Character) -> Bool = { $0.isLetter || $0.isNumber || "-_.".contains($0) }
        guard names.count == 2, names.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && $0.allSatisfy(allowed) }) else {
            return nil
        }
        guard parts.count == 1 || (!parts[1].isEmpty && !parts[1].contains("..")) else { return nil }
        return (parts[0], parts.count == 2 ? parts[1] : nil)
    }
}
