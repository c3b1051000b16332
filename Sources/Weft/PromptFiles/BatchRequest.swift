// Lines in the form of the OpenAI Batch API.

/// A line `{"custom_id": ..., "method": "POST", "url": "/v1/images/generations", "body": {...}}`.
///
/// Source: OpenAI's API reference, "Batch" (the input file) and "Images" (the body).
enum BatchRequest {
    /// The keys of a line, by which it is told from a short one.
    static let keys = ["custom_id", "method", "url", "body"]

    /// Adds the values of a line to a row.
    ///
    /// - Throws: ``RowProblem`` that names the key
    static func read(_ line: JSONMembers, into row: inout PromptRowBuilder) throws {
        for key in keys where line[key] == nil { throw RowProblem("a line of a batch needs \"\(key)\"") }
        for (key, value) in line.members {
            switch key {
            case "custom_id": try row.set(.id, to: value, as: key)
            case "method": try check(key, value, isOneOf: ["POST"])
            case "url": try check(key, value, isOneOf: ["/v1/images/generations"])
            case "body": try readBody(value, into: &row)
            default: throw RowProblem(PromptKey.unknown(key, among: keys))
            }
        }
    }

    private static func readBody(_ body: JSONPromptValue, into row: inout PromptRowBuilder) throws {
        guard let members = try JSONMembers(body.bytes) else {
            throw RowProblem("body", mustBe: "an object", got: body)
        }
        for (key, value) in members.members {
            switch key {
            case "n": try row.set(.count, to: value, as: key)
            case "user":
                // Says who asks, which changes no picture.
                guard value.isAbsent || value.text != nil else { throw RowProblem(key, mustBe: "a text", got: value) }
            case "output_format": try check(key, value, isOneOf: ["png"])
            case "background": try check(key, value, isOneOf: ["auto", "opaque"])
            case "moderation": try check(key, value, isOneOf: ["auto"])
            case "stream": try check(key, value, isOneOf: ["false"])
            case "partial_images": try check(key, value, isOneOf: ["0"])
            case "response_format", "style", "output_compression", "input_fidelity":
                guard value.isAbsent else { throw RowProblem("\"\(key)\" cannot be done: leave it out") }
            default:
                guard let known = PromptKey(rawValue: key), bodyKeys.contains(key) else {
                    throw RowProblem(
                        PromptKey.unknown(key, among: bodyKeys, also: ["count": "n", "cfg_scale": "guidance_scale"]))
                }
                try row.set(known, to: value)
            }
        }
    }

    private static let bodyKeys =
        ["n", "user"] + PromptKey.allCases.filter { ![.id, .count].contains($0) }.map(\.rawValue)

    /// Throws unless the value is absent or one of those that change nothing here.
    private static func check(_ key: String, _ value: JSONPromptValue, isOneOf words: [String]) throws {
        if value.isAbsent { return }
        guard words.contains(value.text ?? value.excerpt) else {
            throw RowProblem(
                "\"\(key)\" \(value.excerpt) cannot be done; it can only be \(words.joined(separator: " or "))")
        }
    }
}
