// What is known of a model before its weights are loaded: sizes, defaults, memory.

import Foundation
import WeftModel
public import WeftSampling

/// What a model's folder says about the model; no weights are read.
public struct ModelDescription: Sendable {
    /// The model's name.
    public let name: String
    /// The folder.
    public let folder: String
    /// What it can draw, the default first.
    public let sizes: [PictureSize]
    /// The sampling settings of `generation_config.json`, or the library's where it says nothing.
    public let sampling: SamplingSettings
    /// The names of the settings that `generation_config.json` gives.
    public let configuredSettings: Set<String>

    let configuration: ModelConfiguration

    /// Reads a model's `config.json` and `generation_config.json`.
    ///
    /// - Parameter folder: the model's folder
    /// - Throws: an error that names the file and the key
    public init(folder: String) throws {
        self.folder = folder
        let configuration = try ModelConfiguration(folder: folder)
        self.configuration = configuration
        name = configuration.name
        sizes = try configuration.sizes.map { size in
            guard let quality = Quality(rawValue: size.quality) else {
                throw WeftError(.invalidModel, "\(folder)/config.json: quality \"\(size.quality)\" is not known")
            }
            return PictureSize(
                width: size.width, height: size.height, rows: size.rows, columns: size.columns, quality: quality)
        }
        let path = "\(folder)/generation_config.json"
        guard FileManager.default.fileExists(atPath: path) else {
            sampling = SamplingSettings()
            configuredSettings = []
            return
        }
        let names = try JSONFile.read([String: Double].self, from: path)
        let known = ["temperature", "top_k", "top_p", "min_p", "guidance_scale"]
        if let unknown = names.keys.sorted().first(where: { !known.contains($0) }) {
            throw WeftError(.invalidModel, "\(path): \"\(unknown)\" is not one of \(known.joined(separator: ", "))")
        }
        let library = SamplingSettings()
        guard let topK = Int(exactly: names["top_k"] ?? Double(library.topK)) else {
            throw WeftError(.invalidModel, "\(path): \"top_k\" is not a whole number")
        }
        sampling = SamplingSettings(
            temperature: names["temperature"].map(Float.init) ?? library.temperature, topK: topK,
            topP: names["top_p"].map(Float.init) ?? library.topP, minP: names["min_p"].map(Float.init) ?? library.minP,
            guidanceScale: names["guidance_scale"].map(Float.init) ?? library.guidanceScale)
        configuredSettings = Set(names.keys)
        do {
            try sampling.validate()
        } catch {
            throw WeftError(.invalidModel, "\(path): \(error)")
        }
    }

    /// The size that fits what was asked for; see ``Model/size(width:height:quality:)``.
    public func size(width: Int? = nil, height: Int? = nil, quality: Quality? = nil) throws -> PictureSize {
        try sizes.pick(width: width, height: height, quality: quality, model: name)
    }
}
