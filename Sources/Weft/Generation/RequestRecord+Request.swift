// A picture's record as a request that draws it again.

import WeftSampling

extension RequestRecord {
    /// The request, for a model that draws its size.
    ///
    /// - Parameter path: the picture's file, for errors
    /// - Throws: ``WeftError`` that names the file and what cannot be repeated
    func request(for model: ModelDescription, path: String) throws -> GenerationRequest {
        func wrong(_ text: String) -> WeftError { WeftError(.invalidFile, "\(path): \(text)") }
        let asked: GenerationRequest.Prompt
        switch (prompt, promptTokens, label) {
        case (let text?, nil, nil): asked = .text(text)
        case (nil, let ids?, nil): asked = .tokens(ids)
        case (nil, nil, let label?): asked = .label(label)
        case (nil, nil, nil) where features != nil:
            throw wrong("was drawn from features, which a picture does not keep: give --prompt-features")
        default: throw wrong("its record must have one of prompt, prompt_tokens and class")
        }
        let sides = size.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard sides.count == 2, let width = sides[0], let height = sides[1] else {
            throw wrong("its record has the size \"\(size)\"")
        }
        let possible = try model.size(width: width, height: height, quality: quality)
        let settings = sampling.applied(to: SamplingSettings())
        do {
            try settings.validate()
        } catch {
            throw wrong("its record cannot be repeated: \(error)")
        }
        return GenerationRequest(
            prompt: asked, negativePrompt: negativePrompt.map { .text($0) } ?? negativePromptTokens.map { .tokens($0) },
            seed: seed, size: possible, sampling: settings, tokenLimit: tokens, fill: fill ?? .likely)
    }
}
