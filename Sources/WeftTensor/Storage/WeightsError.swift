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

    /// One line: the file, the tensor, what is wrong; long names are cut.
    package var description: String {
        guard let tensor else { return "\(file): \(oneLine(reason, limit: 600))" }
        return "\(file): tensor \"\(oneLine(tensor, limit: 200))\": \(oneLine(reason, limit: 600))"
    }

    /// Names come from files that may hold anything.
    private func oneLine(_ text: String, limit: Int) -> String {
        let isLong = text.utf8.count > limit
        let scalars = text.unicodeScalars.prefix(limit).map { scalar in
            [.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory) ? "?" : scalar
        }
        return String(String.UnicodeScalarView(scalars)) + (isLong ? "..." : "")
    }
}
