// The error of decoders.

/// Why a decoder cannot be built, or cannot work on what it was given.
package struct DecoderError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of thing is wrong.
    package enum Code: Sendable {
        /// A key of the configuration is missing, unknown or has an impossible value.
        case configuration
        /// A token id is outside of its vocabulary, or there are no tokens, or not as many as rows.
        case token
        /// A row does not exist, is listed twice, or has no prefix yet.
        case row
        /// A row would outgrow the capacity that the state was made for.
        case capacity
        /// A grid without columns.
        case grid
    }

    /// What kind of thing is wrong.
    package let code: Code
    /// One line that names the value at fault and what was expected.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// A key of the configuration with an impossible value.
    static func configuration(_ key: String, _ problem: String) -> DecoderError {
        DecoderError(.configuration, "transformer.\(key): \(problem)")
    }
}
