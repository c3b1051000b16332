// What pictures of a grid can be labelled and sorted by.

import ArgumentParser
import Foundation
import Weft
import WeftPixels

/// Something that a PNG file tells about its picture.
enum GridField: String, CaseIterable, ExpressibleByArgument {
    case names, prompt, seed, size, tokens, sampler, guidance, model

    /// All names, for help and errors.
    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// The field of a picture as a label.
    ///
    /// - Throws: an error that names the file if it does not say what the field is.
    func label(of file: GridFile, flag: String) throws -> String {
        switch self {
        case .names: return URL(fileURLWithPath: file.path).deletingPathExtension().lastPathComponent
        case .size: return file.size
        case .prompt, .seed, .tokens, .sampler, .guidance, .model: break
        }
        guard let metadata = file.metadata else {
            throw WeftError(
                .invalidFile, "\(file.path): has no metadata of weft, and so nothing for \(flag) \(rawValue)")
        }
        switch self {
        case .prompt: return metadata.prompt
        case .seed: return "seed \(metadata.seed)"
        case .tokens: return metadata.steps == 1 ? "1 token" : "\(metadata.steps) tokens"
        case .sampler: return metadata.sampler
        case .guidance: return "guidance " + "\(metadata.guidanceScale)".replacing(/\.0$/, with: "")
        default: return metadata.model
        }
    }
}

extension GridField {
    /// Whether a label stands before another in a row or column; nil if the order is that of the pictures.
    var order: ((String, String) -> Bool)? {
        switch self {
        case .seed, .size, .tokens: { $0.compare($1, options: .numeric) == .orderedAscending }
        case .guidance:
            { left, right in
                let scales = [left, right].map { Double($0.drop { $0 != " " }.dropFirst()) ?? 0 }
                return scales[0] < scales[1]
            }
        case .names, .prompt, .sampler, .model: nil
        }
    }
}

/// `--labels`: fields separated by commas, or `none`.
struct GridLabels: ExpressibleByArgument {
    let fields: [GridField]

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map {
            GridField(rawValue: "\($0)")
        }
        if argument != "none", parts.contains(nil) { return nil }
        fields = parts.compactMap { $0 }
    }

    var defaultValueDescription: String { fields.map(\.rawValue).joined(separator: ",") }
}
