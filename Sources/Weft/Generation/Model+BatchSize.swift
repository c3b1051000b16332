// How many pictures are drawn at a time where nobody says it.

import WeftModel

extension Model {
    /// The most pictures, or candidates of pictures, that are drawn at a time where nobody says how many: more gain little
    /// speed.
    public static let usualBatchSize = 32

    /// How many pictures to draw at a time: as many as the free memory has room for with all their candidates, up to
    /// ``usualBatchSize`` of these.
    ///
    /// Two thirds of what is free are taken at most, counted as in ``MemoryPlan``; always at least 1.
    ///
    /// - Parameter requests: what will be drawn
    public func batchSize(for requests: [GenerationRequest]) -> Int {
        batchSize(for: requests, free: AvailableMemory.bytes)
    }

    func batchSize(for requests: [GenerationRequest], free: Int) -> Int {
        let candidates = requests.map(\.sampling.candidates).max() ?? 1
        let most = min(max(1, Self.usualBatchSize / candidates), max(1, requests.count))
        guard most > 1, let transformer = checkpoint.transformer, let prompts = checkpoint.prompts else { return most }
        let fed = requests.map { checkpoint.fedTokens(rows: $0.size.rows, columns: $0.size.columns) }.max() ?? 0
        let largest = requests.max { $0.size.tokenCount < $1.size.tokenCount }?.size
        let scales = Set(requests.map { description.scale(of: $0.size) })
        let painter = largest.flatMap { size in
            checkpoint.imageTokenizer.flatMap {
                try? ImageTokenizer.Workspace.byteCount(
                    $0.configuration, rows: size.rows, columns: size.columns, scales: Array(scales))
            }
        }
        var capacity = GenerationBatch.Capacity(
            places: 1, isGuided: requests.contains(where: \.sampling.usesGuidance),
            prefix: min(prompts.maximumPrefix, MemoryPlan.usualPrompt), fed: fed,
            window: requests.map(\.sampling.tokensPerPass).max() ?? 1, columns: requests.map(\.size.columns).min() ?? 1,
            cache: description.cacheType.format)
        let room = max(0, free / 3 * 2 - (painter ?? 0))
        let isQuantised = transformer.isQuantised(as: description.weights?.format)
        func fits(_ count: Int) -> Bool {
            capacity.places = GenerationBatch.Capacity.places(for: requests, pictures: count)
            let plan = capacity.plan(
                transformer.configuration, hasRowEnds: checkpoint.rowEnd != nil, isQuantised: isQuantised)
            let parts = [plan.keyValueBytes, plan.bufferBytes, capacity.draftBytes(transformer.configuration)]
            return parts.reduce(0, DecoderPlan.sum) <= room
        }
        return (1...most).last(where: fits) ?? 1
    }
}
