// The normal form of a row: one line of JSON.

extension PromptRow {
    /// The row as one line of JSON: what is given and nothing else, keys sorted, no white space, numbers as short as they
    /// can be.
    ///
    /// Rows of files of different kinds that say the same have the same line; a count of 1 and defaults that are spelled
    /// out as `auto` are left out. A file of such lines is a prompt file with the same rows. Features of a caption, which
    /// no file gives, are left out.
    public var json: String {
        var members: [(key: PromptKey, value: String)] = []
        func put(_ key: PromptKey, _ value: String?) { if let value { members.append((key, value)) } }
        func put(_ key: PromptKey, _ value: Float?) { put(key, value.map(JSONText.number)) }
        func list(_ values: [some Any]) -> String { "[" + values.map { "\($0)" }.joined(separator: ",") + "]" }
        put(.id, id.map(JSONText.quoted))
        switch prompt {
        case .text(let text): put(.prompt, JSONText.quoted(text))
        case .tokens(let ids): put(.promptTokens, list(ids))
        case .label(let label): put(.label, "\(label)")
        case .features: break
        }
        if case .text(let text) = negativePrompt { put(.negativePrompt, JSONText.quoted(text)) }
        if case .tokens(let ids) = negativePrompt { put(.negativePromptTokens, list(ids)) }
        put(.seed, seed.map { "\($0)" })
        put(.size, size.map { "\"\($0)\"" })
        put(.quality, quality.map { "\"\($0.rawValue)\"" })
        put(.count, count == 1 ? nil : "\(count)")
        put(.tokens, tokenLimit.map { "\($0)" })
        put(.model, model.map(JSONText.quoted))
        put(.facts, facts)
        let sampling = sampling
        put(.temperature, sampling.temperature)
        put(.temperatureByRow, sampling.temperatureByRow.map { list($0.map(JSONText.number)) })
        put(.topK, sampling.topK.map { "\($0)" })
        put(.topP, sampling.topP)
        put(.minP, sampling.minP)
        put(.alikeMinP, sampling.alikeMinP)
        put(.typicalP, sampling.typicalP)
        put(.epsilonCutoff, sampling.epsilonCutoff)
        put(.etaCutoff, sampling.etaCutoff)
        put(.topNSigma, sampling.topNSigma)
        put(.repetitionPenalty, sampling.repetitionPenalty)
        put(.repetitionWindow, sampling.repetitionWindow.map { "\($0)" })
        put(.guidanceScale, sampling.guidanceScale)
        put(.guidanceSchedule, sampling.guidanceSchedule.map { "\"\($0.rawValue)\"" })
        put(.guidanceStart, sampling.guidanceStart)
        put(.guidanceInterval, sampling.guidanceInterval.map { "[\($0.lowerBound),\($0.upperBound)]" })
        put(.decode, sampling.decode.map { "\"\($0.rawValue)\"" })
        put(.window, sampling.window.map { "\($0)" })
        put(.bestOf, sampling.bestOf.map { "\($0)" })
        members.sort { $0.key.rawValue < $1.key.rawValue }
        return "{" + members.map { "\"\($0.key.rawValue)\":\($0.value)" }.joined(separator: ",") + "}"
    }
}
