// What is done to text before it is cut into words.

import Foundation

/// A normaliser of the tokenizers library.
indirect enum Normalizer: Sendable {
    case nfc, nfd, nfkc, nfkd, lowercase
    case prepend(String)
    case replace(TextPattern, String)
    case strip(left: Bool, right: Bool)
    case sequence([Normalizer])

    /// Reads a component; throws ``TextError`` for a type that is not known.
    init(_ component: TokenizerFile.Component) throws {
        switch component.type {
        case "NFC": self = .nfc
        case "NFD": self = .nfd
        case "NFKC": self = .nfkc
        case "NFKD": self = .nfkd
        case "Lowercase": self = .lowercase
        case "Prepend": self = .prepend(component.options["prepend"]?.string ?? "")
        case "Replace": self = .replace(try component.pattern(), component.options["content"]?.string ?? "")
        case "Strip":
            let (left, right) = (component.options["strip_left"]?.bool, component.options["strip_right"]?.bool)
            self = .strip(left: left ?? true, right: right ?? true)
        case "Sequence": self = .sequence(try component.parts("normalizers").map { try Normalizer($0) })
        default: throw TextError("the normalizer \"\(component.type)\" is not known")
        }
    }

    func apply(_ text: String) -> String {
        switch self {
        case .nfc: return text.precomposedStringWithCanonicalMapping
        case .nfd: return text.decomposedStringWithCanonicalMapping
        case .nfkc: return text.precomposedStringWithCompatibilityMapping
        case .nfkd: return text.decomposedStringWithCompatibilityMapping
        case .lowercase: return text.lowercased()
        case .prepend(let prefix): return text.isEmpty ? text : prefix + text
        case .replace(let pattern, let content): return pattern.replacing(in: text, with: content)
        case .strip(let left, let right):
            var scalars = Substring(text).unicodeScalars
            while left, let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
            while right, let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
            return String(scalars)
        case .sequence(let parts): return parts.reduce(text) { $1.apply($0) }
        }
    }
}
