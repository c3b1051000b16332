// The text of HTML: without tags, and with characters for their names.

/// Takes HTML out of a caption, as far as captions have it.
///
/// Start and end tags, comments and declarations go, and so does what stands in `script` and `style`; a `<` that
/// begins none of these stays. It is no parser of documents.
struct HTMLText {
    private let source: [Unicode.Scalar]
    private var place = 0
    private var result = String.UnicodeScalarView()

    /// The text of `html`.
    static func text(of html: String) -> String {
        guard html.utf8.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") }) else { return html }
        var reader = HTMLText(source: Array(html.unicodeScalars))
        reader.run()
        return String(reader.result)
    }

    private init(source: [Unicode.Scalar]) { self.source = source }

    private mutating func run() {
        while place < source.count {
            switch source[place] {
            case "<":
                if let end = tagEnd() { place = end } else { copy() }
            case "&": reference()
            default: copy()
            }
        }
    }

    private mutating func copy() {
        result.append(source[place])
        place += 1
    }

    private func at(_ index: Int) -> Unicode.Scalar? { index < source.count ? source[index] : nil }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    /// The place of `text` from `start` on, in any case.
    private func find(_ text: String, from start: Int) -> Int? {
        let wanted = Array(text.unicodeScalars)
        guard start <= source.count - wanted.count else { return nil }
        return (start...(source.count - wanted.count)).first { source[$0...].starts(with: wanted) }
    }

    /// The place after the tag, comment or declaration that begins here; nil if none does.
    private func tagEnd() -> Int? {
        guard let next = at(place + 1) else { return nil }
        if next == "!" || next == "?" {
            if at(place + 2) == "-", at(place + 3) == "-" { return find("-->", from: place + 4).map { $0 + 3 } }
            return find(">", from: place + 2).map { $0 + 1 }
        }
        if next == "/" { return find(">", from: place + 2).map { $0 + 1 } }
        guard Self.isLetter(next), let end = startTagEnd() else { return nil }
        let name = String(
            String.UnicodeScalarView(source[(place + 1)..<end].prefix { Self.isLetter($0) })
        ).lowercased()
        guard name == "script" || name == "style" else { return end }
        return find("</" + name, from: end).flatMap { find(">", from: $0) }.map { $0 + 1 } ?? source.count
    }

    /// The place after a start tag; attributes in quotation marks may have a `>`.
    private func startTagEnd() -> Int? {
        var quote: Unicode.Scalar?
        var previous: Unicode.Scalar?
        for index in (place + 1)..<source.count {
            let scalar = source[index]
            if let open = quote {
                if scalar == open { quote = nil }
            } else if scalar == ">" {
                return index + 1
            } else if (scalar == "\"" || scalar == "'") && previous == "=" {
                quote = scalar
            }
            if !scalar.properties.isWhitespace { previous = scalar }
        }
        return nil
    }

    /// A named or numbered character; what is none of them stays, but without its semicolon.
    private mutating func reference() {
        let rest = source[(place + 1)...].prefix(32)
        let name = String(String.UnicodeScalarView(rest.prefix { $0.isASCII && ($0.isWord && $0 != "_") }))
        var end = place + 1 + name.unicodeScalars.count
        if rest.first == "#", let (text, length) = HTMLUnescape.number(rest) {
            result.append(contentsOf: text.unicodeScalars)
            place += 1 + length
            return
        }
        guard let first = rest.first, Self.isLetter(first), end < source.count else { return copy() }
        if source[end] == ";" { end += 1 }
        result.append(contentsOf: (HTMLEntities.named[name] ?? "&" + name).unicodeScalars)
        place = end
    }
}

/// Characters for their names and numbers, in text that is no HTML any more.
enum HTMLUnescape {
    /// The text with a character for each reference; those of HTML's first names need no semicolon.
    static func text(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        let source = Array(text.unicodeScalars)
        var result = String.UnicodeScalarView()
        var place = 0
        while place < source.count {
            let rest = source[(place + 1)...].prefix(32)
            if source[place] == "&", let (character, length) = number(rest) ?? name(rest) {
                result.append(contentsOf: character.unicodeScalars)
                place += 1 + length
            } else {
                result.append(source[place])
                place += 1
            }
        }
        return String(result)
    }

    /// The character of a number `#38;` or `#x26`, and how much of the text it takes.
    static func number(_ text: ArraySlice<Unicode.Scalar>) -> (String, Int)? {
        guard text.first == "#" else { return nil }
        let rest = text.dropFirst()
        let isHexadecimal = rest.first == "x" || rest.first == "X"
        let digits = rest.dropFirst(isHexadecimal ? 1 : 0).prefix {
            $0.isASCII && (isHexadecimal ? $0.properties.isASCIIHexDigit : $0.properties.numericType == .decimal)
        }
        guard !digits.isEmpty else { return nil }
        let value = UInt32(String(String.UnicodeScalarView(digits)), radix: isHexadecimal ? 16 : 10) ?? .max
        let length = 1 + (isHexadecimal ? 1 : 0) + digits.count
        let hasEnd = digits.endIndex < text.endIndex && text[digits.endIndex] == ";"
        return (HTMLEntities.numbered(value), length + (hasEnd ? 1 : 0))
    }

    private static func name(_ text: ArraySlice<Unicode.Scalar>) -> (String, Int)? {
        let word = text.prefix { $0.isASCII && $0.isWord && $0 != "_" }
        let name = String(String.UnicodeScalarView(word))
        if word.endIndex < text.endIndex, text[word.endIndex] == ";", let character = HTMLEntities.named[name] {
            return (character, word.count + 1)
        }
        for length in stride(from: min(word.count, 6), to: 1, by: -1) {
            if let character = HTMLEntities.without[String(name.prefix(length))] { return (character, length) }
        }
        return nil
    }
}
