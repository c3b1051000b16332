// The error of image tokenizers.

/// Why an image tokenizer cannot be built, or cannot work on what it was given.
package struct ImageTokenizerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of thing is wrong.
    package enum Code: Sendable {
        /// A key of the configuration is missing or has an impossible value.
        case configuration
        /// A token id is not a row of the codebook.
        case token
        /// The count of tokens is not that of the grid, or the grid is empty or too large.
        case grid
        /// The image tokenizer has no head for the scale.
        case scale
        /// The picture has a size that the tokenizer cannot encode.
        case picture
        /// The workspace was made for a smaller grid.
        case workspace
        /// The checkpoint has only a decoder.
        case encoder
    }

    /// What kind of thing is wrong.
    package let code: Code
    /// One line that names the value at fault and what was expected.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// A key of the configuration that is missing or has an impossible value.
    static func configuration(_ key: String, _ problem: String) -> ImageTokenizerError {
        ImageTokenizerError(.configuration, "image_tokenizer.\(key): \(problem)")
    }
}
