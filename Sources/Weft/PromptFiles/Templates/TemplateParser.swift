// Reads the text of a template.

/// Parses templates.
///
/// - `{a|b|c}`: one of them; an option may be empty, may have variants of its own, and keeps its spaces.
/// - `{3::a|b}`: drawn by weights, 1 where there is none.
/// - `{2$$a|b|c}`: two different ones in each order, with `, ` between them; `{1-2$$...}`, `{-2$$...}` and `{2-$$...}`
///   for so many, the least being 1 and the most all where they are left out; `{2$$ and $$a|b|c}` with ` and ` between.
/// - `__name__`: a line of the file `name.txt` of the wildcards; `{2$$__name__}` are two different lines.
/// - `\` before one of `{ } | $ : _ # \` takes it as it stands.
///
/// Variables (`${name=value}`) and wildcards with `*` or values are errors.
struct TemplateParser {
    private let bytes: [UInt8]
    private var position = 0
    private var depth: Int
    private let wildcards: Wildcards

    /// Parses a whole template.
    ///
    /// - Parameters:
    ///   - text: the template
    ///   - wildcards: where wildcards are found
    ///   - depth: how deep it is nested in others
    /// - Throws: ``RowProblem`` that names the place in the text
    static func parse(_ text: String, wildcards: Wildcards, depth: Int = 0) throws -> PromptTemplate {
        var parser = TemplateParser(bytes: Array(text.utf8), depth: depth, wildcards: wildcards)
        return try parser.sequence(isOption: false)
    }

    /// Parses an option that stands by itself, with a weight or without.
    static func parseOption(_ text: String, wildcards: Wildcards, depth: Int) throws -> TemplateVariant.Option {
        var parser = TemplateParser(bytes: Array(text.utf8), depth: depth, wildcards: wildcards)
        let weight = try parser.weight()
        return TemplateVariant.Option(weight: weight, template: try parser.sequence(isOption: false))
    }

    private init(bytes: [UInt8], depth: Int, wildcards: Wildcards) {
        self.bytes = bytes
        self.depth = depth
        self.wildcards = wildcards
    }

