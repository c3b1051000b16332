// What a picture's file says about how it was made.

import Foundation
public import WeftPixels
import WeftSampling

extension GenerationRequest {
    /// The text chunks of the picture's PNG file: the same request gives the same bytes.
    ///
    /// - Parameters:
    ///   - model: the model's name
    ///   - weights: the type of its layers' matrices, if it is not that in which they are stored
    ///   - cache: the type of its keys and values, if it is not the one that goes with the weights
    ///   - passes: ``GeneratedPicture/passes``, which is kept where a pass may bring several tokens; nil for unknown
    /// - Throws: an error if the prompt cannot stand in a PNG file
    public func metadata(
        model: String, weights: WeightType? = nil, cache: CacheType? = nil, passes: Int? = nil
    ) throws -> [TextChunk] {
        var request = RequestRecord(self, model: model, weights: weights, cache: cache)
        request.passes = passes.flatMap { saved(passes: $0)?.taken }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(request), as: UTF8.self)
        return try GenerationMetadata(
            prompt: prompt.shown, negativePrompt: negativePrompt?.shown ?? "", steps: drawnTokens,
            sampler: sampling.isGreedy ? "greedy" : "categorical",
            guidanceScale: Double("\(sampling.guidanceScale)") ?? 1,
            seed: seed, width: size.width, height: size.height, model: model, request: json
        ).text()
    }
}

extension GenerationRequest.Prompt {
    /// The text; or in words what stands for it.
    public var shown: String {
        switch self {
        case .text(let text): text
        case .tokens(let ids): ids.map(String.init).joined(separator: ",")
        case .label(let label): "class \(label)"
        case .features(let values): "\(values.count) values of features"
        }
    }
}
