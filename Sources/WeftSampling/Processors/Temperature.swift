// Temperature: flattens or sharpens the distribution.

/// Divides every logit by a temperature: below 1 sharpens the distribution, above 1 flattens it, 1 changes nothing.
///
/// A masked logit stays masked. Reference: `TemperatureLogitsWarper` of Hugging Face Transformers.
public struct Temperature: LogitsProcessor, Equatable {
    /// The smallest temperature that is not greedy; smaller ones would overflow.
    public static let minimum: Float = 1e-5

    /// The divisor.
    public let temperature: Float

    /// Creates the step.
    ///
    /// - Parameter temperature: finite and at least ``minimum``. A temperature of 0 stands for ``GreedySampler``, which
    ///   ``SamplingSettings`` chooses for it.
    /// - Throws: ``SamplingError`` with `invalidSetting`.
    public init(_ temperature: Float) throws {
        guard temperature.isFinite, temperature >= Self.minimum else {
            throw SamplingError(.invalidSetting, "temperature must be finite and at least 0.00001, got \(temperature)")
        }
        self.temperature = temperature
    }

    /// Creates the step with a temperature that is known to be valid.
    init(valid temperature: Float) { self.temperature = temperature }

    /// Divides the logits `[vocabulary]`; NaN and infinities pass through, to be refused by the sampler.
    public func process(_ logits: inout MutableSpan<Float>, in context: SamplingContext) {
        if temperature == 1 { return }
        for index in logits.indices { logits[index] /= temperature }
    }
}
