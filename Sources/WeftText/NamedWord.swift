// The word that a sign is said to show, where the prompt has no quotation marks.

/// Finds the word in prompts such as `a red sign that says OPEN` and `the number 42 on a board`.
///
/// It is the first word of 1 to 10 letters A to Z and digits, in any case, that follows "says", "saying", "reads",
/// "labeled", "labelled", "the word", "the text", "the letter", "the letters" or "the number". After "reading" it must
/// have no small letters, as cats read books, and words such as "on" must have none anywhere. Punctuation after it is not
/// part of it, nor are single quotation marks around it.
struct NamedWord {
    /// Where the letters stand.
    let letters: Range<Int>
    /// Where they stand with the single quotation marks.
    let whole: Range<Int>

    private static let verbs: Set<String> = ["says", "saying", "reads", "labeled", "labelled"]
    private static let nouns: Set<String> = ["word", "text", "letter", "letters", "number"]
    private static let others: Set<String> = [
        "a", "an", "and", "as", "at", "by", "in", "is", "it", "no", "of", "on", "or", "the", "to", "with",
    ]

    /// The word of a text with single spaces; nil if there is none.
    init?(in text: [Unicode.Scalar]) {
        var (before, last) = ("", "")
        for word in text.split(separator: " ") {
            let whole = word.trimming(",;:.!?", atBegin: false)
            let letters = whole.trimming("'\u{2018}\u{2019}", atBegin: true)
            let inCapitals = !letters.contains { $0.properties.isLowercase }
            if Self.isNamed(after: before, last, inCapitals) && Self.isWord(letters, inCapitals) {
                (self.letters, self.whole) = (letters.indices, whole.indices)
                return
            }
            (before, last) = (last, word.lowercased)
        }
        return nil
    }

    private static func isNamed(after before: String, _ last: String, _ inCapitals: Bool) -> Bool {
        verbs.contains(last) || before == "the" && nouns.contains(last) || inCapitals && last == "reading"
    }

    private static func isWord(_ shown: ArraySlice<Unicode.Scalar>, _ inCapitals: Bool) -> Bool {
        1...10 ~= shown.count && (inCapitals || !others.contains(shown.lowercased))
            && shown.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType == .decimal) }
    }
}

extension ArraySlice<Unicode.Scalar> {
    fileprivate var lowercased: String { String(String.UnicodeScalarView(self)).lowercased() }

    /// The slice without some scalars at its end, and at its begin.
    fileprivate func trimming(_ set: String, atBegin: Bool) -> Self {
        let keeps = { (scalar: Unicode.Scalar) in !set.unicodeScalars.contains(scalar) }
        guard let last = lastIndex(where: keeps), let first = atBegin ? firstIndex(where: keeps) : startIndex else {
            return []
        }
        return self[first...last]
    }
}
