// Tokens that are recognised in a text before it is cut into words.

/// The longest of many texts at each place, as the tokenizers library finds added tokens.
struct AddedTokens: Sendable {
    /// A part of a text.
    enum Part {
        case text(String)
        case token(Int)
    }

    private struct Token: Sendable {
        let id: Int
        let isSingleWord: Bool
        let stripsLeft: Bool
        let stripsRight: Bool
    }

    private var children: [[UInt8: Int]] = [[:]]
    private var ends: [Int: Token] = [:]

    /// Whether there are any.
    var isEmpty: Bool { ends.isEmpty }

    mutating func insert(_ token: TokenizerFile.AddedToken) {
        var node = 0
        for byte in token.content {
            if let next = children[node][byte] {
                node = next
            } else {
                children.append([:])
                children[node][byte] = children.count - 1
                node = children.count - 1
            }
        }
        guard node != 0 else { return }
        ends[node] = Token(
            id: token.id, isSingleWord: token.isSingleWord, stripsLeft: token.stripsLeft, stripsRight: token.stripsRight
        )
    }

    /// Cuts a text at the tokens in it.
    func split(_ text: String) -> [Part] {
        guard !isEmpty, !text.isEmpty else { return text.isEmpty ? [] : [.text(text)] }
        let bytes = Array(text.utf8)
        var parts: [Part] = []
        var (start, position) = (0, 0)
        while position < bytes.count {
            guard let (token, end) = longest(bytes, position), fits(token, bytes, position, end) else {
                position += 1
                continue
            }
            let left = token.stripsLeft ? trimmedLeft(bytes, start, position) : position
            if left > start { parts.append(.text(String(decoding: bytes[start..<left], as: UTF8.self))) }
            parts.append(.token(token.id))
            start = token.stripsRight ? trimmedRight(bytes, end) : end
            position = max(start, end)
        }
        if start < bytes.count { parts.append(.text(String(decoding: bytes[start...], as: UTF8.self))) }
        return parts
    }

    private func longest(_ bytes: [UInt8], _ start: Int) -> (Token, Int)? {
        var (node, position) = (0, start)
        var found: (Token, Int)?
        while position < bytes.count, let next = children[node][bytes[position]] {
            node = next
            position += 1
            if let token = ends[node] { found = (token, position) }
        }
        return found
    }

    /// Single words must not have beside them what Unicode counts to words: letters, marks, digits, connectors, joiners.
    private func fits(_ token: Token, _ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
        guard token.isSingleWord else { return true }
        func isWord(_ scalar: Unicode.Scalar?) -> Bool {
            guard let scalar else { return false }
            let kinds: [Unicode.GeneralCategory] = [
                .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation,
            ]
            return scalar.properties.isAlphabetic || kinds.contains(scalar.properties.generalCategory)
                || scalar.value == 0x200c || scalar.value == 0x200d
        }
        let before = String(decoding: bytes[..<start], as: UTF8.self).unicodeScalars.last
        let after = String(decoding: bytes[end...], as: UTF8.self).unicodeScalars.first
        return !isWord(before) && !isWord(after)
    }

    private func trimmedLeft(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
        var scalars = Substring(String(decoding: bytes[start..<end], as: UTF8.self)).unicodeScalars
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return start + String(scalars).utf8.count
    }

    private func trimmedRight(_ bytes: [UInt8], _ start: Int) -> Int {
        let rest = String(decoding: bytes[start...], as: UTF8.self).unicodeScalars
        let blank = rest.prefix { $0.properties.isWhitespace }
        return start + String(blank).utf8.count
    }
}
