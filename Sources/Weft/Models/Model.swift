// A model that is ready to draw.

package import WeftModel
package import WeftText
public import WeftSampling

/// A model that is loaded: text in, pictures out.
///
/// Immutable and `Sendable`: any number of generations may use it at once. Weights stay in the type they are stored in.
public final class Model: Sendable {
    /// The model's name, from its `config.json`.
    public let name: String
    /// The folder that it was loaded from.
    public let folder: String
    /// What it can draw, the default first.
    public let sizes: [PictureSize]
    /// The sampling settings of the model's `generation_config.json`, or the library's.
    public let defaultSampling: SamplingSettings

    package let configuration: ModelConfiguration
    package let decoder: Decoder
    package let imageTokenizer: ImageTokenizer
    package let promptEncoder: PromptEncoder
    package let nullToken: Int
    package let beginImageToken: Int

    /// Loads a model from its folder.
    ///
    /// - Parameter path: a folder, or the name of a model in ``ModelStore/folder``; nil is the embedded model
    /// - Throws: an error that names the file, and the tensor or key that is missing, wrong or left over
    public init(at path: String? = nil) throws {
        folder = try ModelStore.path(of: path)
        let description = try ModelDescription(folder: folder)
        let checkpoint = try WeftCheckpoint(folder: folder)
        configuration = checkpoint.configuration
        name = configuration.name
        sizes = description.sizes
        defaultSampling = description.sampling
        promptEncoder = try checkpoint.makePromptEncoder()
        let tokenizer = promptEncoder.tokenizer
        func id(_ piece: String, _ key: String, in folder: String) throws -> Int {
            guard let id = tokenizer.id(of: piece) else {
                throw WeftError(
                    .invalidModel, "\(folder)/config.json: \"text.\(key)\" is \"\(piece)\", which the text model lacks")
            }
            return id
        }
        nullToken = try id(configuration.text.null, "null", in: folder)
        beginImageToken = try id(configuration.text.beginImage, "begin_image", in: folder)
        decoder = try checkpoint.makeDecoder()
        imageTokenizer = try checkpoint.makeImageTokenizer()
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
        try sizes.pick(width: width, height: height, quality: quality, model: name)
    }
}

extension [PictureSize] {
    /// The first size that fits; throws ``WeftError`` that names the nearest ones.
    func pick(width: Int?, height: Int?, quality: Quality?, model: String) throws -> PictureSize {
        let fitting = filter { (width ?? $0.width) == $0.width && (height ?? $0.height) == $0.height }
        guard !fitting.isEmpty else {
            func distance(_ size: PictureSize) -> Double {
                func ratio(_ asked: Int?, _ possible: Int) -> Double {
                    guard let asked, asked > 0 else { return 1 }
                    return Swift.max(Double(asked) / Double(possible), Double(possible) / Double(asked))
                }
                return ratio(width, size.width) * ratio(height, size.height)
            }
            var nearest: [String] = []
            for size in sorted(by: { distance($0) < distance($1) }) where !nearest.contains(size.description) {
                nearest.append(size.description)
            }
            let asked = "\(width.map(String.init) ?? "any")x\(height.map(String.init) ?? "any")"
            throw WeftError(
                .invalidRequest,
                "size \(asked): \(model) cannot draw it; the nearest possible: \(nearest.prefix(3).joined(separator: ", "))"
            )
        }
        guard let size = fitting.first(where: { (quality ?? $0.quality) == $0.quality }) else {
            let possible = fitting.map(\.quality.rawValue).joined(separator: ", ")
            throw WeftError(
                .invalidRequest,
                "quality \(quality?.rawValue ?? ""): \(model) draws \(fitting[0]) with quality \(possible)")
        }
        return size
    }
}
