// Values of rows, whatever kind of file they come from.

/// A value of a row; what it is not, is nil.
protocol PromptValue {
    /// Whether it stands for nothing: `null`, or an empty cell.
    var isAbsent: Bool { get }
    /// The text.
    var text: String? { get }
    /// The number, as JSON writes it.
    var number: String? { get }
    /// The numbers of a list, as JSON writes them.
    var numbers: [String]? { get }
    /// Any value as JSON, without white space between its parts.
    var json: String? { get }
    /// The value for a message.
    var excerpt: String { get }
}

extension PromptValue {
    /// The number, if it is a whole one without a sign that fits 64 bits; no other number stands in between, so that all
    /// bits are kept.
    var unsigned: UInt64? { number.flatMap { UInt64($0) } }

    /// The number, if it is a whole one.
    var int: Int? { number.flatMap { Int($0) } }

    /// The number, if it can be told from 0 and infinity in 32 bits.
    var float: Float? { number.flatMap(Self.float) }

    /// The list, if all of it are whole numbers.
    var ints: [Int]? { all { Int($0) } }

    /// The list, if all of its numbers can be told from 0 and infinity in 32 bits.
    var floats: [Float]? { all(Self.float) }

    private func all<Number>(_ convert: (String) -> Number?) -> [Number]? {
        guard let numbers else { return nil }
        let converted = numbers.compactMap(convert)
        return converted.count == numbers.count ? converted : nil
    }

    private static func float(_ text: String) -> Float? {
        guard let value = Float(text), value.isFinite, value != 0 || Double(text) == 0 else { return nil }
        // There is one way to write 0.
        return value == 0 ? 0 : value
    }
}
