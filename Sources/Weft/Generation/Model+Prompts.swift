// Prompts as the tokens that the decoder reads.

import WeftModel
import WeftSampling
import WeftText

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

    /// The tokens of a prompt, ending with the one that asks for the picture.
    ///
    /// - Parameters:
    ///   - prompt: text, or ids that are taken as they are
    ///   - name: what errors call the prompt
    /// - Throws: an error that names the prompt and what is wrong in it: empty, too long, a quotation mark without a
    ///   partner, an id that is not in the vocabulary
    func promptTokens(_ prompt: GenerationRequest.Prompt, name: String) throws -> [Int] {
        switch prompt {
        case .text(let text):
            do {
                return try promptEncoder.encode(text, limit: configuration.text.maximumTokens) + [beginImageToken]
            } catch let error as TextError {
                throw WeftError(
                    .invalidRequest, error.description.replacingOccurrences("the prompt", with: "the \(name)"))
            }
        case .tokens(let ids):
            let vocabulary = configuration.transformer.textVocabulary
            guard !ids.isEmpty else { throw WeftError(.invalidRequest, "the \(name) has no tokens") }
            if let place = ids.firstIndex(where: { !(0..<vocabulary).contains($0) }) {
                throw WeftError(
                    .invalidRequest,
                    "the \(name): token \(ids[place]) at place \(place + 1) is not in 0..<\(vocabulary)")
            }
            guard ids.count <= configuration.text.maximumTokens + 1 else {
                throw WeftError(
                    .invalidRequest,
                    "the \(name) has \(ids.count) tokens; \(self.name) reads at most "
                        + "\(configuration.text.maximumTokens + 1)")
            }
            return ids
        }
    }

    /// The unconditional row of guidance: as long as the prompt, nothing but the null token.
    func unconditionalTokens(count: Int) -> [Int] {
        Array(repeating: nullToken, count: count - 1) + [beginImageToken]
    }

    /// The words of a prompt that the text model does not know, in order.
    public func unknownWords(in prompt: String) -> [String] { promptEncoder.unknownWords(in: prompt) }
}

extension String {
    /// The string with the first occurrence of `old` replaced.
    fileprivate func replacingOccurrences(_ old: String, with new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return replacingCharacters(range, with: new)
    }

    private func replacingCharacters(_ range: Range<String.Index>, with new: String) -> String {
        String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}
