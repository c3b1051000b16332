// What is known of a model before its weights are loaded: family, sizes, defaults, what it lacks.

import WeftModel
public import WeftSampling

/// What a model's folder says about the model; of its weights only the directories are read.
public struct ModelDescription: Sendable {
    /// The model's name.
    public let name: String
    /// The folder.
    public let folder: String
    /// The family of checkpoints that it belongs to, such as `weft`, `llamagen` or `janus`.
    public let family: String
    /// What it can draw, the default first.
    public let sizes: [PictureSize]
    /// How tokens are chosen where nothing else is said: the model's or the family's settings, or the library's.
    public let sampling: SamplingSettings
    /// Where each of the settings that are not the library's comes from, by the name of the setting.
    public let configuredSettings: [String: String]
    /// The type that the matrices of the transformer's layers have in memory; nil for how they are stored.
    ///
    /// It is one of the settings that make a picture: with another type, a seed is another picture.
    public let weights: WeightType?
    /// The type that keys and values are stored in; nil for float32 beside float32 weights, else bfloat16.
    ///
    /// It is one of the settings that make a picture: with another type, a seed may be another picture.
    public let cache: CacheType?
    /// Whether it can make tokens.
    public var canGenerate: Bool { checkpoint.transformer != nil }
    /// Whether it can turn tokens into pictures.
    public var canDecode: Bool { checkpoint.imageTokenizer != nil }

    /// What the folder lacks to draw pictures, in words; nil if nothing.
    public var lack: String? {
        if !canGenerate { return "a transformer: it can decode only" }
        return canDecode ? nil : "an image tokenizer: name one as \"image_tokenizer\" in a weft.json"
    }

    /// Behind a reference, so that the layout of this type does not depend on that of other modules' types: programs that
    /// are built anew in part only would take the old one for the new one.
    private final class Storage: Sendable {
        let checkpoint: Checkpoint
        init(_ checkpoint: Checkpoint) { self.checkpoint = checkpoint }
    }

    private let storage: Storage
    var checkpoint: Checkpoint { storage.checkpoint }

    /// Reads what a model's folder says.
    ///
    /// - Parameters:
    ///   - folder: the model's folder, or one weights file in it
    ///   - weights: see ``weights``
    ///   - cache: see ``cache``
    /// - Throws: an error that names the file and the key or tensor, or says what the folder lacks to be a model
    public init(folder: String, weights: WeightType? = nil, cache: CacheType? = nil) throws {
        try self.init(Checkpoint.open(folder), weights: weights, cache: cache)
    }

    /// Describes a checkpoint that is open.
    ///
    /// - Throws: ``WeftError`` for a quality that is not known and settings that make no sense
    init(_ checkpoint: Checkpoint, weights: WeightType? = nil, cache: CacheType? = nil) throws {
        storage = Storage(checkpoint)
        name = checkpoint.name
        self.weights = weights
        self.cache = cache
        folder = checkpoint.folder
        family = checkpoint.family
        sizes = try checkpoint.grids.map { grid in
            guard let quality = Quality(rawValue: grid.quality) else {
                throw WeftError(
                    .invalidModel, "\(checkpoint.folder)/config.json: quality \"\(grid.quality)\" is not known")
            }
            return PictureSize(
                width: grid.width, height: grid.height, rows: grid.rows, columns: grid.columns, quality: quality)
        }
        var settings = SamplingSettings()
        var sources: [String: String] = [:]
        func take<Value>(_ name: String, _ value: Value?, _ key: WritableKeyPath<SamplingSettings, Value>) {
            guard let value else { return }
            settings[keyPath: key] = value
            sources[name] = checkpoint.samplingSource
        }
        take("temperature", checkpoint.sampling.temperature, \.temperature)
        take("top_k", checkpoint.sampling.topK, \.topK)
        take("top_p", checkpoint.sampling.topP, \.topP)
        take("min_p", checkpoint.sampling.minP, \.minP)
        take("alike_min_p", checkpoint.sampling.alikeMinP, \.alikeMinP)
        take("guidance_scale", checkpoint.sampling.guidanceScale, \.guidanceScale)
        take("best_of", checkpoint.sampling.bestOf, \.bestOf)
        do {
            try settings.validate()
        } catch {
            throw WeftError(.invalidModel, "\(checkpoint.folder)/\(checkpoint.samplingSource): \(error)")
        }
        sampling = settings
        configuredSettings = sources
    }

    /// How many times the image tokenizer's own pixels a token of that size stands for; 1 for all sizes of a model whose
    /// image tokenizer has one scale.
    func scale(of size: PictureSize) -> Int {
        guard let configuration = checkpoint.imageTokenizer?.configuration, configuration.decoder.heads != nil,
            sizes.contains(size)
        else { return 1 }
        return size.width / (size.columns * configuration.downsampling)
    }

    /// An empty grid of that size.
    func grid(of size: PictureSize) -> TokenGrid {
        let scale = scale(of: size)
        return TokenGrid(
            model: name, rows: size.rows, columns: size.columns, scale: scale == 1 ? nil : scale, tokens: [])
    }

    /// The size that fits what was asked for.
    ///
    /// - Parameters:
    ///   - width: pixels from left to right, nil for any
    ///   - height: pixels from top to bottom, nil for any
    ///   - quality: the token budget, nil for any
    /// - Returns: the first of ``sizes`` that fits
    /// - Throws: ``WeftError`` that names the nearest possible sizes
    public func size(width: Int? = nil, height: Int? = nil, quality: Quality? = nil) throws -> PictureSize {
        guard canGenerate else {
            throw WeftError(.invalidModel, "\(name) is an image tokenizer alone: it can decode, but not generate")
        }
        return try sizes.pick(width: width, height: height, quality: quality, model: name)
    }
}
