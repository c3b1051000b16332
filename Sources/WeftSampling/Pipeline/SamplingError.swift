// SamplingError: what is thrown for settings, logits and sizes that cannot be sampled from.

/// An error of the sampling API: what kind it is, and one line that names the value and the place.
public struct SamplingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of a sampling error; a struct, so that a new kind breaks nobody's `switch`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the kind, as it is written in the source.
        public let description: String

        /// A setting lies outside of its range, is NaN or is infinite.
        public static let invalidSetting = Code(description: "invalidSetting")
        /// A key is not the name of a setting.
        public static let unknownSetting = Code(description: "unknownSetting")
        /// A grid without cells, more tokens than it has cells, or another grid than the one that a step was made for.
        public static let invalidContext = Code(description: "invalidContext")
        /// A token id lies outside of the vocabulary.
        public static let invalidToken = Code(description: "invalidToken")
        /// Two buffers, or a buffer and the vocabulary, differ in size.
        public static let sizeMismatch = Code(description: "sizeMismatch")
        /// There are no logits at all.
        public static let emptyLogits = Code(description: "emptyLogits")
        /// Every logit is -infinity: no token is left to choose.
        public static let allMasked = Code(description: "allMasked")
        /// A logit is NaN.
        public static let notANumber = Code(description: "notANumber")
        /// A logit is +infinity.
        public static let positiveInfinity = Code(description: "positiveInfinity")
        /// A computed logit does not fit into a `Float`.
        public static let overflow = Code(description: "overflow")
    }

    /// The kind of error.
    public let code: Code
    /// One line that names the value and the place.
    public let message: String

    /// The message.
    public var description: String { message }

    /// Creates an error of a kind with its message; for processors and samplers of one's own, too.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
