// A setting of an experiment with one of its values.

/// A value of an axis, by its name.
public struct AxisValue: Sendable, Hashable, CustomStringConvertible {
    /// The name of the setting, as in `temperature`.
    public let key: String
    /// The value as it is shown: of several spellings always the same, as in `0.7` or `64x64`.
    public let text: String

    /// A value of the setting with that name.
    public init(key: String, text: String) {
        self.key = key
        self.text = text
    }

    /// `KEY=VALUE`.
    public var description: String { "\(key)=\(text)" }
}

extension [AxisValue] {
    /// All of them on one line, as people read them: `size 64x64, temperature 0.7`.
    var line: String { map { "\($0.key) \($0.text)" }.joined(separator: ", ") }
}
