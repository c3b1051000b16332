// Turns a prompt into the tokens that a text-to-picture model reads.

/// Encodes prompts: words with the text model, text in quotation marks letter by letter.
///
/// White space is trimmed and each run of it becomes one space; a full stop at the end is dropped. What stands outside
/// of quotation marks (`"..."` or `“...”`) goes to the tokenizer, each stretch on its own. A quoted stretch becomes the
/// piece `<quote>`, one piece for each character after upper-casing (`<A>` to `<Z>`, `<0>` to `<9>`, `<space>`, `<!>`,
/// `<?>`, `<&>`, `<->`, `<.>`), and `<unquote>`. An apostrophe is no quotation mark. Without any quotation mark, one word
/// is spelled all the same if the prompt names it as text: `a sign that says OPEN`, `the number 42`.
public struct PromptEncoder: Sendable {
    /// The longest prompt that is looked at, in bytes of UTF-8.
    public static let maximumBytes = 1 << 20

    /// What encodes the text outside of quotation marks.
    public let tokenizer: any TextTokenizer

    /// The words that the model was trained with, in lower case; nil if nobody wrote them down.
    public let words: Set<String>?

    private let quote: Int
    private let unquote: Int
    private let letters: [Unicode.Scalar: Int]

    /// An encoder for a text model that has all the pieces for quoted text.
    ///
    /// - Parameters:
    ///   - tokenizer: what encodes the text outside of quotation marks
    ///   - words: the words that the model was trained with, in lower case and without punctuation around them; nil if
    ///     nobody wrote them down
    /// - Throws: ``TextError`` that names the pieces that are missing.
    public init(tokenizer: any TextTokenizer, words: Set<String>? = nil) throws {
        var missing: [String] = []
        func id(_ piece: String) -> Int {
            if let id = tokenizer.id(of: piece) { return id }
            missing.append(piece)
            return 0
        }
        let quote = id("<quote>")
        let unquote = id("<unquote>")
        var letters: [Unicode.Scalar: Int] = [" ": id("<space>")]
        for scalar in Self.spelled.unicodeScalars { letters[scalar] = id("<\(scalar)>") }
        guard missing.isEmpty else {
            let named = missing.prefix(4).joined(separator: " ") + (missing.count > 4 ? " ..." : "")
            throw TextError("the text model lacks \(missing.count) of the pieces for quoted text: \(named)")
        }
        self.tokenizer = tokenizer
        self.words = words
        self.quote = quote
        self.unquote = unquote
        self.letters = letters
    }

    /// The ids of a prompt; at least one, at most `limit`.
    ///
    /// - Throws: ``TextError`` if the prompt has nothing to encode, is longer than `limit` tokens, has a quotation mark
    ///   without a partner, or has a character in quotation marks that cannot be spelled. Places are counted in
    ///   characters from 1.
    public func encode(_ prompt: String, limit: Int) throws -> [Int] {
        let size = prompt.utf8.count
        guard size <= Self.maximumBytes else {
            throw TextError("the prompt has \(size) bytes; at most \(Self.maximumBytes) bytes are read")
        }
        let split = PromptParts(prompt)
        if let stray = split.stray {
            let kind = stray.mark == "\u{201D}" ? "opens nothing before it closes" : "is not closed"
            throw TextError(
                "the quotation mark \(stray.mark) at character \(stray.position) of the prompt \(kind)",
                position: stray.position)
        }
        var ids: [Int] = []
        for part in split.parts {
            switch part {
            case .plain(let text): ids += try tokenizer.encode(text)
            case .quoted(let text):
                ids.append(quote)
                for item in text { try spell(item, into: &ids) }
                ids.append(unquote)
            }
        }
        if ids.isEmpty { throw TextError("the prompt is empty") }
        guard ids.count <= limit else {
            throw TextError("the prompt has \(ids.count) tokens; the model reads at most \(limit)")
        }
        return ids
    }

    /// The words outside of quotation marks that the model does not know: the text model must cut them into raw bytes or
    /// replace parts of them with the unknown piece, or they are not among ``words``, nor are the parts between their
    /// hyphens. Each once, in their order, without punctuation around them unless that is what the model does not know.
    ///
    /// A prompt that ``encode(_:limit:)`` refuses is read as far as it makes sense.
    public func unknownWords(in prompt: String) -> [String] {
        var words: [String] = []
        var seen: Set<String> = []
        for case .plain(let text) in PromptParts(prompt).parts {
            for word in text.split(separator: " ").map({ String($0) }) where isUnknown(word) {
                let bare = word.trimmingPunctuation
                let name = isUnknown(bare) ? bare : word
                if seen.insert(name).inserted { words.append(name) }
            }
        }
        return words
    }

    private static let spelled = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!?&-."

    private func spell(_ item: PromptParts.Spelled, into ids: inout [Int]) throws {
        for scalar in item.scalar.properties.uppercaseMapping.unicodeScalars {
            guard let id = letters[scalar] else {
                throw TextError(
                    "the character \(item.character.named) at character \(item.position) of the prompt cannot be "
                        + "spelled; quoted text has letters A to Z, digits, spaces and ! ? & - .",
                    position: item.position)
            }
            ids.append(id)
        }
    }

    /// A word that cannot be encoded at all is no known one either.
    private func isUnknown(_ word: String) -> Bool {
        guard let ids = try? tokenizer.encode(word) else { return true }
        if ids.contains(where: { tokenizer.isFallback($0) }) { return true }
        guard let words else { return false }
        let bare = word.trimmingPunctuation.lowercased()
        return !bare.isEmpty && !words.contains(bare)
            && !bare.split(separator: "-").allSatisfy { words.contains(String($0)) }
    }
}

extension String {
    fileprivate var trimmingPunctuation: String {
        let bare = drop { $0.isPunctuation }
        return String(bare[..<(bare.lastIndex { !$0.isPunctuation }.map { bare.index(after: $0) } ?? bare.startIndex)])
    }
}

extension Character {
    /// The character with its code points, so that one that cannot be seen can be told.
    fileprivate var named: String {
        let codes = unicodeScalars.map { scalar in
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }
        let invisible = unicodeScalars.contains { $0.properties.generalCategory == .control }
        return (invisible ? "" : "\(self) ") + "(\(codes.joined(separator: " ")))"
    }
}
