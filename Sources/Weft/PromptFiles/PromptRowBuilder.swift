// Makes a row of keys and values.

import WeftSampling

/// A row that is being read.
struct PromptRowBuilder {
    private var row: PromptRow
    private var sampling = SamplingOverrides()
    private var isSampling = false
    private var seen: [PromptKey] = []
    private var given: [PromptKey] = []

    /// A row of which nothing is known yet.
    init(line: Int, row: Int) { self.row = PromptRow(line: line, row: row, prompt: .text("")) }

    /// Takes a value.
    ///
    /// - Parameter name: what the file calls the key, for messages
    /// - Throws: ``RowProblem`` that names the key and the value
    mutating func set(_ key: PromptKey, to value: some PromptValue, as name: String? = nil) throws {
        let name = name ?? key.rawValue
        if seen.contains(key) { throw RowProblem("\"\(name)\" stands in the row twice") }
        seen.append(key)
        if value.isAbsent { return }
        let field = PromptField(name: name, value: value)
        switch key {
        case .id: row.id = try field.id()
        case .prompt: row.prompt = .text(try field.prompt())
        case .label: row.prompt = .label(try field.int(in: 0...Int.max))
        case .promptTokens: row.prompt = .tokens(try field.tokens())
        case .negativePrompt: row.negativePrompt = try field.negativePrompt().map { .text($0) }
        case .negativePromptTokens: row.negativePrompt = .tokens(try field.tokens())
        case .seed: row.seed = try field.seed()
        case .size: row.size = try field.size()
        case .quality: row.quality = try field.quality()
        case .count: row.count = try field.int(in: 1...PromptRow.largestCount)
        case .tokens: row.tokenLimit = try field.int(in: 1...Int.max)
        case .model: row.model = try field.text()
        case .facts: row.facts = try field.json()
        default:
            try setSampling(key, to: field)
            isSampling = true
        }
        given.append(key)
    }

    private mutating func setSampling(_ key: PromptKey, to field: PromptField<some PromptValue>) throws {
        switch key {
        case .temperature: sampling.temperature = try field.float()
        case .temperatureByRow: sampling.temperatureByRow = try field.floats()
        case .topK: sampling.topK = try field.int(in: 0...Int.max)
        case .topP: sampling.topP = try field.float()
        case .minP: sampling.minP = try field.float()
        case .alikeMinP: sampling.alikeMinP = try field.float()
        case .typicalP: sampling.typicalP = try field.float()
        case .epsilonCutoff: sampling.epsilonCutoff = try field.float()
        case .etaCutoff: sampling.etaCutoff = try field.float()
        case .topNSigma: sampling.topNSigma = try field.float()
        case .repetitionPenalty: sampling.repetitionPenalty = try field.float()
        case .repetitionWindow: sampling.repetitionWindow = try field.int(in: 1...Int.max)
        case .guidanceScale: sampling.guidanceScale = try field.float()
        case .guidanceSchedule: sampling.guidanceSchedule = try field.oneOf(GuidanceSchedule.self)
        case .guidanceStart: sampling.guidanceStart = try field.float()
        case .guidanceInterval: sampling.guidanceInterval = try field.interval()
        case .decode: sampling.decode = try field.oneOf(DecodingMethod.self)
        case .window:
            sampling.window = try field.int(in: JacobiWindow.sizes)
        case .bestOf: sampling.bestOf = try field.int(in: SamplingSettings.candidateCounts)
        default: preconditionFailure("\(key.rawValue) is no sampling setting")
        }
    }

    /// The row.
    ///
    /// - Throws: ``RowProblem`` if it has not exactly one prompt, or values that do not go together
    func finish() throws -> PromptRow {
        try checkOne(of: [.prompt, .label, .promptTokens], isNeeded: true)
        try checkOne(of: [.negativePrompt, .negativePromptTokens], isNeeded: false)
        if let id = row.id, row.count > 1 {
            let size = id.utf8.count + 1 + "\(row.count - 1)".utf8.count
            guard size <= PromptFile.largestId else {
                throw RowProblem(
                    "the id \(Excerpt.quoted(id)) with a count of \(row.count) makes ids of \(size) bytes; "
                        + "the most is \(PromptFile.largestId)")
            }
        }
        if let seed = row.seed, seed.addingReportingOverflow(UInt64(row.count - 1)).overflow {
            throw RowProblem("seed \(seed) with a count of \(row.count) goes above \(UInt64.max)")
        }
        guard isSampling else { return row }
        try sampling.applied(to: SamplingSettings()).validate()
        var row = row
        row.sampling = sampling
        return row
    }

    private func checkOne(of keys: [PromptKey], isNeeded: Bool) throws {
        func names(_ keys: [PromptKey]) -> [String] { keys.map { "\"\($0.rawValue)\"" } }
        let found = keys.filter { given.contains($0) }
        if found.count > 1 {
            throw RowProblem("has \(names(found).joined(separator: " and ")): give one of them")
        }
        if isNeeded, found.isEmpty {
            throw RowProblem("has no prompt: give one of \(names(keys).joined(separator: ", "))")
        }
    }
}
