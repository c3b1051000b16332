// How long the prompts of templates may become.

/// Joins texts and keeps count of their bytes.
struct TemplateSize {
    private var total = 0

    /// The texts as one.
    ///
    /// - Throws: ``RowProblem`` if it is longer than a line may be, or all that were joined longer than a file
    mutating func joined(_ texts: [String], separator: String = "") throws -> String {
        let size = texts.reduce(separator.utf8.count * max(0, texts.count - 1)) { $0 + $1.utf8.count }
        guard size <= PromptFile.largestLine else {
            throw RowProblem("makes a prompt of \(size) bytes; the most is \(PromptFile.largestLine)")
        }
        total += size
        guard total <= PromptFile.largestFile else {
            throw RowProblem("makes prompts of more than \(PromptFile.largestFile) bytes")
        }
        return texts.joined(separator: separator)
    }
}
