// How text is cut into words, each of which is merged by itself.

/// A pre-tokenizer of the tokenizers library.
indirect enum PreTokenizer: Sendable {
    case byteLevel(prefixesSpace: Bool, pattern: TextPattern?)
    case split(TextPattern, TextPattern.Behavior, isInverted: Bool)
    case digits(TextPattern)
    case metaspace(Unicode.Scalar, prepends: Prepending, splits: Bool)
    case sequence([PreTokenizer])

    /// When a space is put before a text.
    enum Prepending: String, Sendable, CaseIterable {
        case always, first, never
    }

    /// A piece of text, and whether it stands at the begin of it all.
    struct Piece {
        var text: String
        var isFirst: Bool
    }

    /// Reads a component; throws ``TextError`` for a type or option that is not known.
    init(_ component: TokenizerFile.Component) throws {
        let options = component.options
        switch component.type {
        case "ByteLevel":
            self = .byteLevel(
                prefixesSpace: options["add_prefix_space"]?.bool ?? true,
                pattern: options["use_regex"]?.bool ?? true ? try TextPattern(TextPattern.gpt2) : nil)
        case "Split":
            self = .split(
                try component.pattern(), try Self.behavior(options), isInverted: options["invert"]?.bool ?? false)
        case "Digits":
            let isSingle = options["individual_digits"]?.bool ?? false
            self = .digits(try TextPattern(isSingle ? #"\p{N}"# : #"\p{N}+"#))
        case "Punctuation":
            self = .split(
                try TextPattern(#"[\p{P}!-/:-@\[-`{-~]"#), try Self.behavior(options), isInverted: false)
        case "Whitespace": self = .split(try TextPattern(#"\w+|[^\w\s]+"#), .removed, isInverted: true)
        case "WhitespaceSplit": self = .split(try TextPattern(#"\s+"#), .removed, isInverted: false)
        case "Metaspace":
            let text = options["replacement"]?.string ?? "\u{2581}"
            guard text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first else {
                throw TextError("Metaspace has the replacement \(text.debugDescription), which is no character")
            }
            let hasPrefix = options["add_prefix_space"]?.bool ?? true
            let scheme = options["prepend_scheme"]?.string ?? (hasPrefix ? "always" : "never")
            guard let prepends = Prepending(rawValue: scheme) else {
                throw TextError("Metaspace has the unknown prepend_scheme \"\(scheme)\"")
            }
            self = .metaspace(scalar, prepends: prepends, splits: options["split"]?.bool ?? true)
        case "Sequence": self = .sequence(try component.parts("pretokenizers").map { try PreTokenizer($0) })
        default: throw TextError("the pre_tokenizer \"\(component.type)\" is not known")
        }
    }

    private static func behavior(_ options: ByteJSON) throws -> TextPattern.Behavior {
        let name = options["behavior"]?.string ?? "Isolated"
        guard let behavior = TextPattern.Behavior(rawValue: name) else {
            throw TextError("the behavior \"\(name)\" is not known")
        }
        return behavior
    }

    func apply(_ pieces: [Piece]) -> [Piece] {
        switch self {
        case .sequence(let parts): return parts.reduce(pieces) { $1.apply($0) }
        case .split(let pattern, let behavior, let isInverted):
            return cut(pieces) { pattern.split($0, behavior, isInverted: isInverted) }
        case .digits(let pattern): return cut(pieces) { pattern.split($0, .isolated, isInverted: false) }
        case .byteLevel(let prefixesSpace, let pattern):
            let words = cut(pieces) { text in
                let whole = prefixesSpace && !text.hasPrefixScalar(" ") ? " " + text : text
                return pattern?.split(whole, .isolated, isInverted: false) ?? [whole]
            }
            return words.map { Piece(text: ByteAlphabet.spelled($0.text), isFirst: $0.isFirst) }
        case .metaspace(let mark, let prepends, let splits):
            return pieces.flatMap { piece -> [Piece] in
                var scalars = String.UnicodeScalarView(piece.text.unicodeScalars.map { $0 == " " ? mark : $0 })
                let wants = prepends == .always || prepends == .first && piece.isFirst
                if wants, scalars.first != mark { scalars.insert(mark, at: scalars.startIndex) }
                guard splits else { return [Piece(text: String(scalars), isFirst: piece.isFirst)] }
                var words: [String.UnicodeScalarView] = []
                for scalar in scalars {
                    if scalar == mark || words.isEmpty { words.append(String.UnicodeScalarView()) }
                    words[words.count - 1].append(scalar)
                }
                return words.enumerated().map { Piece(text: String($1), isFirst: piece.isFirst && $0 == 0) }
            }
        }
    }

    private func cut(_ pieces: [Piece], _ split: (String) -> [String]) -> [Piece] {
        pieces.flatMap { piece in
            split(piece.text).enumerated().map { Piece(text: $1, isFirst: piece.isFirst && $0 == 0) }
        }
    }
}

extension String {
    fileprivate func hasPrefixScalar(_ scalar: Unicode.Scalar) -> Bool { unicodeScalars.first == scalar }
}
