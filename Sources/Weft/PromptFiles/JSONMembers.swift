// The keys and values of a JSON object, in their order.

import WeftTensor

/// An object's members; the bytes that it was read from must outlive it.
struct JSONMembers {
    /// In the order of the text.
    private(set) var members: [(key: String, value: JSONPromptValue)] = []

    /// The members of the object that `bytes` are; nil if they are JSON of another kind.
    ///
    /// - Throws: ``RowProblem`` for what is no JSON, and for a key that stands there twice
    init?(_ bytes: UnsafeRawBufferPointer) throws {
        var scanner = JSONScanner(bytes)
        do {
            try scanner.object { key, scanner in
                if members.contains(where: { $0.key == key }) {
                    throw RowProblem("the key \(Excerpt.quoted(key)) stands in the object twice")
                }
                members.append((key, JSONPromptValue(bytes: try scanner.raw())))
            }
            try scanner.end()
        } catch JSONScanner.Failure.kind {
            return nil
        } catch JSONScanner.Failure.syntax {
            throw RowProblem("is not valid JSON at byte \(scanner.position + 1)")
        }
    }

    /// The value of a key.
    subscript(key: String) -> JSONPromptValue? { members.first { $0.key == key }?.value }
}
