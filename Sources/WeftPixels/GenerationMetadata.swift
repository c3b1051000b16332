// What a generated picture tells about how it was made.

import Foundation

/// The settings of a generated picture, kept in two text chunks of its PNG file.
///
/// `parameters` is the form that other tools read (see ``ParametersText``); `weft` is the whole request as JSON, from
/// which the picture can be made again. There is no time stamp, so the same request gives the same bytes.
public struct GenerationMetadata: Sendable, Hashable {
    /// The keyword of the text that other tools read.
    public static let parametersKeyword = "parameters"
    /// The keyword of the JSON of the whole request.
    public static let requestKeyword = "weft"

    /// The prompt.
    public var prompt: String
    /// The negative prompt; empty for none.
    public var negativePrompt: String
    /// The number of visual tokens.
    public var steps: Int
    /// The name of the way in which tokens are drawn.
    public var sampler: String
    /// The scale of classifier-free guidance; 1 for none.
    public var guidanceScale: Double
    /// The seed of this picture.
    public var seed: UInt64
    /// The width in pixels.
    public var width: Int
    /// The height in pixels.
    public var height: Int
    /// The name of the model.
    public var model: String
    /// The JSON of the whole request.
    public var request: String

    /// Settings from their parts.
    ///
    /// - Parameter request: the whole request as the text of a JSON value; see also ``text()``.
    public init(
        prompt: String, negativePrompt: String = "", steps: Int, sampler: String, guidanceScale: Double, seed: UInt64,
        width: Int, height: Int, model: String, request: String
    ) {
        self.prompt = prompt
        self.negativePrompt = negativePrompt
        self.steps = steps
        self.sampler = sampler
        self.guidanceScale = guidanceScale
        self.seed = seed
        self.width = width
        self.height = height
        self.model = model
        self.request = request
    }

    /// The two chunks, for ``PNG/encode(_:text:)``.
    ///
    /// - Throws: ``PictureError`` if ``request`` is not JSON.
    public func text() throws -> [TextChunk] {
        guard (try? JSONSerialization.jsonObject(with: Data(request.utf8), options: .fragmentsAllowed)) != nil else {
            throw PictureError("the request for the picture's metadata is not JSON")
        }
        return [
            TextChunk(keyword: Self.parametersKeyword, text: parameters.text),
            TextChunk(keyword: Self.requestKeyword, text: request),
        ]
    }

    /// What ``PNG/decode(_:)`` found, as settings; nil if the file has neither of the two chunks.
    ///
    /// - Throws: ``PictureError`` if one of the two is missing, or if a field is missing or has another form.
    public init?(_ chunks: [TextChunk]) throws {
        let texts = [Self.parametersKeyword, Self.requestKeyword].map { keyword in
            chunks.first { $0.keyword == keyword }?.text
        }
        if texts == [nil, nil] { return nil }
        guard let parameters = texts[0], let request = texts[1] else {
            let missing = texts[0] == nil ? Self.parametersKeyword : Self.requestKeyword
            throw PictureError("the picture's metadata has no text \(missing.debugDescription)")
        }
        let settings = ParametersText(parsing: parameters)
        let size = try settings.value("Size") { value in
            let sides = value.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
            return sides.count == 2 ? sides.compactMap { $0 } : nil
        }
        guard size.count == 2 else { throw settings.wrong("Size") }
        self.init(
            prompt: settings.prompt, negativePrompt: settings.negativePrompt,
            steps: try settings.value("Steps") { Int($0) },
            sampler: try settings.value("Sampler") { $0 },
            guidanceScale: try settings.value("CFG scale") { Double($0) },
            seed: try settings.value("Seed") { UInt64($0) }, width: size[0], height: size[1],
            model: try settings.value("Model") { $0 }, request: request)
    }

    private var parameters: ParametersText {
        var scale = String(guidanceScale)
        if scale.hasSuffix(".0") { scale.removeLast(2) }
        return ParametersText(
            prompt: prompt, negativePrompt: negativePrompt,
            fields: [
                .init(key: "Steps", value: String(steps)), .init(key: "Sampler", value: sampler),
                .init(key: "CFG scale", value: scale), .init(key: "Seed", value: String(seed)),
                .init(key: "Size", value: "\(width)x\(height)"), .init(key: "Model", value: model),
            ])
    }
}

extension ParametersText {
    /// The value of a field in its own type.
    fileprivate func value<Value>(_ key: String, _ convert: (String) -> Value?) throws -> Value {
        guard let value = self[key].flatMap(convert) else { throw wrong(key) }
        return value
    }

    fileprivate func wrong(_ key: String) -> PictureError {
        guard let value = self[key] else { return PictureError("the picture's metadata has no field \(key)") }
        return PictureError("the picture's metadata has \(value.debugDescription) as \(key)")
    }
}
