// A model that is ready to draw.

import Synchronization
import WeftModel
public import WeftSampling
import WeftTensor

/// A model that is loaded: text in, pictures out.
///
/// Immutable and `Sendable`: any number of generations may use it at once. Weights stay in the type they are stored in,
/// unless the description says another.
public final class Model: Sendable {
    /// What its folder says about it.
    public let description: ModelDescription

    /// The model's name.
    public var name: String { description.name }
    /// The folder that it was loaded from.
    public var folder: String { description.folder }
    /// What it can draw, the default first.
    public var sizes: [PictureSize] { description.sizes }
    /// The sampling settings of the model, or the library's.
    public var defaultSampling: SamplingSettings { description.sampling }

    private let transformer: Decoder?
    private let tokenizer: ImageTokenizer?
    private let wholeTokenizer = Mutex<ImageTokenizer?>(nil)
    private let alike = Mutex<AlikeCodes?>(nil)

    /// Loads a model from its folder.
    ///
    /// - Parameters:
    ///   - path: a folder, a weights file, the name of a model in ``ModelStore/folder``, or `org/name` in the cache of
    ///     Hugging Face's tools; nil is the embedded model
    ///   - weights: the type that the matrices of the transformer's layers have in memory; nil for how they are stored
    ///   - cache: the type that keys and values are stored in; nil for float32 beside float32 weights, else bfloat16
    /// - Throws: an error that names the file, and the tensor or key that is missing, wrong or left over
    public convenience init(at path: String? = nil, weights: WeightType? = nil, cache: CacheType? = nil) throws {
        try self.init(ModelDescription(folder: ModelStore.path(of: path), weights: weights, cache: cache))
    }

    /// Loads the weights of a model that has been described.
    ///
    /// - Throws: an error that names the file, and the tensor that is missing, wrong or left over
    public init(_ description: ModelDescription) throws {
        self.description = description
        transformer = try description.checkpoint.makeDecoder(format: description.weights?.format)
        tokenizer = try description.checkpoint.makeImageTokenizer(
            arithmetic: description.weights?.arithmetic)
    }

    /// The size that fits what was asked for; see ``ModelDescription/size(width:height:quality:)``.
    public func size(width: Int? = nil, height: Int? = nil, quality: Quality? = nil) throws -> PictureSize {
        try description.size(width: width, height: height, quality: quality)
    }

    /// The words of a prompt that the text model does not know, in order.
    public func unknownWords(in prompt: String) -> [String] { checkpoint.prompts?.unknownWords(in: prompt) ?? [] }

    var checkpoint: Checkpoint { description.checkpoint }

    /// The transformer; throws ``WeftError`` for an image tokenizer alone.
    var decoder: Decoder {
        get throws {
            guard let transformer else {
                throw WeftError(.invalidModel, "\(name) is an image tokenizer alone: it can decode, but not generate")
            }
            return transformer
        }
    }

    /// Whether pictures can be turned into tokens; may load the encoder.
    public var canEncode: Bool { (try? encoder.canEncode) ?? false }

    /// The image tokenizer with its encoder, which generation leaves unread until it is asked for; throws if there is
    /// none.
    var encoder: ImageTokenizer {
        get throws {
            let tokenizer = try imageTokenizer
            if tokenizer.canEncode { return tokenizer }
            return try wholeTokenizer.withLock { whole in
                if let whole { return whole }
                let arithmetic = description.weights?.arithmetic
                let loaded =
                    try checkpoint.makeImageTokenizer(encoder: true, arithmetic: arithmetic) ?? tokenizer
                whole = loaded
                return loaded
            }
        }
    }

    /// Which visual tokens look alike, as far as the image tokenizer tells; nil without one that has a code for each.
    var alikeCodes: AlikeCodes? {
        guard let tokenizer, tokenizer.configuration.codebookSize == transformer?.configuration.visualVocabulary else {
            return nil
        }
        return alike.withLock { alike in
            let codes = alike ?? tokenizer.alikeCodes()
            alike = codes
            return codes
        }
    }

    /// The image tokenizer; throws ``WeftError`` for a checkpoint that has none.
    var imageTokenizer: ImageTokenizer {
        get throws {
            guard let tokenizer else {
                throw WeftError(
                    .invalidModel,
                    "\(name) has no image tokenizer: name one as \"image_tokenizer\" in \(folder)/weft.json")
            }
            return tokenizer
        }
    }
}
