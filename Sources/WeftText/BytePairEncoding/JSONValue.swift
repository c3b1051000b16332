// JSON as it stands in a file: keys in their order, duplicates kept, strings told apart by their bytes.
//
// Foundation's JSON readers return dictionaries of Swift strings, in which keys that Unicode calls equivalent are one;
// the vocabulary of a tokenizer has such keys (U+00C5 and U+212B), so they cannot read it.

/// A key of an object with its value.
struct JSONEntry: Sendable {
    let key: String
    let value: JSONValue
}

/// A value of a JSON text.
enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    /// A number that is no integer, or too large for one.
    case fraction
    case string(String)
    case array([JSONValue])
    case object([JSONEntry])

    /// What stands there, short enough for an error message.
    var summary: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .fraction: "a number with a fraction"
        case .string(let value): value.shortened
        case .array: "a list"
        case .object: "an object"
        }
    }
}

extension String {
    /// The string in quotation marks, on one line, cut off when it is long.
    var shortened: String {
        let scalars = unicodeScalars.prefix(40)
        let text = String(String.UnicodeScalarView(scalars)).debugDescription
        return scalars.count < unicodeScalars.count ? text.dropLast() + "...\"" : text
    }
}
