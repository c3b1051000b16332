// What a model makes of a request, before any weights are loaded: whether it can be drawn, and its prefixes.

import WeftModel
import WeftSampling
import WeftTensor

extension ModelDescription {
    /// Throws ``WeftError`` for a size that the model does not draw, a negative prompt without guidance, and a token
    /// budget that the size or the fill does not allow; ``SamplingError`` for settings that make no sense.
    func check(_ request: GenerationRequest) throws {
        let size = request.size
        try check(size)
        guard request.negativePrompt == nil || request.sampling.usesGuidance else {
            throw WeftError(
                .invalidRequest, "the negative prompt has no effect at a guidance scale of 1: raise --guidance-scale")
        }
        try request.sampling.validate()
        if let limit = request.tokenLimit, !(1...size.tokenCount).contains(limit) {
            throw WeftError(
                .invalidRequest,
                "tokens must be in 1...\(size.tokenCount) for \(size) \(size.quality.rawValue), got \(limit)")
        }
        if request.isPartial, request.fill == .draft { _ = try draftSize(for: size) }
    }

    /// Throws ``WeftError`` for a size that the model does not draw.
    func check(_ size: PictureSize) throws {
        guard !sizes.contains(size) else { return }
        let possible = sizes.map { "\($0) \($0.quality.rawValue)" }
        throw WeftError(
            .invalidRequest,
            "size \(size) \(size.quality.rawValue) of \(size.rows) rows and \(size.columns) columns: \(name) draws "
                + possible.joined(separator: ", "))
    }

    /// The smallest token budget for pictures of that shape, of that size itself if there is one; throws ``WeftError`` if there is none below it.
    func draftSize(for size: PictureSize) throws -> PictureSize {
        let smaller = sizes.filter {
            $0.width * size.height == $0.height * size.width && $0.tokenCount < size.tokenCount
        }
        let least = smaller.filter { $0.tokenCount == smaller.map(\.tokenCount).min() }
        guard let draft = least.first(where: { $0.width == size.width }) ?? least.first else {
            throw WeftError(
                .invalidRequest,
                "fill draft: \(name) draws no picture of the shape of \(size) with fewer than \(size.tokenCount) tokens"
            )
        }
        return draft
    }

    /// Checks a request as far as can be done without a network, and returns how many positions its longest prefix takes
    /// at most.
    ///
    /// - Throws: what is wrong with it, as ``check(_:)`` and ``prefixes(for:pool:)`` do
    func longestPrefix(of request: GenerationRequest, pool: ThreadPool) throws -> Int {
        try check(request)
        let prompts = try promptScheme
        guard prompts.isQuick else { return prompts.maximumPrefix }
        return longest(of: try prefixes(for: request, pool: pool))
    }

    /// The prefixes of a picture's rows.
    ///
    /// - Throws: ``WeftError`` that names the prompt and what is wrong in it, and for a prefix and a picture that together
    ///   have more tokens than the model has positions
    func prefixes(for request: GenerationRequest, pool: ThreadPool) throws -> GuidedPrefix {
        let prefixes: GuidedPrefix
        do {
            prefixes = try promptScheme.prefixes(for: promptRequest(for: request), pool: pool)
        } catch let error as PromptError {
            throw WeftError(.invalidRequest, error.description)
        }
        let longest = longest(of: prefixes)
        let total = longest + checkpoint.fedTokens(rows: request.size.rows, columns: request.size.columns)
        if let limit = checkpoint.maximumPositions, total > limit {
            throw WeftError(
                .invalidRequest,
                "a prompt of \(longest) tokens and a picture of \(request.size.tokenCount) take \(total) positions; "
                    + "\(name) has \(limit)")
        }
        return prefixes
    }

    /// All of a request that its prefixes depend on.
    func promptRequest(for request: GenerationRequest) -> PromptRequest {
        PromptRequest(
            prompt: request.prompt.content, negative: request.negativePrompt?.content,
            isGuided: request.sampling.usesGuidance, rows: request.size.rows, columns: request.size.columns)
    }

    private var promptScheme: any PromptScheme {
        get throws {
            guard let prompts = checkpoint.prompts else {
                throw WeftError(.invalidModel, "\(name) is an image tokenizer alone: it can decode, but not generate")
            }
            return prompts
        }
    }

    private func longest(of prefixes: GuidedPrefix) -> Int {
        let width = checkpoint.transformer?.configuration.hiddenSize ?? 1
        return max(
            prefixes.conditional.count(hiddenSize: width), prefixes.unconditional?.count(hiddenSize: width) ?? 0)
    }
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
