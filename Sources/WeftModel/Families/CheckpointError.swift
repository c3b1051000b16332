// The error of everything that reads a model's folder.

/// Why a model's folder cannot be used: which file, and what is wrong with it.
package struct CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Path of the file or folder.
    package let file: String
    /// What is wrong, in words that follow a colon.
    package let reason: String

    /// Makes an error about a file or folder.
    package init(_ file: String, _ reason: String) {
        self.file = file
        self.reason = reason
    }

    /// One line: the file, what is wrong.
    package var description: String { "\(file): \(reason)" }
}
