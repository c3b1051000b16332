// An object of a tokenizer.json whose keys must all be known.

/// Reads an object key by key and ends by refusing what was not read.
struct JSONComponent {
    /// Where the object stands in the file, as `pre_tokenizer.pretokenizers[1]`.
    let path: String
    private var entries: [JSONEntry]

    /// The object `value` at `path`.
    ///
    /// - Throws: ``TextError`` if it is none, has far too many keys or has one twice.
    init(_ value: JSONValue, path: String) throws {
        let place = path.isEmpty ? "" : path + ": "
        guard case .object(let entries) = value else { throw TextError("\(place)\(value.summary) is no object") }
        guard entries.count <= 64 else { throw TextError("\(place)an object has \(entries.count) keys") }
        for (index, entry) in entries.enumerated() where entries[..<index].contains(where: { $0.key == entry.key }) {
            throw TextError("\(place)the key \(entry.key.shortened) stands there twice")
        }
        self.path = path
        self.entries = entries
    }

    /// The place of a key of the object.
    func path(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// The value of a key, which then counts as read; nil if it is absent or null.
    mutating func take(_ key: String) -> JSONValue? {
        guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
        let value = entries.remove(at: index).value
        if case .null = value { return nil }
        return value
    }

    private func mismatch(_ key: String, _ value: JSONValue?, _ expected: String) -> TextError {
        TextError(value.map { "\(path(key)) is \($0.summary), not \(expected)" } ?? "\(path(key)) is missing")
    }

    /// The string of a key.
    mutating func string(_ key: String) throws -> String {
        let value = take(key)
        guard case .string(let text) = value else { throw mismatch(key, value, "a string") }
        return text
    }

    /// The one character of a key, of the first plane of Unicode.
    mutating func character(_ key: String) throws -> Unicode.Scalar {
        let text = try string(key)
        guard let first = text.unicodeScalars.first, text.unicodeScalars.count == 1, first.value < 0x10000 else {
            throw TextError("\(path(key)) is \(text.shortened), not one character up to U+FFFF")
        }
        return first
    }

    /// The flag of a key, or `otherwise` if it is absent; without `otherwise`, it must be there.
    mutating func flag(_ key: String, otherwise: Bool? = nil) throws -> Bool {
        let value = take(key)
        if case .bool(let flag) = value { return flag }
        guard value == nil, let otherwise else { throw mismatch(key, value, "true or false") }
        return otherwise
    }

    /// The integer of a key.
    mutating func integer(_ key: String) throws -> Int {
        let value = take(key)
        guard case .integer(let number) = value else { throw mismatch(key, value, "an integer") }
        return number
    }

    /// The list of a key.
    mutating func list(_ key: String) throws -> [JSONValue] {
        let value = take(key)
        guard case .array(let items) = value else { throw mismatch(key, value, "a list") }
        return items
    }

    /// One of the cases of `Choice`, by its raw value.
    mutating func choice<Choice: RawRepresentable<String>>(_ key: String, of: Choice.Type) throws -> Choice {
        let text = try string(key)
        guard let choice = Choice(rawValue: text) else {
            throw TextError("\(path(key)) \(text.shortened) is not known")
        }
        return choice
    }

    /// A pattern `{"String": ...}` or `{"Regex": ...}`.
    mutating func pattern(_ key: String) throws -> SplitPattern {
        guard let value = take(key) else { throw mismatch(key, nil, "a pattern") }
        var object = try JSONComponent(value, path: path(key))
        let pattern: SplitPattern
        do {
            if object.entries.contains(where: { $0.key == "String" }) {
                pattern = try SplitPattern(literal: object.string("String"))
            } else {
                pattern = try SplitPattern(expression: object.string("Regex"))
            }
        } catch let error as TextError { throw TextError("\(path(key)): \(error)") }
        try object.finish()
        return pattern
    }

    /// Forgets keys that change nothing here.
    mutating func ignore(_ keys: String...) {
        for key in keys { _ = take(key) }
    }

    /// Checks that every key was read.
    ///
    /// - Throws: ``TextError`` that names a key that was not, with its value.
    func finish() throws {
        guard let rest = entries.first else { return }
        throw TextError("\(path(rest.key.isEmpty ? "\"\"" : rest.key)) (\(rest.value.summary)) is not known")
    }
}
