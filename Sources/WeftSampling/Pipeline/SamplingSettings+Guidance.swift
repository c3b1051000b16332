// SamplingSettings+Guidance: the guidance scale of each token of a picture.

extension SamplingSettings {
    /// Whether guidance is on for some token of a picture that is large enough, so that unconditional logits are needed.
    ///
    /// For a picture whose size is known, ``lastGuidedToken(count:)`` is exact.
    public var usesGuidance: Bool { guidanceScale != 1 || guidanceSchedule != .constant && guidanceStart != 1 }

    /// The guidance scale of a token; 1 where guidance is off, outside of ``guidanceInterval`` for one.
    ///
    /// Under a schedule the scale of the first token of the picture is ``guidanceStart`` and that of its last token is
    /// ``guidanceScale``, whatever the interval; a picture of one token has ``guidanceScale``.
    public func guidanceScale(at context: SamplingContext) -> Float {
        guidanceScale(at: context.index, count: context.count)
    }

    /// The index of the last token of a picture that needs unconditional logits, nil if none does.
    ///
    /// A model may stop computing unconditional logits after this token. Before it they are needed without a gap, as
    /// every token of the unconditional row attends to the ones before.
    ///
    /// - Parameter count: tokens of the picture, 0 or more.
    public func lastGuidedToken(count: Int) -> Int? {
        guard usesGuidance, count > 0 else { return nil }
        let first = guidanceInterval?.lowerBound ?? 0
        var last = min(count - 1, guidanceInterval?.upperBound ?? .max)
        while last >= first, guidanceScale(at: last, count: count) == 1 { last -= 1 }
        return last >= first ? last : nil
    }

    private func guidanceScale(at index: Int, count: Int) -> Float {
        if let guidanceInterval, !guidanceInterval.contains(index) { return 1 }
        if guidanceSchedule == .constant || count == 1 { return guidanceScale }
        let share = guidanceSchedule.share(at: Double(index) / Double(count - 1))
        return Float(Double(guidanceStart) * (1 - share) + Double(guidanceScale) * share)
    }
}
