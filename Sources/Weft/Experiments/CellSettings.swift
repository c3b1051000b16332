// One combination of settings, ready to stand over rows.

import Foundation
import WeftSampling

/// The values of an experiment's axes, over what flags and rows say.
struct CellSettings {
    private var overrides: PromptOverrides
    private let sampling: SamplingOverrides

    /// Takes the values; throws ``WeftError`` for one that is too large for its setting.
    init(_ values: [AxisValue], over flags: PromptOverrides) throws {
        overrides = flags
        var settings: [String] = []
        for value in values {
            switch value.key {
            case "size":
                let sides = value.text.split(separator: "x").map { Int($0) }
                (overrides.width, overrides.height) = (sides.first ?? nil, sides.last ?? nil)
            case "quality": overrides.quality = Quality(rawValue: value.text)
            case "tokens": overrides.tokenLimit = try Self.whole(value)
            case "fill": overrides.fill = GridFill(rawValue: value.text)
            case "guidance_schedule", "decode": settings.append("\"\(value.key)\":\"\(value.text)\"")
            default: settings.append("\"\(value.key)\":\(value.text)")
            }
        }
        let json = Data("{\(settings.joined(separator: ","))}".utf8)
        do {
            sampling = try JSONDecoder().decode(SamplingOverrides.self, from: json)
        } catch {
            let all = values.map(\.description).joined(separator: ", ")
            throw WeftError(.invalidRequest, "the settings \(all) have a value that is too large")
        }
    }

    private static func whole(_ value: AxisValue) throws -> Int {
        guard let number = Int(value.text) else {
            throw WeftError(.invalidRequest, "\(value): the value is too large")
        }
        return number
    }

    /// The request of a row; throws ``WeftError`` for what the model cannot do.
    func request(for row: PromptRow, _ model: ModelDescription) throws -> GenerationRequest {
        var request = try overrides.request(for: row, model)
        request.sampling = sampling.applied(to: request.sampling)
        return request
    }
}
