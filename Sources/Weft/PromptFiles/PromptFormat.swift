// The kinds of prompt files.

/// A kind of prompt file.
enum PromptFormat: String, CaseIterable, Sendable {
    case text = ".txt"
    case jsonLines = ".jsonl"
    case csv = ".csv"

    /// The kind that a file's name says.
    ///
    /// - Throws: ``PromptFileError`` that lists the endings
    init(path: String) throws {
        guard let format = Self.allCases.first(where: { path.lowercased().hasSuffix($0.rawValue) }) else {
            let endings = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw PromptFileError(file: path, "a prompt file ends with one of \(endings)")
        }
        self = format
    }
}
