// What the memory of a batch is taken for, known before it is taken.

import WeftModel
import WeftSampling
import WeftTensor

extension GenerationBatch {
    /// What pictures that are drawn side by side may come to.
    struct Capacity {
        /// Candidates of pictures that are drawn at a time, at least 1.
        var places: Int
        /// Whether any picture has a row without its prompt.
        var isGuided: Bool
        /// The longest prefix.
        var prefix: Int
        /// Most tokens that a row is fed after its prefix.
        var fed: Int
        /// Most tokens that a pass brings a picture.
        var window = 1
        /// The fewest columns of a grid.
        var columns = 1
        /// How keys and values are stored.
        var cache: KeyValueFormat

        /// The places that so many pictures at a time take, each with all its candidates; no more than there are.
        static func places(for requests: [GenerationRequest], pictures: Int) -> Int {
            let counts = requests.map(\.sampling.candidates)
            let (most, overflow) = max(1, pictures).multipliedReportingOverflow(by: counts.max() ?? 1)
            return max(1, min(overflow ? .max : most, counts.reduce(0, +)))
        }

        /// The sizes of the decoder's buffers.
        ///
        /// - Parameter hasRowEnds: whether a text token ends each row of visual tokens
        func plan(
            _ configuration: DecoderConfiguration, hasRowEnds: Bool, isQuantised: Bool
        ) -> DecoderPlan {
            DecoderPlan(
                configuration, rows: places * (isGuided ? 2 : 1), prefixCapacity: prefix, fedCapacity: fed,
                tokensPerStep: window + (hasRowEnds ? (window + columns - 1) / columns : 0), outputsPerStep: window,
                isQuantised: isQuantised, cache: cache)
        }

        /// Bytes of the distributions that drafts are drawn from; `Int.max` if they are too many to count.
        func draftBytes(_ configuration: DecoderConfiguration) -> Int {
            guard window > 1 else { return 0 }
            let one = JacobiWindow.byteCount(vocabularySize: configuration.visualVocabulary, size: window)
            let (bytes, overflow) = one.multipliedReportingOverflow(by: places)
            return overflow ? .max : bytes
        }
    }
}
