// The error of everything that reads weights.

/// Why a weights file cannot be used: which file, which tensor, and what is wrong with it.
package struct WeightsError: Error, Sendable, CustomStringConvertible, Equatable {
    /// Path of the file, or of several separated by commas.
    package let file: String
    /// Name of the tensor at fault, if it is one.
    package let tensor: String?
    /// What is wrong, in words that follow a colon.
    package let reason: String

    /// Makes an error about a file, or about one tensor of it.
    package init(file: String, tensor: String? = nil, _ reason: String) {
        self.file = file
        self.tensor = tensor
        self.reason = reason
    }

    /// One line: the file, the tensor, what is wrong.
    package var description: String {
        guard let tensor else { return "\(file): \(reason)" }
        return "\(file): tensor \"\(tensor)\": \(reason)"
    }
}
