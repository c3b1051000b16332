// Where models are found: the folder Models of the project, and any path.

import Foundation
import WeftModel

/// The models that come with the library, and folders anywhere else.
public enum ModelStore {
    /// The name of the embedded model.
    public static let embeddedModel = "weft-mini"

    /// The folder `Models` that belongs to this build, if there is one.
    ///
    /// The environment variable `WEFT_MODELS` names it; otherwise it is looked for beside the running program and in
    /// the folders above it, then beside the sources that the library was built from.
    public static var folder: String? {
        if let named = ProcessInfo.processInfo.environment["WEFT_MODELS"], !named.isEmpty { return named }
        let program = URL(fileURLWithPath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
        let running = Bundle.main.executableURL?.resolvingSymlinksInPath() ?? program
        for start in [running, URL(fileURLWithPath: #filePath)] {
            var place = start.deletingLastPathComponent()
            while place.path != "/" && !place.path.isEmpty {
                let candidate = place.appendingPathComponent("Models").path
                if FileManager.default.fileExists(atPath: "\(candidate)/\(embeddedModel)/config.json") {
                    return candidate
                }
                place.deleteLastPathComponent()
            }
        }
        return nil
    }

    /// The names of the models in ``folder``, sorted.
    public static var names: [String] {
        guard let folder, let entries = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
        return entries.filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)/config.json") }.sorted()
    }

    /// The folder of a model, or one weights file in it.
    ///
    /// In this order: a path that exists; a name in ``folder``; `org/name` or `org/name@revision` in the cache of Hugging
    /// Face's tools, from which nothing is ever downloaded.
    ///
    /// - Parameter model: what the user calls the model; nil asks for the embedded one
    /// - Throws: ``WeftError`` that names what was looked for; an error that says what a snapshot of the cache lacks
    public static func path(of model: String?) throws -> String {
        let files = FileManager.default
        if let model, files.fileExists(atPath: model) { return model }
        let name = model ?? embeddedModel
        if let folder, !name.contains("/"), files.fileExists(atPath: "\(folder)/\(name)/config.json") {
            return "\(folder)/\(name)"
        }
        if HubCache.isName(name) { return try HubCache().path(of: name) }
        let known = names.isEmpty ? "" : " (there are: \(names.joined(separator: ", ")))"
        throw WeftError(.invalidModel, "model \(name): no such folder, and no such model in Models\(known)")
    }
}
