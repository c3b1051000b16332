// Prompts of families whose text and pictures share one sequence of tokens.

import Foundation
import WeftTensor
import WeftText

/// Prompts that a text tokenizer and a template turn into tokens; each family brings its own template.
struct TextPrompts: PromptScheme {
    /// What a family makes of a text, for a grid of `rows` and `columns`.
    typealias Template =
        @Sendable (_ text: String, _ tokenizer: any TextTokenizer, _ rows: Int, _ columns: Int)
        throws -> [Int]

    /// How many ids the text vocabulary has.
    let vocabulary: Int
    /// The longest prefix, in tokens.
    let maximumPrefix: Int
    /// What reads text; nil where the folder has none.
    let tokenizer: (any TextTokenizer)?
    /// The folder, for errors.
    let folder: String
    /// The prefix of a prompt.
    let template: Template
    /// The prefix of a negative prompt.
    let negative: Template
    /// The unconditional row that belongs to a prompt's prefix.
    let unconditional:
        @Sendable (_ prefix: [Int], _ tokenizer: (any TextTokenizer)?, _ rows: Int, _ columns: Int)
            throws -> [Int]

    func prefixes(for request: PromptRequest, pool: ThreadPool) throws -> GuidedPrefix {
        let prompt = try tokens(request.prompt, "prompt", template, request)
        guard request.isGuided else { return GuidedPrefix(conditional: .tokens(prompt), unconditional: nil) }
        let other: [Int]
        if let content = request.negative {
            other = try tokens(content, "negative prompt", negative, request)
        } else {
            other = try unconditional(prompt, tokenizer, request.rows, request.columns)
            try check(other, "unconditional prompt")
        }
        return GuidedPrefix(conditional: .tokens(prompt), unconditional: .tokens(other))
    }

    private func tokens(
        _ content: PromptContent, _ name: String, _ template: Template, _ request: PromptRequest
    ) throws -> [Int] {
        let ids: [Int]
        switch content {
        case .text(let text):
            guard let tokenizer else {
                throw PromptError("the \(name): \(folder) has no text tokenizer, so it can be given as tokens only")
            }
            do {
                ids = try template(text, tokenizer, request.rows, request.columns)
            } catch let error as TextError {
                let text = "\(error)"
                guard let place = text.firstRange(of: "the prompt") else { throw PromptError("the \(name): \(text)") }
                throw PromptError(text.replacingCharacters(in: place, with: "the \(name)"))
            }
        case .tokens(let tokens): ids = tokens
        case .label: throw PromptError("the \(name): this model draws from text, not from a class")
        case .features: throw PromptError("the \(name): this model draws from text, not from features")
        }
        try check(ids, name)
        return ids
    }

    private func check(_ ids: [Int], _ name: String) throws {
        guard !ids.isEmpty else { throw PromptError("the \(name) has no tokens") }
        if let place = ids.firstIndex(where: { !(0..<vocabulary).contains($0) }) {
            throw PromptError("the \(name): token \(ids[place]) at place \(place + 1) is not in 0..<\(vocabulary)")
        }
        guard ids.count <= maximumPrefix else {
            throw PromptError("the \(name) has \(ids.count) tokens; the model reads at most \(maximumPrefix)")
        }
    }
}
