// SamplingSettings+Validation: every setting against its range.

extension SamplingSettings {
    /// Checks every setting against its range.
    ///
    /// - Throws: ``SamplingError`` with `invalidSetting` for the first that is NaN, infinite, negative or beyond it.
    public func validate() throws {
        if temperature != 0 { _ = try Temperature(temperature) }
        if !temperatureByRow.isEmpty { _ = try TemperatureByRow(temperatureByRow) }
        _ = try TopK(topK)
        _ = try TopP(topP)
        _ = try MinP(minP)
        _ = try AlikeMinP(alikeMinP)
        _ = try TypicalP(typicalP)
        _ = try EpsilonCutoff(epsilonCutoff)
        _ = try EtaCutoff(etaCutoff)
        _ = try TopNSigma(topNSigma)
        _ = try RepetitionPenalty(repetitionPenalty, window: repetitionWindow)
        _ = try ClassifierFreeGuidance(scale: guidanceScale)
        guard guidanceStart.isFinite, guidanceStart >= 0 else {
            throw SamplingError(.invalidSetting, "guidance start must be finite and 0 or more, got \(guidanceStart)")
        }
        guard JacobiWindow.sizes.contains(window) else {
            throw SamplingError(
                .invalidSetting,
                "window must be in \(JacobiWindow.sizes.lowerBound)...\(JacobiWindow.sizes.upperBound), got \(window)")
        }
        let counts = SamplingSettings.candidateCounts
        guard counts.contains(bestOf) else {
            throw SamplingError(
                .invalidSetting, "best of must be in \(counts.lowerBound)...\(counts.upperBound), got \(bestOf)")
        }
        if temperature == 0, !temperatureByRow.isEmpty {
            throw SamplingError(
                .invalidSetting,
                "temperature 0 chooses the most likely token, and has no use for a temperature by row")
        }
        if let guidanceInterval, guidanceInterval.lowerBound < 0 {
            throw SamplingError(
                .invalidSetting,
                "guidance interval must begin at token 0 or later, got \(guidanceInterval.lowerBound)")
        }
    }
}
