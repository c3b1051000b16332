// The error of text encoders.

/// Why a text encoder cannot work on what it was given.
package struct TextEncoderError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One line that names the value at fault and what was expected.
    package let description: String

    init(_ description: String) { self.description = description }
}
