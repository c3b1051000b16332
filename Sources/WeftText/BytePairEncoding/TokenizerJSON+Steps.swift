// The keys "normalizer", "pre_tokenizer" and "decoder" of a tokenizer.json.

/// Sequences in sequences and steps in all, so that no file can make a text grow without end.
private enum Limits {
    static let depth = 4
    static let count = 32

    static func steps<Step>(
        _ object: inout JSONComponent, _ key: String, depth: Int, _ step: (JSONValue, String) throws -> Step
    ) throws -> [Step] {
        let items = try object.list(key)
        guard depth < Self.depth, items.count <= Self.count else {
            throw TextError(
                "\(object.path(key)) has \(items.count) steps in \(depth) other sequences, which is too many")
        }
        return try items.enumerated().map { try step($1, "\(object.path(key))[\($0)]") }
    }
}

extension TextNormalizer {
    /// Reads a normalizer.
    ///
    /// - Throws: ``TextError`` that names the key and its value.
    init(_ value: JSONValue, path: String, depth: Int) throws {
        var object = try JSONComponent(value, path: path)
        let type = try object.string("type")
        switch type {
        case "NFC": self = .nfc
        case "NFD": self = .nfd
        case "NFKC": self = .nfkc
        case "NFKD": self = .nfkd
        case "Lowercase": self = .lowercase
        case "Prepend": self = .prepend(Array(try object.string("prepend").utf16))
        case "Replace": self = .replace(try object.pattern("pattern"), Array(try object.string("content").utf16))
        case "Strip": self = .strip(left: try object.flag("strip_left"), right: try object.flag("strip_right"))
        case "Sequence":
            self = .sequence(
                try Limits.steps(&object, "normalizers", depth: depth) {
                    try TextNormalizer($0, path: $1, depth: depth + 1)
                })
        default: throw TextError("\(path).type \(type.shortened) is not supported")
        }
        try object.finish()
    }
}

extension PreTokenizer {
    /// Reads a pre-tokenizer.
    ///
    /// - Throws: ``TextError`` that names the key and its value.
    init(_ value: JSONValue, path: String, depth: Int) throws {
        var object = try JSONComponent(value, path: path)
        let type = try object.string("type")
        switch type {
        case "ByteLevel":
            let addsSpace = try object.flag("add_prefix_space")
            object.ignore("trim_offsets")
            self = .byteLevel(
                addsSpace: addsSpace,
                pattern: try object.flag("use_regex", otherwise: true)
                    ? SplitPattern(expression: Self.wordsOfGPT2) : nil)
        case "Split":
            self = .split(
                try object.pattern("pattern"), try object.choice("behavior", of: SplitBehavior.self),
                isInverted: try object.flag("invert"))
        case "Digits": self = .digits(individual: try object.flag("individual_digits"))
        case "Punctuation":
            let behavior = object.take("behavior")
            let name = if case .string(let text) = behavior { text } else { behavior?.summary ?? "Isolated" }
            guard let known = SplitBehavior(rawValue: name) else {
                throw TextError("\(path).behavior \(name.shortened) is not known")
            }
            self = .punctuation(known)
        case "Whitespace": self = .whitespace
        case "WhitespaceSplit": self = .whitespaceSplit
        case "Metaspace":
            let (character, scheme) = try Self.metaspace(&object)
            self = .metaspace(UInt16(character.value), scheme, splits: try object.flag("split", otherwise: true))
        case "Sequence":
            self = .sequence(
                try Limits.steps(&object, "pretokenizers", depth: depth) {
                    try PreTokenizer($0, path: $1, depth: depth + 1)
                })
        default: throw TextError("\(path).type \(type.shortened) is not supported")
        }
        try object.finish()
    }

    /// What the pre-tokenizer and the decoder Metaspace share; old files have `add_prefix_space` for the scheme.
    fileprivate static func metaspace(_ object: inout JSONComponent) throws -> (Unicode.Scalar, PrependScheme) {
        object.ignore("str_rep")
        let character = try object.character("replacement")
        let addsSpace = try object.flag("add_prefix_space", otherwise: true)
        guard case .string(let name) = object.take("prepend_scheme") ?? .string(addsSpace ? "always" : "never"),
            let scheme = PrependScheme(rawValue: name), addsSpace || scheme == .never
        else { throw TextError("\(object.path("prepend_scheme")) is not known, or not what add_prefix_space says") }
        return (character, scheme)
    }
}

extension PieceDecoder {
    /// Reads a decoder.
    ///
    /// - Throws: ``TextError`` that names the key and its value.
    init(_ value: JSONValue, path: String, depth: Int) throws {
        var object = try JSONComponent(value, path: path)
        let type = try object.string("type")
        switch type {
        case "ByteLevel":
            object.ignore("add_prefix_space", "trim_offsets", "use_regex")
            self = .byteLevel
        case "ByteFallback": self = .byteFallback
        case "Fuse": self = .fuse
        case "Metaspace":
            object.ignore("split")
            let (character, scheme) = try PreTokenizer.metaspace(&object)
            self = .metaspace(character, keepsFirst: scheme == .never)
        case "Replace": self = .replace(try object.pattern("pattern"), try object.string("content"))
        case "Strip":
            self = .strip(
                try object.character("content"), start: try object.integer("start"), stop: try object.integer("stop"))
        case "Sequence":
            self = .sequence(
                try Limits.steps(&object, "decoders", depth: depth) {
                    try PieceDecoder($0, path: $1, depth: depth + 1)
                })
        default: throw TextError("\(path).type \(type.shortened) is not supported")
        }
        try object.finish()
    }
}
