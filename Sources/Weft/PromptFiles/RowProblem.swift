// What is wrong with one row, before file and line are known.

/// Why a row cannot be used, without its place.
struct RowProblem: Error, Hashable, CustomStringConvertible {
    /// On one line.
    let description: String

    init(_ description: String) { self.description = description }

    /// A value of a key that is not what it must be.
    init(_ key: String, mustBe what: String, got value: some PromptValue) {
        self.init("\"\(key)\" must be \(what), got \(value.excerpt)")
    }
}
