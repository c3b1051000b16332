// How a picture was made, read from its file.

import Foundation
import WeftPixels

/// How a picture that Weft drew was made.
public struct PictureRecord: Sendable {
    /// The name of the model.
    public let model: String
    /// The type of the layers' matrices, if it was not that in which they are stored.
    public let weights: WeightType?
    /// The type of keys and values, if it was not the one that goes with the weights.
    public let cache: CacheType?
    private let record: RequestRecord
    private let path: String

    /// Reads the record in a PNG file.
    ///
    /// - Throws: an error that names the file if it is no PNG file, or was not drawn by Weft
    public init(path: String) throws {
        let chunks = try PNG.read(path: path).1
        guard let text = chunks.first(where: { $0.keyword == GenerationMetadata.requestKeyword })?.text else {
            throw WeftError(.invalidFile, "\(path): has no record of how it was made (a text chunk \"weft\")")
        }
        do {
            record = try JSONDecoder().decode(RequestRecord.self, from: Data(text.utf8))
        } catch {
            throw WeftError(.invalidFile, "\(path): its record of how it was made cannot be read")
        }
        model = record.model
        weights = record.weights
        cache = record.cache
        self.path = path
    }

    /// The request that draws the picture again.
    ///
    /// - Throws: ``WeftError`` that names the file and what the model cannot repeat
    public func request(for model: ModelDescription) throws -> GenerationRequest {
        try record.request(for: model, path: path)
    }
}
