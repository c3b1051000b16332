// Rules of a user's own for how tokens are chosen.

public import WeftSampling

/// Processors and a sampler that are put into the pipeline of each picture, beside the settings of its request.
///
/// Both are asked for once for each candidate of each picture. Pictures are drawn on several threads, so what they return
/// must be `Sendable`, as the protocols demand.
public struct CustomSampling: Sendable {
    /// The processors of a picture: they run after guidance and before the repetition penalty, in this order.
    public var processors: @Sendable (GenerationRequest) throws -> [any LogitsProcessor]
    /// The sampler of a picture; nil for the library's.
    public var sampler: @Sendable (GenerationRequest) throws -> (any Sampler)?

    /// Rules for each picture; an error that they throw ends the generation.
    public init(
        processors: @escaping @Sendable (GenerationRequest) throws -> [any LogitsProcessor] = { _ in [] },
        sampler: @escaping @Sendable (GenerationRequest) throws -> (any Sampler)? = { _ in nil }
    ) {
        self.processors = processors
        self.sampler = sampler
    }
}
