// The error of everything that turns text into tokens.

/// Why a text model could not be loaded or a prompt not be encoded; its description is one line.
public struct TextError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, on one line, with the value, the file and the place.
    public let description: String
    /// The place in the prompt in characters, counted from 1; nil if no single place is to blame.
    public let position: Int?

    /// An error with its one-line description and the place in the prompt.
    public init(_ description: String, position: Int? = nil) {
        self.description = description
        self.position = position
    }
}
