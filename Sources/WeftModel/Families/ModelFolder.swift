// A model's folder before anybody knows what it is.

import Foundation
package import WeftTensor

/// The files of a model: a folder as it was downloaded, or one weights file in it.
package struct ModelFolder: Sendable {
    /// The folder's path.
    package let path: String
    /// The weights file that was asked for, if the path was that of a file.
    package let file: String?
    /// What `weft.json` says; nothing where there is none.
    package let settings: WeftSettings
    /// The content of `config.json`; nil where there is none.
    package let config: JSONValue?
    /// The names of the folder's files and folders, sorted.
    package let names: [String]

    /// What the names of weights files end with.
    private static let kinds = [".pt", ".pth", ".bin", ".ckpt", ".safetensors"]

    /// The names of the weights files that lie directly in the folder.
    package var weightsNames: [String] { names.filter { name in Self.kinds.contains { name.hasSuffix($0) } } }

    /// Looks into a folder, or into the folder of a weights file.
    ///
    /// Throws ``CheckpointError`` for a path that does not exist, and for JSON files that make no sense.
    package init(path: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CheckpointError(path, "no such file or folder")
        }
        let kinds = Self.kinds
        guard isFolder.boolValue || kinds.contains(where: { path.hasSuffix($0) }) else {
            throw CheckpointError(path, "is neither a folder nor a weights file (\(kinds.joined(separator: ", ")))")
        }
        let folder = isFolder.boolValue ? path : (path as NSString).deletingLastPathComponent
        self.path = folder.isEmpty ? "." : folder
        file = isFolder.boolValue ? nil : path
        names = (try? FileManager.default.contentsOfDirectory(atPath: self.path).sorted()) ?? []
        settings =
            names.contains("weft.json") ? try WeftSettings(path: "\(self.path)/weft.json") : WeftSettings()
        config =
            names.contains("config.json") ? try JSONFile.read(JSONValue.self, from: "\(self.path)/config.json") : nil
    }

    /// The model's name: `weft.json`'s, or that of the file or folder.
    package var name: String {
        if let name = settings.name { return name }
        if let file { return ((file as NSString).lastPathComponent as NSString).deletingPathExtension }
        let full = URL(fileURLWithPath: path).standardizedFileURL.path
        // A folder of a hub's cache is called by its commit: .../models--org--name/snapshots/<commit>
        let parts = full.split(separator: "/").map(String.init)
        if parts.count >= 3, parts[parts.count - 2] == "snapshots", parts[parts.count - 3].hasPrefix("models--") {
            return String(parts[parts.count - 3].dropFirst("models--".count)).replacing("--", with: "/")
        }
        return parts.last ?? full
    }

    /// The value of `model_type` in `config.json`.
    package var modelType: String? { config?["model_type"]?.string }

    /// Whether the folder has a file or folder of that name.
    package func has(_ name: String) -> Bool { names.contains(name) }

    /// The path of something in the folder; a path from the root stays as it is.
    package func path(_ name: String) -> String { name.hasPrefix("/") ? name : "\(path)/\(name)" }

    /// Whether there is something at a path relative to the folder.
    package func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    /// The weights files of a part of the checkpoint that `weft.json` names, or of the folder itself.
    ///
    /// Throws ``CheckpointError`` or `WeightsError` that names the file that is missing or wrong.
    package func weights(_ part: String? = nil) throws -> [any TensorFile] {
        if part == nil, let file { return [try TensorFiles.open(file)] }
        return try Self.weights(at: part.map { path($0) } ?? path)
    }

    /// The weights files at a path: one file, or those of a folder.
    package static func weights(at path: String) throws -> [any TensorFile] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CheckpointError(path, "no such file or folder")
        }
        return isFolder.boolValue ? try TensorFiles.open(folder: path) : [try TensorFiles.open(path)]
    }

    /// An error about the folder's `config.json`.
    package func configError(_ reason: String) -> CheckpointError { CheckpointError("\(path)/config.json", reason) }
}
