// SamplingSettings+JSON: settings as an object whose keys may be left out.

extension SamplingSettings: Codable {
    /// Decodes settings; keys that are absent keep their defaults.
    ///
    /// - Throws: `DecodingError` for a value of the wrong type, ``SamplingError`` for an unknown key and for a value
    ///   outside of its range.
    public init(from decoder: any Decoder) throws {
        self.init()
        for key in try decoder.container(keyedBy: AnyKey.self).allKeys
        where CodingKeys(rawValue: key.stringValue) == nil {
            let known = CodingKeys.allCases.map(\.rawValue).joined(separator: ", ")
            throw SamplingError(
                .unknownSetting, "there is no sampling setting \"\(key.stringValue)\"; there are \(known)")
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            value = try container.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        try read(.temperature, into: &temperature)
        try read(.temperatureByRow, into: &temperatureByRow)
        try read(.topK, into: &topK)
        try read(.topP, into: &topP)
        try read(.minP, into: &minP)
        try read(.alikeMinP, into: &alikeMinP)
        try read(.typicalP, into: &typicalP)
        try read(.epsilonCutoff, into: &epsilonCutoff)
        try read(.etaCutoff, into: &etaCutoff)
        try read(.topNSigma, into: &topNSigma)
        try read(.repetitionPenalty, into: &repetitionPenalty)
        try read(.repetitionWindow, into: &repetitionWindow)
        try read(.guidanceScale, into: &guidanceScale)
        try read(.guidanceStart, into: &guidanceStart)
        guidanceSchedule =
            try container.decodeIfPresent(String.self, forKey: .guidanceSchedule)
            .map(Self.schedule) ?? guidanceSchedule
        guidanceInterval = try container.decodeIfPresent([Int].self, forKey: .guidanceInterval).map(Self.interval)
        decode = try container.decodeIfPresent(String.self, forKey: .decode).map(Self.method) ?? decode
        try read(.window, into: &window)
        try read(.bestOf, into: &bestOf)
        try validate()
    }

    /// Encodes every setting; a guidance interval that is nil is left out.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(temperature, forKey: .temperature)
        try container.encode(temperatureByRow, forKey: .temperatureByRow)
        try container.encode(topK, forKey: .topK)
        try container.encode(topP, forKey: .topP)
        try container.encode(minP, forKey: .minP)
        try container.encode(alikeMinP, forKey: .alikeMinP)
        try container.encode(typicalP, forKey: .typicalP)
        try container.encode(epsilonCutoff, forKey: .epsilonCutoff)
        try container.encode(etaCutoff, forKey: .etaCutoff)
        try container.encode(topNSigma, forKey: .topNSigma)
        try container.encode(repetitionPenalty, forKey: .repetitionPenalty)
        try container.encode(repetitionWindow, forKey: .repetitionWindow)
        try container.encode(guidanceScale, forKey: .guidanceScale)
        try container.encode(guidanceSchedule, forKey: .guidanceSchedule)
        try container.encode(guidanceStart, forKey: .guidanceStart)
        try container.encodeIfPresent(
            guidanceInterval.map { [$0.lowerBound, $0.upperBound] }, forKey: .guidanceInterval)
        try container.encode(decode, forKey: .decode)
        try container.encode(window, forKey: .window)
        try container.encode(bestOf, forKey: .bestOf)
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case temperature
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
        case guidanceInterval = "guidance_interval"  // [first, last]
        case decode
        case window
        case bestOf = "best_of"
    }

    /// A key of any name, to find those that mean nothing.
    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private static func schedule(_ name: String) throws -> GuidanceSchedule {
        if let schedule = GuidanceSchedule(rawValue: name) { return schedule }
        let known = GuidanceSchedule.allCases.map(\.rawValue).joined(separator: ", ")
        throw SamplingError(.invalidSetting, "guidance schedule must be one of \(known), got \"\(name)\"")
    }

    private static func method(_ name: String) throws -> DecodingMethod {
        if let method = DecodingMethod(rawValue: name) { return method }
        let known = DecodingMethod.allCases.map(\.rawValue).joined(separator: ", ")
        throw SamplingError(.invalidSetting, "decode must be one of \(known), got \"\(name)\"")
    }

    private static func interval(_ bounds: [Int]) throws -> ClosedRange<Int> {
        guard bounds.count == 2, bounds[0] <= bounds[1] else {
            throw SamplingError(
                .invalidSetting,
                "guidance interval must be the first and the last token to guide, as [0, 255]; got \(bounds)")
        }
        return bounds[0]...bounds[1]
    }
}
