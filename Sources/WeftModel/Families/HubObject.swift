// Reads the keys of a JSON object whose other keys do not matter, with errors that name key and value.

/// An object of a `config.json` out of the Hugging Face hub, in which any key may be absent or null.
struct HubObject {
    private let container: KeyedDecodingContainer<Key>
    /// Where the object stands, with a dot at the end; empty for the whole file.
    private let path: String

    /// Any key.
    struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Throws ``LanguageModelError`` if the value is not an object.
    init(_ decoder: any Swift.Decoder, path: String = "") throws {
        guard let container = try? decoder.container(keyedBy: Key.self) else {
            throw LanguageModelError(path.isEmpty ? "is not an object" : "\"\(path.dropLast())\" is not an object")
        }
        self.container = container
        self.path = path
    }

    /// Whether there are no keys.
    var isEmpty: Bool { container.allKeys.isEmpty }

    /// The key with its path, in quotation marks.
    func shown(_ key: String) -> String { "\"\(path)\(key)\"" }

    /// Whether the key is there and not null.
    func has(_ key: String) -> Bool { container.contains(Key(key)) && !isNull(key) }

    /// Whether the key is there and null.
    func isNull(_ key: String) -> Bool { (try? container.decodeNil(forKey: Key(key))) ?? false }

    /// The object of that key; nil if it is absent or null.
    func object(_ key: String) throws -> HubObject? {
        guard has(key) else { return nil }
        return try HubObject(container.superDecoder(forKey: Key(key)), path: "\(path)\(key).")
    }

    /// The value of that key; nil if it is absent or null.
    func value<Value: Decodable>(_ key: String) throws -> Value? {
        guard has(key) else { return nil }
        if let value = try? container.decode(Value.self, forKey: Key(key)) { return value }
        throw LanguageModelError("\(shown(key)) is \(text(key)), which is not of the type \(Value.self)")
    }

    /// A whole number in a range.
    func integer(_ key: String, in range: ClosedRange<Int> = 0...Int(Int32.max)) throws -> Int? {
        guard let value: Int = try value(key) else { return nil }
        guard range.contains(value) else {
            throw LanguageModelError(
                "\(shown(key)) is \(value); it must be in \(range.lowerBound)...\(range.upperBound)")
        }
        return value
    }

    /// A whole number or a list of them, from 0 up.
    func integers(_ key: String) throws -> [Int]? {
        guard has(key) else { return nil }
        if let list = try? container.decode([Int].self, forKey: Key(key)) {
            if let wrong = list.first(where: { $0 < 0 || $0 > Int(Int32.max) }) {
                throw LanguageModelError("\(shown(key)) has \(wrong); it must be in 0...\(Int32.max)")
            }
            return list
        }
        return try integer(key).map { [$0] }
    }

    /// A finite number above a bound, or from a bound up.
    func number(_ key: String, above bound: Double? = nil, least: Double? = nil) throws -> Double? {
        guard let value: Double = try value(key) else { return nil }
        if let bound, !(value > bound && value.isFinite) {
            throw LanguageModelError("\(shown(key)) is \(value); it must be a number above \(bound)")
        }
        if let least, !(value >= least && value.isFinite) {
            throw LanguageModelError("\(shown(key)) is \(value); it must be a number from \(least) up")
        }
        return value
    }

    /// Throws for weights that are not plain numbers.
    func refuseQuantization() throws {
        guard has("quantization_config") else { return }
        throw LanguageModelError("\(shown("quantization_config")) is set; quantised weights are not known")
    }

    /// A value of the wrong type as text.
    private func text(_ key: String) -> String {
        let key = Key(key)
        if let text = try? container.decode(String.self, forKey: key) { return "\"\(text.prefix(40))\"" }
        if let flag = try? container.decode(Bool.self, forKey: key) { return "\(flag)" }
        if let number = try? container.decode(Double.self, forKey: key) { return "\(number)" }
        return "a list or an object"
    }
}
