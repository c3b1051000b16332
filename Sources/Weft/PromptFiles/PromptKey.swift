// The keys of prompt files.

/// A key of a row: of a JSON object, or the name of a column.
enum PromptKey: String, CaseIterable, Sendable {
    case id, prompt, seed, size, quality, count, model, facts, tokens, temperature, decode, window
    case negativePrompt = "negative_prompt"
    case label = "class"
    case promptTokens = "prompt_tokens"
    case negativePromptTokens = "negative_prompt_tokens"
    case temperatureByRow = "temperature_by_row"
    case topK = "top_k"
    case topP = "top_p"
    case minP = "min_p"
    case alikeMinP = "alike_min_p"
    case typicalP = "typical_p"
    case epsilonCutoff = "epsilon_cutoff"
    case etaCutoff = "eta_cutoff"
    case topNSigma = "top_n_sigma"
    case repetitionPenalty = "repetition_penalty"
    case repetitionWindow = "repetition_window"
    case guidanceScale = "guidance_scale"
    case guidanceSchedule = "guidance_schedule"
    case guidanceStart = "guidance_start"
    case guidanceInterval = "guidance_interval"
    case bestOf = "best_of"

    /// The key of that name.
    ///
    /// - Throws: ``RowProblem`` with the name that was meant, if there is one
    init(naming name: String) throws {
        guard let key = PromptKey(rawValue: name) else {
            throw RowProblem(Self.unknown(name, among: Self.allCases.map(\.rawValue), also: Self.otherNames))
        }
        self = key
    }

    /// What other programs call some of the keys.
    private static let otherNames = [
        "n": "count", "cfg_scale": "guidance_scale", "text": "prompt", "custom_id": "id", "steps": "tokens",
    ]

    /// What is said of a key that nobody knows.
    static func unknown(_ name: String, among known: [String], also others: [String: String] = [:]) -> String {
        let plain = name.lowercased().replacing("-", with: "_")
        let meant = others[plain].flatMap { known.contains($0) ? $0 : nil } ?? NearestName.of(plain, among: known)
        let hint = meant.map { "; did you mean \"\($0)\"?" } ?? ""
        return "unknown key \(Excerpt.quoted(name))\(hint)"
    }
}
