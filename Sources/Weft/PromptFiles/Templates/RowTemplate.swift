// A row whose prompts are templates.

import WeftSampling

/// A row of a file of templates.
struct RowTemplate {
    /// The row as the file has it.
    let row: PromptRow
    private let prompt: PromptTemplate?
    private let negativePrompt: PromptTemplate?

    /// Parses the prompts of a row, those that are text.
    ///
    /// - Throws: ``RowProblem`` that names the key and the place in its text
    init(_ row: PromptRow, _ wildcards: Wildcards) throws {
        func parse(_ key: PromptKey, _ prompt: GenerationRequest.Prompt?) throws -> PromptTemplate? {
            guard case .text(let text) = prompt else { return nil }
            do {
                return try TemplateParser.parse(text, wildcards: wildcards)
            } catch {
                throw RowProblem("\"\(key.rawValue)\": \(error)")
            }
        }
        self.row = row
        prompt = try parse(.prompt, row.prompt)
        negativePrompt = try parse(.negativePrompt, row.negativePrompt)
    }

    /// How many rows it makes, `Int.max` for that many or more.
    func rowCount(_ mode: PromptExpansion.Mode) -> Int {
        switch mode {
        case .combinations: Saturating.product(prompt?.count ?? 1, negativePrompt?.count ?? 1)
        case .random(let count, _): count
        }
    }

    /// The rows; their lines are that of the template.
    ///
    /// - Parameters:
    ///   - mode: which of them
    ///   - first: the place of the first one in the file that they are written to, from 0
    /// - Throws: ``RowProblem`` for a prompt that is empty or too long
    func rows(_ mode: PromptExpansion.Mode, from first: Int) throws -> [PromptRow] {
        switch mode {
        case .combinations:
            let prompts: [String?] = try prompt?.prompts() ?? [nil]
            let negatives: [String?] = try negativePrompt?.prompts() ?? [nil]
            return try (0..<prompts.count * negatives.count).map { number in
                try expanded(prompts[number / negatives.count], negatives[number % negatives.count], number, first)
            }
        case .random(let count, let seed):
            return try (0..<count).map { number in
                let bits = PromptRow.randomBits(seed, "\(row.name)-\(number)")
                var random = CounterRandom(seed: bits, tokenIndex: 0)
                let text = try prompt?.prompt(&random)
                return try expanded(text, negativePrompt?.prompt(&random), number, first)
            }
        }
    }

    /// The row with other prompts; nil leaves what is no text.
    private func expanded(_ prompt: String?, _ negative: String?, _ number: Int, _ first: Int) throws -> PromptRow {
        var result = row
        result.row = first + number
        result.id = "\(row.name)-\(number)"
        let size = "\(row.name)-\(number)".utf8.count + (row.count > 1 ? 1 + "\(row.count - 1)".utf8.count : 0)
        guard size <= PromptFile.largestId else {
            throw RowProblem("row \(number) has an id of \(size) bytes; the most is \(PromptFile.largestId)")
        }
        if let prompt {
            guard prompt.contains(where: { !$0.isWhitespace }) else {
                throw RowProblem("row \(number) has an empty prompt")
            }
            result.prompt = .text(prompt)
        }
        if let negative { result.negativePrompt = negative.isEmpty ? nil : .text(negative) }
        return result
    }
}
