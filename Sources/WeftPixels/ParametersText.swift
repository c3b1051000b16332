// The text form of generation settings that most picture tools read and write.

import Foundation

/// The `parameters` text of a picture in the AUTOMATIC1111 form.
///
/// The prompt comes first; then, if there is one, `Negative prompt: ` and the negative prompt; the last line holds the
/// fields as `Key: value` with commas between. A value that has a comma, a colon or a line break, or that could not be
/// told from a quoted one, is a JSON string. The form has no escapes for prompts: a line of the prompt that begins with
/// `Negative prompt:` begins the negative prompt when it is read.
///
/// Source: `modules/infotext_utils.py` of stable-diffusion-webui.
public struct ParametersText: Sendable, Hashable {
    /// One `Key: value` of the last line.
    public struct Field: Sendable, Hashable {
        /// The name, as in `CFG scale`: letters, digits, spaces and `_ - /`.
        public var key: String
        /// The value, not quoted.
        public var value: String

        /// A field from its name and its value.
        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// The prompt, which may have several lines.
    public var prompt: String
    /// The negative prompt; empty for none.
    public var negativePrompt: String
    /// The fields of the last line in their order.
    public var fields: [Field]

    /// Settings from their parts.
    public init(prompt: String, negativePrompt: String = "", fields: [Field]) {
        self.prompt = prompt
        self.negativePrompt = negativePrompt
        self.fields = fields
    }

    /// The value of the first field that is named `key`, or nil.
    public subscript(key: String) -> String? { fields.first { $0.key == key }?.value }

    /// The text of the chunk.
    public var text: String {
        var lines = [prompt]
        if !negativePrompt.isEmpty { lines.append(Self.negativeMark + " " + negativePrompt) }
        lines.append(fields.map { "\($0.key): \(Self.quoted($0.value))" }.joined(separator: ", "))
        return lines.joined(separator: "\n")
    }

    /// Reads the text of a chunk. A last line with fewer than three fields belongs to the prompt, as in other tools.
    public init(parsing text: String) {
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        let last = Self.fields(of: lines.last ?? "")
        if last.count >= 3 { lines.removeLast() }
        let mark = lines.firstIndex { $0.hasPrefix(Self.negativeMark) } ?? lines.endIndex
        var negative = Array(lines[mark...])
        if let first = negative.first {
            let rest = first.dropFirst(Self.negativeMark.count)
            negative[0] = String(rest.hasPrefix(" ") ? rest.dropFirst() : rest)
        }
        self.init(
            prompt: lines[..<mark].joined(separator: "\n"), negativePrompt: negative.joined(separator: "\n"),
            fields: last.count >= 3 ? last : [])
    }

    private static let negativeMark = "Negative prompt:"

    private static func quoted(_ value: String) -> String {
        let special = value.unicodeScalars.contains { $0 == "," || $0 == ":" || $0 == "\"" || $0.value < 32 }
        let trimmed = value.trimmingCharacters(in: .whitespacesAndNewlines) == value
        if !special && trimmed && !value.isEmpty { return value }
        var result = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 32:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// The fields of a line, or none if any part of it has another form.
    private static func fields(of line: String) -> [Field] {
        var fields: [Field] = []
        var rest = line.unicodeScalars[...]
        while !rest.isEmpty {
            guard let colon = rest.firstIndex(of: ":") else { return [] }
            let key = String(rest[..<colon]).trimmingCharacters(in: .whitespaces)
            guard !key.isEmpty, key.unicodeScalars.allSatisfy(isKeyPart) else { return [] }
            rest = rest[rest.index(after: colon)...].drop { $0 == " " }
            guard let value = rest.first == "\"" ? takeQuoted(&rest) : takePlain(&rest) else { return [] }
            fields.append(Field(key: key, value: value))
            rest = rest.drop { $0 == " " }
            if rest.first == "," { rest = rest.dropFirst() } else if !rest.isEmpty { return [] }
        }
        return fields
    }

    private static func isKeyPart(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || " _-/".unicodeScalars.contains(scalar)
    }

    private static func takePlain(_ rest: inout Substring.UnicodeScalarView) -> String? {
        let end = rest.firstIndex(of: ",") ?? rest.endIndex
        defer { rest = rest[end...] }
        return String(rest[..<end]).trimmingCharacters(in: .whitespaces)
    }

    private static func takeQuoted(_ rest: inout Substring.UnicodeScalarView) -> String? {
        var escaped = false
        guard
            let end = rest.dropFirst().indices.first(where: { index in
                if escaped {
                    escaped = false
                    return false
                }
                escaped = rest[index] == "\\"
                return rest[index] == "\""
            })
        else { return nil }
        let literal = rest[...end]
        rest = rest[rest.index(after: end)...]
        return try? JSONDecoder().decode(String.self, from: Data(String(literal).utf8))
    }
}
