// Prompts as the prefixes that the decoder reads.

import WeftModel
import WeftSampling
import WeftTensor

extension Model {
    /// Throws ``WeftError`` for a size that the model does not draw, and for a negative prompt without guidance.
    func check(_ request: GenerationRequest) throws {
        guard sizes.contains(request.size) else {
            let (size, possible) = (request.size, sizes.map { "\($0) \($0.quality.rawValue)" })
            throw WeftError(
                .invalidRequest,
                "size \(size) \(size.quality.rawValue) of \(size.rows) rows and \(size.columns) columns: \(name) draws "
                    + possible.joined(separator: ", "))
        }
        guard request.negativePrompt == nil || request.sampling.usesGuidance else {
            throw WeftError(
                .invalidRequest, "the negative prompt has no effect at a guidance scale of 1: raise --guidance-scale")
        }
    }

    /// The prefixes of a picture's rows.
    ///
    /// - Throws: ``WeftError`` that names the prompt and what is wrong in it, and for a prefix and a picture that together
    ///   have more tokens than the model has positions
    func prefixes(for request: GenerationRequest, pool: ThreadPool) throws -> GuidedPrefix {
        guard let prompts = checkpoint.prompts else {
            throw WeftError(.invalidModel, "\(name) is an image tokenizer alone: it can decode, but not generate")
        }
        let prefixes: GuidedPrefix
        do {
            prefixes = try prompts.prefixes(
                for: PromptRequest(
                    prompt: request.prompt.content, negative: request.negativePrompt?.content,
                    isGuided: request.sampling.usesGuidance, rows: request.size.rows, columns: request.size.columns),
                pool: pool)
        } catch let error as PromptError {
            throw WeftError(.invalidRequest, error.description)
        }
        let width = try decoder.configuration.hiddenSize
        let longest = max(
            prefixes.conditional.count(hiddenSize: width), prefixes.unconditional?.count(hiddenSize: width) ?? 0)
        let total = longest + checkpoint.fedTokens(rows: request.size.rows, columns: request.size.columns)
        if let limit = checkpoint.maximumPositions, total > limit {
            throw WeftError(
                .invalidRequest,
                "a prompt of \(longest) tokens and a picture of \(request.size.tokenCount) take \(total) positions; "
                    + "\(name) has \(limit)")
        }
        return prefixes
    }

    /// The words of a prompt that the text model does not know, in order.
    public func unknownWords(in prompt: String) -> [String] { checkpoint.prompts?.unknownWords(in: prompt) ?? [] }
}

extension GenerationRequest.Prompt {
    /// The prompt as the families of checkpoints know it.
    fileprivate var content: PromptContent {
        switch self {
        case .text(let text): .text(text)
        case .tokens(let ids): .tokens(ids)
        case .label(let label): .label(label)
        case .features(let values): .features(values)
        }
    }
}
