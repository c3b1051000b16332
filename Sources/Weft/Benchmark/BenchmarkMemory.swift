// Whether a benchmark fits into memory, known before anything is loaded.

import Foundation
import WeftModel

/// The most memory that the phases of a benchmark take with one type of weights, in bytes.
struct BenchmarkMemory {
    /// Weights of the networks that the phases take.
    private(set) var weights = 0
    /// Keys, values and buffers of the largest batch.
    private(set) var decoder = 0
    /// The buffers that turn tokens into a picture.
    private(set) var detokenizer = 0

    var total: Int { [weights, decoder, detokenizer].reduce(0, DecoderPlan.sum) }

    /// Plans for the weights that the phases of `options` take, and for what the `measured` ones take beside them.
    init(
        _ description: ModelDescription, _ options: BenchmarkOptions, size: PictureSize,
        measured: Set<BenchmarkPhase>? = nil
    ) throws {
        let (rows, phases) = (options.batches.max() ?? 1, measured ?? options.phases)
        let checkpoint = description.checkpoint
        let format = description.weights?.format
        let parts = options.phases.reduce(into: BenchmarkSubject.Parts()) { $0.formUnion($1.parts) }
        if parts.contains(.transformer) { weights += checkpoint.transformer?.byteCount(as: format) ?? 0 }
        if parts.contains(.imageTokenizer) { weights += checkpoint.imageTokenizer?.byteCount ?? 0 }
        func plan(prefix: Int, fed: Int) -> Int {
            guard let transformer = checkpoint.transformer else { return 0 }
            let plan = DecoderPlan(
                transformer.configuration, rows: rows, prefixCapacity: prefix, fedCapacity: fed,
                isQuantised: transformer.isQuantised(as: format), cache: description.cacheType.format)
            return DecoderPlan.sum(plan.keyValueBytes, plan.bufferBytes)
        }
        if phases.contains(.prefill) { decoder = plan(prefix: options.promptTokens, fed: 0) }
        if phases.contains(.decode) {
            decoder = max(decoder, plan(prefix: max(1, options.contexts.max() ?? 0), fed: options.steps))
        }
        if phases.contains(.picture) {
            let scale = options.guidanceScale ?? description.sampling.guidanceScale
            let whole = try MemoryPlan(
                description, size: size, batchSize: rows, guidance: scale != 1, promptTokens: options.promptTokens)
            decoder = max(decoder, whole.keyValueCache + whole.decoderBuffers)
            detokenizer = whole.detokenizerBuffers
        } else if phases.contains(.detokenize), let tokenizer = checkpoint.imageTokenizer {
            detokenizer = try ImageTokenizer.Workspace.byteCount(
                tokenizer.configuration, rows: size.rows, columns: size.columns,
                scales: [description.scale(of: size)])
        }
    }

    /// Throws ``WeftError`` that names the model and its sizes if they are more than is free.
    func check(_ name: String, free: Int) throws {
        guard total > free else { return }
        func gigabytes(_ bytes: Int) -> String { String(format: "%.2f GB", Double(bytes) / 1e9) }
        throw WeftError(
            .invalidRequest,
            "\(name) takes \(gigabytes(total)) of memory (weights \(gigabytes(weights)), decoder \(gigabytes(decoder)), "
                + "detokenizer \(gigabytes(detokenizer))); \(gigabytes(free)) are free")
    }
}