    /// Takes text and variants up to the end, or up to what ends an option.
    private mutating func sequence(isOption: Bool) throws -> PromptTemplate {
        var parts: [PromptTemplate.Part] = []
        var text: [UInt8] = []
        func flush() {
            if !text.isEmpty { parts.append(.text(String(decoding: text, as: UTF8.self))) }
            text = []
        }
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "|") where isOption, UInt8(ascii: "}") where isOption:
                flush()
                return try PromptTemplate(parts)
            case UInt8(ascii: "}"): throw problem("there is a \"}\" without a \"{\"; write \\} for the character")
            case UInt8(ascii: "\\"):
                text.append(escaped())
            case UInt8(ascii: "{"):
                flush()
                parts.append(.variant(try variant()))
            case UInt8(ascii: "$") where peek(1) == UInt8(ascii: "{"):
                throw problem("variables are not supported; write \\$ for the character")
            default:
                if let name = try wildcardName() {
                    flush()
                    parts.append(.variant(try wildcards.variant(name, depth: depth + 1)))
                } else {
                    text.append(byte)
                    position += 1
                }
            }
        }
        if isOption { throw problem("a \"{\" has no \"}\"; write \\{ for the character") }
        flush()
        return try PromptTemplate(parts)
    }

    /// Takes a variant with its braces.
    private mutating func variant() throws -> TemplateVariant {
        guard depth < PromptTemplate.largestDepth else {
            throw problem("variants are nested deeper than \(PromptTemplate.largestDepth)")
        }
        depth += 1
        defer { depth -= 1 }
        position += 1
        let bounds = try bounds()
        let joiner = bounds == nil ? nil : joiner()
        var options: [TemplateVariant.Option] = []
        repeat {
            let weight = try weight()
            options.append(TemplateVariant.Option(weight: weight, template: try sequence(isOption: true)))
        } while take(UInt8(ascii: "|"))
        guard take(UInt8(ascii: "}")) else { throw problem("a \"{\" has no \"}\"; write \\{ for the character") }
        guard let bounds else { return try TemplateVariant(options) }
        // Lines of a wildcard that stands alone are chosen from, so that none comes twice.
        if options.count == 1, options[0].template.parts.count == 1,
            case .variant(let only) = options[0].template.parts[0],
            only.isWildcard
        {
            options = only.options
        }
        return try TemplateVariant(options, bounds: bounds, joiner: joiner ?? ", ")
    }

    /// Takes `2$$`, `1-2$$`, `-2$$` or `1-$$`; nil if none of them is there.
    private mutating func bounds() throws -> ClosedRange<Int>? {
        let head = bytes[position...].prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
        guard !head.isEmpty, bytes[head.endIndex...].starts(with: "$$".utf8) else { return nil }
        let parts = head.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        let numbers = parts.map { Int($0) }
        let isWhole = zip(parts, numbers).allSatisfy { $0.isEmpty || $1 != nil }
        guard parts.count <= 2, isWhole, numbers.contains(where: { $0 != nil }) else {
            throw problem("\"\(String(decoding: head, as: UTF8.self))$$\" does not say how many options are chosen")
        }
        let lower = numbers[0] ?? 1
        let upper = parts.count == 1 ? lower : numbers[1] ?? .max
        guard lower <= upper else { throw problem("\"\(lower)-\(upper)$$\" chooses at least more than at most") }
        position = head.endIndex + 2
        return lower...upper
    }

    /// Takes the text up to the second `$$`; nil if there is none.
    private mutating func joiner() -> String? {
        var end = position
        while end < bytes.count, !"{|}".utf8.contains(bytes[end]) {
            if bytes[end...].starts(with: "$$".utf8) {
                defer { position = end + 2 }
                return String(decoding: bytes[position..<end], as: UTF8.self)
            }
            end += 1
        }
        return nil
    }

    /// Takes `3::`; 1 if there is no weight.
    private mutating func weight() throws -> Double {
        let rest = bytes[position...]
        let head = rest.prefix { (0x30...0x39).contains($0) || " .-+eE".utf8.contains($0) }
        guard head.contains(where: { (0x30...0x39).contains($0) }), rest[head.endIndex...].starts(with: "::".utf8)
        else {
            return 1
        }
        let word = String(decoding: head.filter { $0 != 0x20 }, as: UTF8.self)
        guard let weight = Double(word), weight.isFinite, weight >= 0 else {
            throw problem("the weight \"\(word)\" must be a number of 0 or more")
        }
        position = head.endIndex + 2
        return weight
    }

    /// Takes `__name__`; nil if that is not there.
    private mutating func wildcardName() throws -> String? {
        guard bytes[position...].starts(with: "__".utf8) else { return nil }
        var end = position + 2
        while end < bytes.count, bytes[end] > 0x20, !"{}|$\\".utf8.contains(bytes[end]) {
            if end > position + 2, bytes[end...].starts(with: "__".utf8) {
                let name = String(decoding: bytes[position + 2..<end], as: UTF8.self)
                if name.contains(where: { "*()".contains($0) }) {
                    throw problem("wildcards with * or values are not supported: __\(Excerpt.plain(name.utf8))__")
                }
                position = end + 2
                return name
            }
            end += 1
        }
        return nil
    }

    /// Takes a backslash and, if it escapes something, that.
    private mutating func escaped() -> UInt8 {
        position += 1
        guard let byte = peek(), "{}|$:_#\\".utf8.contains(byte) else { return UInt8(ascii: "\\") }
        position += 1
        return byte
    }

    private func peek(_ offset: Int = 0) -> UInt8? {
        position + offset < bytes.count ? bytes[position + offset] : nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    private func problem(_ text: String) -> RowProblem { RowProblem("\(text) (byte \(position + 1) of the template)") }
}
