// Where pictures go: a file, a folder, or a template.

import ArgumentParser
import Foundation
import Weft

/// The `-o` of commands that write pictures.
struct OutputTemplate {
    /// What can stand in braces, and differs from picture to picture.
    enum Field: String {
        case id, index, seed
    }

    private let template: String

    /// - Parameters:
    ///   - output: a file, a folder, a template, or nil for files in the current folder
    ///   - count: how many pictures there will be
    ///   - fields: those that the command knows
    /// - Throws: a usage error if `output` cannot hold that many pictures
    init(_ output: String?, count: Int, fields: [Field] = [.id, .index, .seed]) throws {
        guard let output else {
            template = "weft-{seed}.png"
            return
        }
        guard !output.isEmpty else { throw ValidationError("--output is empty") }
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: output, isDirectory: &isFolder)
        let isPicture = output.lowercased().hasSuffix(".png")
        if fields.contains(where: { output.contains("{\($0.rawValue)}") }) {
            guard isPicture else {
                throw ValidationError("--output \(output): pictures are PNG files, end the template with .png")
            }
            template = output
        } else if exists && isFolder.boolValue || output.hasSuffix("/") || (!exists && count > 1 && !isPicture) {
            template = output.hasSuffix("/") ? "\(output){id}.png" : "\(output)/{id}.png"
        } else if count > 1 {
            let stem = isPicture ? String(output.dropLast(4)) : output
            throw ValidationError(
                "--output \(output) is one picture, but there are \(count): give a folder, or a template such as "
                    + "\(stem)-{index}.png")
        } else {
            guard isPicture else {
                throw ValidationError("--output \(output): pictures are PNG files, end the name with .png")
            }
            template = output
        }
    }

    /// The path of a picture.
    func path(index: Int, request: GenerationRequest) -> String {
        template.replacingOccurrences(of: "{id}", with: "\(index)-\(request.seed)")
            .replacingOccurrences(of: "{index}", with: "\(index)")
            .replacingOccurrences(of: "{seed}", with: "\(request.seed)")
            .replacingOccurrences(of: "{size}", with: request.size.description)
    }

    /// The path of a picture that is known by its place alone.
    func path(index: Int) -> String {
        template.replacingOccurrences(of: "{id}", with: "\(index)")
            .replacingOccurrences(of: "{index}", with: "\(index)")
    }
}
