// Flags that every command with a model has.

public import ArgumentParser
public import Weft

/// Which model.
struct ModelChoice: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "Model folder or weights file, a model in Models, or org/name in the hub's cache. (default: weft-mini)")
    var model: String?
}

/// Which model, and what its weights are in memory.
struct ModelOptions: ParsableArguments {
    @OptionGroup private var choice: ModelChoice

    @Option(
        help: ArgumentHelp(
            "Type of the layers' weights in memory. (default: as stored)", valueName: "type"))
    var weights: WeightType?

    /// The model that is named, if one is.
    var model: String? { choice.model }

    /// What the model's folder says.
    func description() throws -> ModelDescription {
        try ModelDescription(folder: ModelStore.path(of: model), weights: weights)
    }
}

/// Which model draws, and what its weights, keys and values are in memory.
struct DrawingModelOptions: ParsableArguments {
    @OptionGroup private var options: ModelOptions
    @OptionGroup private var keys: CacheOptions

    /// The model that is named, if one is.
    var model: String? { options.model }

    /// What the model's folder says; a picture's record stands in for flags that are not given.
    func description(repeating record: PictureRecord? = nil) throws -> ModelDescription {
        try ModelDescription(
            folder: ModelStore.path(of: model ?? record?.model), weights: options.weights ?? record?.weights,
            cache: keys.cache ?? record?.cache)
    }
}

struct CacheOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Type of keys and values in memory. (default: f32 beside float32 weights, else bf16)", valueName: "type"))
    var cache: CacheType?
}

extension WeightType: ExpressibleByArgument {}
extension CacheType: ExpressibleByArgument {}

struct ThreadOptions: ParsableArguments {
    @Option(
        name: .shortAndLong, parsing: .unconditional,
        help: "Threads; the picture does not depend on it. (default: all cores)")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be in 1...1024, got \(threads)")
        }
    }
}
