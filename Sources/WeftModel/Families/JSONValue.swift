// JSON whose keys are not known beforehand: the configurations of other projects.

/// A JSON value.
package enum JSONValue: Sendable, Equatable, Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads any value.
    package init(from decoder: any Swift.Decoder) throws {
        if let keys = try? decoder.container(keyedBy: Key.self) {
            var object: [String: JSONValue] = [:]
            for key in keys.allKeys { object[key.stringValue] = try keys.decode(JSONValue.self, forKey: key) }
            self = .object(object)
        } else if var list = try? decoder.unkeyedContainer() {
            var array: [JSONValue] = []
            while !list.isAtEnd { array.append(try list.decode(JSONValue.self)) }
            self = .array(array)
        } else {
            let single = try decoder.singleValueContainer()
            if single.decodeNil() {
                self = .null
            } else if let flag = try? single.decode(Bool.self) {
                self = .bool(flag)
            } else if let number = try? single.decode(Double.self) {
                self = .number(number)
            } else {
                self = .string(try single.decode(String.self))
            }
        }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The value of a key; nil for what is no object, and for a key that is absent or null.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let object) = self, let value = object[key], value != .null else { return nil }
        return value
    }

    /// A whole number, if it is one.
    package var int: Int? {
        guard case .number(let number) = self else { return nil }
        return Int(exactly: number)
    }

    /// A number, if it is one.
    package var number: Double? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    /// A text, if it is one.
    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// An object's keys and values, if it is one.
    package var object: [String: JSONValue]? {
        guard case .object(let object) = self else { return nil }
        return object
    }
}
