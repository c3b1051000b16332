// TemperatureByRow: a temperature for each row of the picture.

/// Divides every logit by the temperature of the row that the token stands in.
///
/// The values are those of rows spread evenly from the first row of the picture to the last, with straight lines between
/// them: `[1.2, 0.8]` begins at 1.2 in the first row and ends at 0.8 in the last one. As many values as rows are taken
/// one by one. One value serves all rows, and a picture of one row takes the first value.
public struct TemperatureByRow: LogitsProcessor, Equatable {
    /// The divisors, from the top to the bottom.
    public let temperatures: [Float]

    /// Creates the step.
    ///
    /// - Parameter temperatures: one or more; each finite and at least ``Temperature/minimum``.
    /// - Throws: ``SamplingError`` with `invalidSetting`.
    public init(_ temperatures: [Float]) throws {
        if temperatures.isEmpty {
            throw SamplingError(.invalidSetting, "temperature by row needs at least one value, got none")
        }
        for (place, temperature) in temperatures.enumerated() {
            guard temperature.isFinite, temperature >= Temperature.minimum else {
                throw SamplingError(
                    .invalidSetting,
                    "temperature by row must be finite and at least 0.00001, got \(temperature) as value \(place + 1) "
                        + "of \(temperatures.count)")
            }
        }
        self.temperatures = temperatures
    }

    /// The divisor of a row.
    ///
    /// - Parameters:
    ///   - row: in `0..<rows`, from the top.
    ///   - rows: rows of the picture's grid, 1 or more.
    public func temperature(row: Int, rows: Int) -> Float {
        let last = temperatures.count - 1
        if last == 0 || rows <= 1 { return temperatures[0] }
        let position = Double(row) * Double(last) / Double(rows - 1)
        let before = min(max(0, Int(position)), last - 1)
        let share = position - Double(before)
        return Float(Double(temperatures[before]) * (1 - share) + Double(temperatures[before + 1]) * share)
    }

    /// Divides the logits `[vocabulary]`; NaN and infinities pass through, to be refused by the sampler.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) {
        Temperature(valid: temperature(row: context.row, rows: context.rows)).process(&logits, in: context)
    }
}
