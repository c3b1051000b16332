// What other types of weights, keys and values change in a model's logits and in the tokens that it would take.

import Foundation
import WeftModel
import WeftTensor

/// A model with weights, keys and values of several types, measured against the same model with float32 ones.
///
/// The model with float32 numbers alone draws each prompt greedily and without guidance. The others are fed its tokens, so that
/// their logits are comparable at every token; then they draw by themselves.
public struct WeightComparison: Sendable {
    /// What a type changes.
    public struct Row: Sendable {
        /// The type of the weights.
        public let weights: WeightType
        /// The type of keys and values.
        public let cache: CacheType
        /// Bytes of the transformer's weights.
        public let bytes: Int
        /// The root of the summed squares of the logits' errors, over that of the logits, each token's about their mean.
        public fileprivate(set) var logitsError = 0.0
        /// The share of tokens whose greatest logit is that of float32.
        public fileprivate(set) var topAgreement = 0.0
        /// The share of tokens that are those of float32 where the type draws by itself.
        public fileprivate(set) var tokenAgreement = 0.0
    }

    /// The types as they were asked for: of weights beside float32 keys and values, then of these beside float32 weights.
    public let rows: [Row]
    /// Pictures that were compared.
    public let pictures: Int
    /// Tokens of all pictures.
    public let tokens: Int

    /// Measures.
    ///
    /// - Parameters:
    ///   - model: what is loaded once with each type; its own types do not matter
    ///   - types: the types of weights to compare
    ///   - caches: the types of keys and values to compare
    ///   - requests: what is drawn; seeds, sampling and guidance have no effect
    ///   - threads: threads that share the work; nil for all cores
    /// - Throws: what ``Model/init(_:)`` throws for a type that the weights cannot have, and what is wrong with a request
    public init(
        of model: ModelDescription, types: [WeightType], caches: [CacheType] = [], requests: [GenerationRequest],
        threads: Int? = nil
    ) throws {
        let pool = threads.map { ThreadPool(threadCount: $0) } ?? ThreadPool()
        let plain = requests.map { request in
            var plain = request
            plain.sampling.guidanceScale = 1
            plain.sampling.guidanceSchedule = .constant
            plain.negativePrompt = nil
            return plain
        }
        func walk(_ type: WeightType, _ cache: CacheType) throws -> TokenWalk {
            try TokenWalk(ModelDescription(folder: model.folder, weights: type, cache: cache), pool: pool)
        }
        let reference = try walk(.f32, .f32)
        var drawn: [[Int]] = []
        for request in plain { drawn.append(try reference.draw(request) { _, _ in }) }
        pictures = drawn.count
        tokens = drawn.reduce(0) { $0 + $1.count }
        var rows: [Row] = []
        for (type, cache) in types.map({ ($0, .f32) }) + caches.map({ (WeightType.f32, $0) }) {
            let other = try walk(type, cache)
            var row = Row(
                weights: type, cache: cache, bytes: model.checkpoint.transformer?.byteCount(as: type.format) ?? 0)
            var sums = (error: 0.0, total: 0.0, tops: 0, equal: 0)
            for (request, wanted) in zip(plain, drawn) {
                var expected: [[Float]] = []
                _ = try reference.draw(request, feeding: wanted) { _, logits in expected.append(Array(logits)) }
                _ = try other.draw(request, feeding: wanted) { index, logits in
                    let (error, total) = Self.squares(logits, expected[index])
                    sums.error += error
                    sums.total += total
                    sums.tops += TokenWalk.greatest(logits) == wanted[index] ? 1 : 0
                }
                sums.equal += zip(try other.draw(request) { _, _ in }, wanted).count { $0 == $1 }
            }
            row.logitsError = sums.total > 0 ? (sums.error / sums.total).squareRoot() : 0
            row.topAgreement = Double(sums.tops) / Double(max(1, tokens))
            row.tokenAgreement = Double(sums.equal) / Double(max(1, tokens))
            rows.append(row)
        }
        self.rows = rows
    }

    /// The squares of the differences, and of the expected logits about their mean; what is the same for all tokens has no
    /// effect on any probability.
    private static func squares(_ logits: UnsafeBufferPointer<Float>, _ expected: [Float]) -> (Double, Double) {
        let count = Double(expected.count)
        let shift = zip(logits, expected).reduce(0.0) { $0 + Double($1.0) - Double($1.1) } / count
        let mean = expected.reduce(0.0) { $0 + Double($1) } / count
        var (error, total) = (0.0, 0.0)
        for (value, wanted) in zip(logits, expected) {
            let difference = Double(value) - Double(wanted) - shift
            error += difference * difference
            total += (Double(wanted) - mean) * (Double(wanted) - mean)
        }
        return (error, total)
    }

    /// A table of GitHub's Markdown, a line a type. Ends with a newline.
    public var markdown: String {
        let head = [
            "weights", "keys and values", "transformer, MB", "error of logits", "same greatest logit",
            "same greedy tokens",
        ]
        let lines = rows.map { row in
            [
                row.weights.rawValue, row.cache.rawValue, String(format: "%.1f", Double(row.bytes) / 1e6),
                String(format: "%.3g%%", 100 * row.logitsError), String(format: "%.2f%%", 100 * row.topAgreement),
                String(format: "%.1f%%", 100 * row.tokenAgreement),
            ]
        }
        return ([head, ["---", "---"] + head.dropFirst(2).map { _ in "---:" }] + lines)
            .map { "| \($0.joined(separator: " | ")) |\n" }.joined()
    }
}

/// Draws pictures token by token, by a model of its own.
private struct TokenWalk {
    private let description: ModelDescription
    private let decoder: WeftModel.Decoder
    private let pool: ThreadPool

    init(_ description: ModelDescription, pool: ThreadPool) throws {
        self.description = description
        self.pool = pool
        decoder = try Model(description).decoder
    }

    /// The tokens of a picture: those that are fed, or else the ones with the greatest logits.
    ///
    /// - Parameter visit: called with each token's index and logits
    func draw(
        _ request: GenerationRequest, feeding tokens: [Int]? = nil,
        _ visit: (Int, UnsafeBufferPointer<Float>) throws -> Void
    ) throws -> [Int] {
        let checkpoint = description.checkpoint
        let prefix = try description.prefixes(for: request, pool: pool).conditional
        let size = request.size
        let state = decoder.makeState(
            rows: 1, prefixCapacity: prefix.count(hiddenSize: decoder.configuration.hiddenSize),
            fedCapacity: checkpoint.fedTokens(rows: size.rows, columns: size.columns),
            cache: description.cacheType.format, pool: pool)
        try state.prefill([Prefix(row: 0, content: prefix, columns: size.columns)])
        var drawn: [Int] = []
        for index in 0..<size.tokenCount {
            if let last = drawn.last {
                var fed = [FedToken.visual(last)]
                if let end = checkpoint.rowEnd, index % size.columns == 0 { fed.append(.text(end)) }
                try state.extend(row: 0, tokens: fed)
            }
            let logits = UnsafeBufferPointer(state.logits(0))
            try visit(index, logits)
            drawn.append(tokens?[index] ?? Self.greatest(logits))
        }
        return drawn
    }

    /// The index of the greatest logit, the first of equal ones.
    static func greatest(_ logits: UnsafeBufferPointer<Float>) -> Int {
        var best = 0
        for index in logits.indices where logits[index] > logits[best] { best = index }
        return best
    }
}
