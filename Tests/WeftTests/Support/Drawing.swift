// Short forms of the calls that tests make.

import Testing
import Weft
import WeftPixels
import WeftSampling

extension Model {
    /// A request with the model's own settings, changed where asked.
    func request(
        _ prompt: String = "a red circle", seed: UInt64 = 7, width: Int? = nil, guidance: Float? = nil
    ) throws -> GenerationRequest {
        var sampling = defaultSampling
        if let guidance { sampling.guidanceScale = guidance }
        return GenerationRequest(
            prompt: .text(prompt), seed: seed, size: try size(width: width), sampling: sampling)
    }

    /// Draws all requests and returns the pictures in their order.
    func drawAll(
        _ requests: [GenerationRequest], threads: Int? = nil, batchSize: Int = 16
    ) async throws -> [GeneratedPicture] {
        var pictures: [GeneratedPicture] = []
        for try await event in events(for: requests, threads: threads, batchSize: batchSize) {
            if case .picture(let picture) = event { pictures.append(picture) }
        }
        return pictures.sorted { $0.index < $1.index }
    }
}

/// The one-line description of the error that `body` throws; an issue if it throws none, or one of several lines.
func message(
    _ body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) async -> String {
    do {
        try await body()
    } catch {
        let text = "\(error)"
        #expect(!text.contains("\n"), "an error is one line", sourceLocation: sourceLocation)
        return text
    }
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    return ""
}

extension Picture {
    /// Width and height.
    var sides: [Int] { [width, height] }
}
