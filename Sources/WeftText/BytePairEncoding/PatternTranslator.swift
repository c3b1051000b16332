// Regular expressions of Oniguruma, as tokenizer.json has them, in the words of ICU.

/// Turns a pattern in Oniguruma's Ruby syntax into one that ICU reads in the same way.
///
/// What it does not know to mean the same is an error: back references, `\b`-like anchors inside of classes, POSIX
/// brackets, conditionals. The result expects the options `anchorsMatchLines` and `useUnixLineSeparators`.
struct PatternTranslator {
    /// The longest pattern in bytes.
    static let maximumLength = 16_384
    private static let maximumDepth = 50
    private static let maximumRepeat = 1000
    /// Oniguruma's `\w`, as a nested class.
    private static let word = "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u00B2\\u00B3\\u00B9\\u00BC-\\u00BE]"
    private static let notWord = "[^\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u00B2\\u00B3\\u00B9\\u00BC-\\u00BE]"
    /// Names of properties that the two libraries read differently.
    private static let differing: Set<String> = [
        "word", "alnum", "punct", "graph", "print", "blank", "cntrl", "digit", "xdigit", "space", "ascii", "alpha",
    ]

    private let pattern: [Unicode.Scalar]
    private var place = 0
    private var depth = 0
    private var result = ""

    /// The pattern for ICU.
    ///
    /// - Throws: ``TextError`` that names what cannot be translated and its place, counted in characters from 1.
    static func icu(_ pattern: String) throws -> String {
        guard pattern.utf8.count <= maximumLength else {
            throw TextError("a regular expression has \(pattern.utf8.count) bytes; at most \(maximumLength) are read")
        }
        var translator = PatternTranslator(pattern: Array(pattern.unicodeScalars))
        try translator.expression()
        return translator.result
    }

    private init(pattern: [Unicode.Scalar]) { self.pattern = pattern }

    private func unsupported(_ what: String) -> TextError {
        TextError("\(what) at character \(place + 1) of a regular expression is not supported")
    }

    private func at(_ offset: Int) -> Unicode.Scalar? {
        place + offset < pattern.count ? pattern[place + offset] : nil
    }

    private func follows(_ text: String) -> Bool { pattern[place...].starts(with: text.unicodeScalars) }

    private mutating func copy(_ count: Int) {
        result.unicodeScalars.append(contentsOf: pattern[place..<(place + count)])
        place += count
    }

    private mutating func expression() throws {
        while let scalar = at(0) {
            switch scalar {
            case "\\": try escape(inClass: false)
            case "[": try characterClass()
            case "(": try group()
            case ")":
                guard depth > 0 else { throw unsupported("a closing parenthesis without its partner") }
                depth -= 1
                copy(1)
            case "{": try braces()
            case "}", "]":
                result += "\\"
                copy(1)
            default: copy(1)
            }
        }
        guard depth == 0 else { throw unsupported("the end inside of a group") }
    }

    private mutating func group() throws {
        depth += 1
        guard depth <= Self.maximumDepth else { throw unsupported("a group in \(depth - 1) others") }
        for opening in ["(?:", "(?=", "(?!", "(?>", "(?<=", "(?<!", "(?i:", "(?-i:", "(?i)"] where follows(opening) {
            if opening == "(?i)" { depth -= 1 }
            return copy(opening.unicodeScalars.count)
        }
        if follows("(?m:") {
            result += "(?s:"
            place += 4
        } else if at(1) == "?" || at(1) == "*" {
            throw unsupported("the group (\(at(1).map { String($0) } ?? "")\(at(2).map { String($0) } ?? "")")
        } else {
            // Nothing refers back, so that no group needs to be remembered.
            result += "(?:"
            place += 1
        }
    }

    /// A count of repetitions, or a brace that stands for itself.
    private mutating func braces() throws {
        var end = place + 1
        while end < pattern.count, pattern[end] != "}", end - place < 12 { end += 1 }
        let inner = String(String.UnicodeScalarView(pattern[(place + 1)..<end]))
        let bounds = inner.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = bounds.map { Int($0) }
        let isCount =
            end < pattern.count && pattern[end] == "}" && bounds.count <= 2
            && zip(bounds, numbers).allSatisfy { $0.isEmpty || $1 != nil } && numbers.contains { $0 != nil }
        guard isCount else {
            result += "\\"
            return copy(1)
        }
        guard numbers.allSatisfy({ ($0 ?? 0) >= 0 && ($0 ?? 0) <= Self.maximumRepeat }) else {
            throw unsupported("the count {\(inner)}")
        }
        let after = end + 1 < pattern.count ? pattern[end + 1] : nil
        guard after != "+" else { throw unsupported("+ after a count") }
        result += bounds.first?.isEmpty == true ? "{0\(inner)}" : "{\(inner)}"
        place = end + 1
    }

    // MARK: - Escapes

