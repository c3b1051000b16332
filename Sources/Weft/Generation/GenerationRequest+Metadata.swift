// What a picture's file says about how it was made.

import Foundation
public import WeftPixels
import WeftSampling

extension GenerationRequest {
    /// The text chunks of the picture's PNG file: the same request gives the same bytes.
    ///
    /// - Parameter model: the model's name
    /// - Throws: an error if the prompt cannot stand in a PNG file
    public func metadata(model: String) throws -> [TextChunk] {
        let request = RequestRecord(self, model: model)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(request), as: UTF8.self)
        return try GenerationMetadata(
            prompt: prompt.shown, negativePrompt: negativePrompt?.shown ?? "", steps: size.tokenCount,
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

/// A request under the names that prompt files and flags use.
private struct RequestRecord: Encodable {
    let model: String
    var prompt: String?
    var prompt_tokens: [Int]?
    var `class`: Int?
    var negative_prompt: String?
    var negative_prompt_tokens: [Int]?
    let seed: UInt64
    let size: String
    let quality: String
    let temperature: Decimal
    let top_k: Int
    let top_p: Decimal
    let min_p: Decimal
    let guidance_scale: Decimal

    init(_ request: GenerationRequest, model: String) {
        // The shortest decimal form: 0.9 and not 0.899999976.
        func decimal(_ value: Float) -> Decimal { Decimal(string: "\(value)") ?? Decimal(Double(value)) }
        self.model = model
        switch request.prompt {
        case .text(let text): prompt = text
        case .tokens(let ids): prompt_tokens = ids
        case .label(let label): self.class = label
        case .features: break
        }
        switch request.negativePrompt {
        case .text(let text): negative_prompt = text
        case .tokens(let ids): negative_prompt_tokens = ids
        case .label, .features, nil: break
        }
        seed = request.seed
        size = request.size.description
        quality = request.size.quality.rawValue
        temperature = decimal(request.sampling.temperature)
        top_k = request.sampling.topK
        top_p = decimal(request.sampling.topP)
        min_p = decimal(request.sampling.minP)
        guidance_scale = decimal(request.sampling.guidanceScale)
    }
}
