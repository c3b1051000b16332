// The error of the library.

/// Why something that was asked of the library cannot be done.
public struct WeftError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of thing is wrong; new codes may come.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// A setting has a value that makes no sense, or that the model cannot do.
        public static let invalidRequest = Code(name: "invalid request")
        /// A file is missing, cannot be read or written, or is not what it should be.
        public static let invalidFile = Code(name: "invalid file")
        /// A model cannot be found or loaded.
        public static let invalidModel = Code(name: "invalid model")
    }

    /// What kind of thing is wrong.
    public let code: Code
    /// One line that names the value and its place.
    public let message: String

    /// Makes an error; `message` is one line that names the value and its place.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
