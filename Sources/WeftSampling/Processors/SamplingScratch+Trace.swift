// SamplingScratch+Trace: copies of logits, to look at after a sampler had its way with them.

extension SamplingScratch {
    /// Copies logits `[vocabulary]` into ``kept``.
    func keep(_ logits: Span<Float>) { Self.copy(logits, to: kept) }

    /// Copies logits `[vocabulary]` into ``keptModel``.
    func keepModel(_ logits: Span<Float>) { Self.copy(logits, to: keptModel) }

    private static func copy(_ logits: Span<Float>, to target: UnsafeMutableBufferPointer<Float>) {
        logits.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { target.baseAddress?.update(from: base, count: source.count) }
        }
    }

    /// How many of ``kept`` come before a token: greater logits, and equal ones with a lower id.
    func rank(of token: Int) -> Int {
        let logit = kept[token]
        var rank = 0
        for other in 0..<token where kept[other] >= logit { rank += 1 }
        for other in token + 1..<vocabularySize where kept[other] > logit { rank += 1 }
        return rank
    }
}