    private mutating func escape(inClass: Bool) throws {
        guard let letter = at(1) else { throw unsupported("\\ at the end") }
        switch letter {
        case "s": add("\\p{White_Space}")
        case "S": add("\\P{White_Space}")
        case "d": add("\\p{Nd}")
        case "D": add("\\P{Nd}")
        case "w": add(Self.word)
        case "W": add(Self.notWord)
        case "h": add("[0-9A-Fa-f]")
        case "p", "P": try property()
        case "A" where !inClass, "z" where !inClass: copy(2)
        case "b" where !inClass: add("(?:(?<=\(Self.word))(?!\(Self.word))|(?<!\(Self.word))(?=\(Self.word)))")
        case "B" where !inClass: add("(?:(?<=\(Self.word))(?=\(Self.word))|(?<!\(Self.word))(?!\(Self.word)))")
        default: result += Self.spelled(try single())
        }
    }

    private mutating func add(_ text: String) {
        result += text
        place += 2
    }

    /// One character that an escape stands for.
    private mutating func single() throws -> Unicode.Scalar {
        guard let letter = at(1) else { throw unsupported("\\ at the end") }
        let simple: [Unicode.Scalar: Unicode.Scalar] = [
            "n": "\n", "r": "\r", "t": "\t", "f": "\u{C}", "v": "\u{B}", "a": "\u{7}", "e": "\u{1B}",
        ]
        if let scalar = simple[letter] {
            place += 2
            return scalar
        }
        if letter == "u" { return try code(digits: 2..<6) }
        if letter == "x" {
            if at(2) == "{" {
                guard let end = pattern[place...].prefix(12).firstIndex(of: "}") else { throw unsupported("\\x{") }
                let scalar = try code(digits: 3..<(end - place))
                place += 1
                return scalar
            }
            let scalar = try code(digits: 2..<4)
            guard scalar.isASCII else { throw unsupported("a byte of a character") }
            return scalar
        }
        let isLetterOrDigit = letter.isASCII && letter.isWord && letter != "_"
        guard !isLetterOrDigit else { throw unsupported("\\\(letter)") }
        place += 2
        return letter
    }

    private mutating func code(digits: Range<Int>) throws -> Unicode.Scalar {
        let text = String(digits.compactMap { at($0) }.map { Character($0) })
        guard text.utf8.count == digits.count, text.allSatisfy({ $0.isHexDigit }),
            let value = UInt32(text, radix: 16), let scalar = Unicode.Scalar(value)
        else { throw unsupported("the character code \(text.shortened)") }
        place += digits.upperBound
        return scalar
    }

    private mutating func property() throws {
        guard at(2) == "{", let end = pattern[place...].prefix(48).firstIndex(of: "}") else {
            throw unsupported("\\p without {}")
        }
        var name = pattern[(place + 3)..<end]
        var isNegated = at(1) == "P"
        if name.first == "^" {
            isNegated.toggle()
            name = name.dropFirst()
        }
        let text = String(String.UnicodeScalarView(name))
        let isName = !text.isEmpty && name.allSatisfy { $0.isASCII && $0.isWord }
        guard isName, !Self.differing.contains(text.lowercased()) else {
            throw unsupported("the property \(text.shortened)")
        }
        result += (isNegated ? "\\P{" : "\\p{") + text + "}"
        place = end + 1
    }

    /// A character that stands for itself, inside and outside of classes.
    private static func spelled(_ scalar: Unicode.Scalar) -> String {
        if scalar.isASCII, scalar.isWord || scalar == " " { return String(scalar) }
        if scalar.value > 0x20, scalar.value < 0x7F { return "\\" + String(scalar) }
        if !scalar.isASCII { return String(scalar) }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    // MARK: - Classes

    private mutating func characterClass() throws {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw unsupported("a class in \(depth - 1) others") }
        copy(1)
        if at(0) == "^" { copy(1) }
        guard at(0) != "]" else { throw unsupported("an empty class") }
        // Whether the last item is one character, which a range may begin with.
        var last = false
        while let scalar = at(0) {
            switch scalar {
            case "]": return copy(1)
            case "[":
                guard at(1) != ":" else { throw unsupported("a POSIX bracket") }
                try characterClass()
                last = false
            case "&" where at(1) == "&":
                copy(2)
                last = false
            case "-" where last && at(1) != nil && at(1) != "]" && at(1) != "[" && !isSet(at: 1):
                result += "-"
                place += 1
                result += Self.spelled(try member())
                last = false
            default:
                if isSet(at: 0) {
                    try escape(inClass: true)
                    last = false
                } else {
                    result += Self.spelled(try member())
                    last = true
                }
            }
        }
        throw unsupported("the end inside of a class")
    }

    private mutating func member() throws -> Unicode.Scalar {
        guard let scalar = at(0) else { throw unsupported("the end inside of a class") }
        if scalar == "\\" { return try single() }
        place += 1
        return scalar
    }

    /// Whether an escape that stands for several characters begins there.
    private func isSet(at offset: Int) -> Bool {
        guard at(offset) == "\\", let letter = at(offset + 1) else { return false }
        return ["s", "S", "d", "D", "w", "W", "h", "p", "P"].contains(letter)
    }
}
