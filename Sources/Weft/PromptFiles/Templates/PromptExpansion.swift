// Prompts out of templates: the rows of another prompt file.

import Foundation
import WeftPixels
import WeftSampling

/// The rows that the templates of a prompt file make.
///
/// `prompt` and `negative_prompt` are templates; all else of a row is kept. Row k of a template is called `NAME-k`, with
/// the template's id or `row-N`. See `docs/prompt-files.md` for the syntax.
public struct PromptExpansion: Sendable, Hashable {
    /// Which prompts are made of a template.
    public enum Mode: Sendable, Hashable {
        /// All that there are; what stands last in the template changes first, and a negative prompt before a prompt.
        case combinations
        /// So many of each template, drawn by the weights; the same may come twice.
        ///
        /// The draws of a row depend on the seed and its id alone, not on other rows or how many there are.
        case random(count: Int, seed: UInt64)
    }

    /// In the order of the templates, with the lines of the file that ``write(to:)`` writes.
    public let rows: [PromptRow]
    private let text: [UInt8]

    /// The most rows.
    public static let mostRows = 1_000_000

    /// Expands the templates of a file.
    ///
    /// - Parameters:
    ///   - file: the templates
    ///   - wildcards: the folder of the wildcards' files; nil for `wildcards` beside the file
    ///   - mode: which prompts are made
    /// - Throws: ``PromptFileError`` with all templates that are wrong, each with its line
    public init(_ file: PromptFile, wildcards: String? = nil, mode: Mode = .combinations) throws {
        let beside = file.path.lastIndex(of: "/").map { String(file.path[...$0]) } ?? ""
        let wildcards = Wildcards(folder: wildcards ?? beside + "wildcards")
        var errors = PromptFileError(file: file.path)
        var templates: [RowTemplate] = []
        for row in file.rows {
            do { templates.append(try RowTemplate(row, wildcards)) } catch { errors.add(line: row.line, "\(error)") }
        }
        try errors.throwIfAny()
        let count = templates.reduce(0) { Saturating.sum($0, $1.rowCount(mode)) }
        guard count <= Self.mostRows else {
            let exact = count == .max ? "\(count) or more" : "\(count)"
            throw PromptFileError(file: file.path, "the templates make \(exact) rows; the most is \(Self.mostRows)")
        }
        var rows: [PromptRow] = []
        var text: [UInt8] = []
        for template in templates {
            do {
                for row in try template.rows(mode, from: rows.count) {
                    rows.append(row)
                    text += Array((row.json + "\n").utf8)
                    guard text.count <= PromptFile.largestFile else {
                        throw RowProblem("the rows take more than \(PromptFile.largestFile) bytes")
                    }
                }
            } catch {
                errors.add(line: template.row.line, "\(error)")
            }
        }
        PromptIds.check(rows, &errors)
        try errors.throwIfAny()
        self.rows = rows.map { row in
            var row = row
            row.line = row.row + 1
            return row
        }
        self.text = text
    }

    /// Writes the rows as a prompt file, all at once.
    ///
    /// - Parameter path: a file that does not exist, or has these very rows, which is left as it is
    /// - Throws: `PictureError` if it cannot be written; ``WeftError`` if it has something else
    public func write(to path: String) throws {
        do {
            try AtomicFile.write(text, to: path, replacing: false)
        } catch {
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw error }
            guard Int(status.st_size) == text.count, try PromptBytes.read(path) == text else {
                throw WeftError(
                    .invalidFile, "\(path): is there already with other rows; remove it or give another name")
            }
        }
    }
}
