// A value of a row with the name of its key, and everything that a value can be asked for.

/// A key and its value; each function gives the value as one kind, or throws ``RowProblem`` that names both.
struct PromptField<Value: PromptValue> {
    let name: String
    let value: Value

    private func mustBe(_ what: String) -> RowProblem { RowProblem(name, mustBe: what, got: value) }

    /// Any text without a zero character, at which libraries in C would end it.
    func text() throws -> String {
        guard let text = value.text else { throw mustBe("a text") }
        guard !text.utf8.contains(0) else { throw RowProblem("\"\(name)\" has a zero character: \(value.excerpt)") }
        return text
    }

    /// A text that is more than white space.
    func prompt() throws -> String {
        let text = try text()
        guard text.contains(where: { !$0.isWhitespace }) else { throw RowProblem("\"\(name)\" is empty") }
        return text
    }

    /// A text; nil if it is empty, which says as much as none.
    func negativePrompt() throws -> String? {
        let text = try text()
        return text.isEmpty ? nil : text
    }

    /// A text that can be an id.
    func id() throws -> String {
        guard let text = value.text else { throw mustBe("a text") }
        guard !text.isEmpty else { throw RowProblem("\"\(name)\" is empty") }
        guard text.utf8.count <= PromptFile.largestId else {
            throw RowProblem(
                "\"\(name)\" has \(text.utf8.count) bytes, the most is \(PromptFile.largestId): \(value.excerpt)")
        }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) }) else {
            throw RowProblem("\"\(name)\" has a control character: \(value.excerpt)")
        }
        return text
    }

    func seed() throws -> UInt64 {
        guard let seed = value.unsigned else { throw mustBe("a whole number from 0 to \(UInt64.max)") }
        return seed
    }

    func int(in range: ClosedRange<Int>) throws -> Int {
        guard let number = value.int, range.contains(number) else {
            let what =
                range.upperBound == .max
                ? "of \(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
            throw mustBe("a whole number \(what)")
        }
        return number
    }

    func float() throws -> Float {
        guard let number = value.float else { throw mustBe("a number") }
        return number
    }

    func floats() throws -> [Float] {
        guard let numbers = value.floats else { throw mustBe("a list of numbers") }
        return numbers
    }

    /// Ids of a vocabulary, one at least.
    func tokens() throws -> [Int] {
        guard let ids = value.ints, !ids.isEmpty, ids.allSatisfy({ $0 >= 0 }) else {
            throw mustBe("a list of ids of 0 or more")
        }
        return ids
    }

    /// `[first, last]`.
    func interval() throws -> ClosedRange<Int> {
        guard let ends = value.ints, ends.count == 2, 0 <= ends[0], ends[0] <= ends[1] else {
            throw mustBe("the numbers of the first and the last token, from 0")
        }
        return ends[0]...ends[1]
    }

    /// `WIDTHxHEIGHT`; nil for `auto`.
    func size() throws -> PromptRow.Size? {
        guard let text = value.text, text.utf8.count <= 40 else { throw mustBe("WIDTHxHEIGHT in pixels, or \"auto\"") }
        if text == "auto" { return nil }
        let sides = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { side in
            side.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(side) : nil
        }
        guard sides.count == 2, let width = sides[0], let height = sides[1], width > 0, height > 0 else {
            throw mustBe("WIDTHxHEIGHT in pixels, such as \"128x128\", or \"auto\"")
        }
        return PromptRow.Size(width: width, height: height)
    }

    /// A quality; nil for `auto`.
    func quality() throws -> Quality? {
        if value.text == "auto" { return nil }
        return try oneOf(Quality.self, "auto")
    }

    /// One of the words of a type, or of some others that the caller has looked at.
    func oneOf<Word: RawRepresentable & CaseIterable>(
        _ type: Word.Type, _ others: String...
    ) throws -> Word where Word.RawValue == String {
        guard let word = value.text.flatMap(Word.init) else {
            let words = type.allCases.map(\.rawValue) + others
            throw mustBe("one of \(words.joined(separator: ", "))")
        }
        return word
    }

    func json() throws -> String {
        guard let json = value.json else { throw mustBe("a JSON value") }
        return json
    }
}
