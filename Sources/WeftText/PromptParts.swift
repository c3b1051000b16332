// A prompt cut into plain text and quoted stretches.

/// What stands between the quotation marks of a prompt, and what stands outside of them.
struct PromptParts {
    enum Part: Hashable {
        /// Text outside of quotation marks: trimmed, single spaces, never empty.
        case plain(String)
        /// A quoted stretch, character by character.
        case quoted([Spelled])
    }

    /// A character to be spelled.
    struct Spelled: Hashable {
        /// One scalar, not yet upper-cased; white space is U+0020.
        let scalar: Unicode.Scalar
        /// The character of the prompt that the scalar belongs to.
        let character: Character
        /// Its place, counted in characters from 1.
        let position: Int
    }

    /// A quotation mark that has no partner.
    struct Stray: Hashable {
        let mark: Character
        let position: Int
    }

    private(set) var parts: [Part] = []
    /// The first quotation mark without a partner; after it, `parts` is a guess.
    private(set) var stray: Stray?

    private var plain: [Spelled] = []
    private var quoted: [Spelled] = []
    private var open: (closing: Unicode.Scalar, mark: Stray)?

    /// Cuts a prompt at `"..."` and at `“...”`. Runs of white space count as one space, those at the ends not at all,
    /// and a full stop at the very end is dropped. Of a prompt without quotation marks, the word that something is said
    /// to show counts as quoted: see ``NamedWord``.
    ///
    /// Scalars and not characters decide, so that no combining mark can hide a quotation mark.
    init(_ prompt: String) {
        var space: Spelled?
        var started = false
        for (index, character) in prompt.enumerated() {
            for scalar in character.unicodeScalars {
                let here = Spelled(scalar: scalar, character: character, position: index + 1)
                if scalar.properties.isWhitespace {
                    if started && space == nil { space = Spelled(scalar: " ", character: " ", position: index + 1) }
                    continue
                }
                started = true
                if let space { append(space) }
                space = nil
                take(here)
            }
        }
        if let open {
            stray = stray ?? open.mark
            parts.append(.quoted(quoted))
        } else {
            endPlain(final: true)
        }
    }

    private mutating func take(_ here: Spelled) {
        let mark = Stray(mark: Character(here.scalar), position: here.position)
        if let open {
            if here.scalar == open.closing {
                parts.append(.quoted(quoted))
                quoted = []
                self.open = nil
            } else {
                append(here)
            }
        } else if here.scalar == "\"" || here.scalar == "\u{201C}" {
            endPlain(final: false)
            open = (here.scalar == "\"" ? "\"" : "\u{201D}", mark)
        } else {
            if here.scalar == "\u{201D}" { stray = stray ?? mark }
            append(here)
        }
    }

    private mutating func append(_ item: Spelled) {
        if open != nil {
            quoted.append(item)
        } else if !(item.scalar == " " && plain.isEmpty) {
            plain.append(item)
        }
    }

    private mutating func endPlain(final: Bool) {
        if final && plain.last?.scalar == "." { plain.removeLast() }
        while plain.last?.scalar == " " { plain.removeLast() }
        if final && parts.isEmpty && stray == nil, let word = NamedWord(in: plain.map(\.scalar)) {
            appendPlain(plain[..<word.whole.lowerBound])
            parts.append(.quoted(Array(plain[word.letters])))
            appendPlain(plain[word.whole.upperBound...])
        } else {
            appendPlain(plain[...])
        }
        plain = []
    }

    private mutating func appendPlain(_ text: ArraySlice<Spelled>) {
        var text = text
        while text.first?.scalar == " " { text.removeFirst() }
        while text.last?.scalar == " " { text.removeLast() }
        if !text.isEmpty { parts.append(.plain(String(String.UnicodeScalarView(text.map(\.scalar))))) }
    }
}
