// How pictures are drawn, beside what they are.

/// What the callers of ``Model/draw(_:_:logits:report:)`` choose beside the requests; only processors and samplers of
/// one's own change a token.
package struct DrawingOptions: Sendable {
    /// How many threads share the work; nil for all cores.
    package var threads: Int?
    /// How many pictures are drawn at a time, each with all its candidates; values below 1 count as 1.
    package var batchSize: Int
    /// Whether ``GenerationEvent/row(_:)`` events are wanted.
    package var rows: Bool
    /// Whether tokens become pictures; if not, ``GenerationEvent/tokens(_:)`` tells of them.
    package var paints: Bool
    /// Whether each token's probability, entropy and rank are kept.
    package var traces: Bool
    /// Whether the other pictures go on when one cannot be drawn.
    package var keepsGoing: Bool
    /// Rules and a sampler of the caller's own for each picture; nil for none.
    package var custom: CustomSampling?

    /// Options; the defaults draw pictures, sixteen at a time.
    package init(
        threads: Int? = nil, batchSize: Int = 16, rows: Bool = false, paints: Bool = true, traces: Bool = false,
        keepsGoing: Bool = false, custom: CustomSampling? = nil
    ) {
        self.threads = threads
        self.batchSize = batchSize
        self.rows = rows
        self.paints = paints
        self.traces = traces
        self.keepsGoing = keepsGoing
        self.custom = custom
    }
}
