// How an image tokenizer stands in the files of a checkpoint.

package import WeftTensor

/// An image tokenizer in the files of a checkpoint: its sizes, read from the tensors' shapes, and where each tensor
/// stands.
///
/// Tensors that decoding does not need, such as those of a discriminator or of the language model beside it, are not
/// looked at.
package struct ImageTokenizerLayout: Sendable {
    /// The sizes of the network; without encoder where none was asked for or none is there.
    package let configuration: ImageTokenizerConfiguration
    /// From the image tokenizer's own names to those in the files.
    package let names: TensorNames
    /// What the names of the tokenizer's tensors begin with in the files; empty where they have files of their own.
    package let prefix: String
    /// How its pixels become colours of 8 bits.
    package let rounding: PixelRounding
    /// The files, with the tensors that the tokenizer must use up and no others.
    let files: [any TensorFile]

    /// The image tokenizer with its weights.
    ///
    /// Throws `WeightsError` that names the tensor if one is missing, left over, of another shape or of a dtype that
    /// models cannot use.
    ///
    /// - Parameter arithmetic: in what numbers the decoder multiplies; nil for bfloat16 where its weights are stored in
    ///   16 bits, else float32
    package func makeImageTokenizer(arithmetic: ConvolutionArithmetic? = nil) throws -> ImageTokenizer {
        let tensors = TensorReader(files, names: names)
        let tokenizer = try ImageTokenizer(
            configuration, tensors: tensors, rounding: rounding, arithmetic: arithmetic)
        try tensors.finish()
        return tokenizer
    }
}

extension ImageTokenizerLayout {
    /// What the names in files tell about the layout before any sizes are known.
    struct Outline {
        /// What the tensors' names begin with.
        var prefix = ""
        /// From the image tokenizer's own names to those in the files.
        var names: TensorNames
        /// How many resolutions the decoder has.
        var levels: Int
        /// How many resolutions the encoder has.
        var encoderLevels = 0
        var quantizer: ImageTokenizerConfiguration.QuantizerKind
        var norm = ImageTokenizerConfiguration.Norm.group
        var rounding: PixelRounding
    }

    /// Reads the sizes from the tensors' shapes; throws `WeightsError` for what does not make a network.
    ///
    /// - Parameter encoder: whether to look for an encoder
    init(_ outline: Outline, _ files: [any TensorFile], encoder: Bool) throws {
        let encoder =
            encoder && TensorDirectory(files: files).contains("\(outline.prefix)encoder.conv_in.weight")
        var roots = ["decoder.", "post_quant_conv.", "quantize.embedding."]
        if encoder { roots += ["encoder.", "quant_conv."] }
        let parts = files.map { TensorFilePart($0, prefixes: roots.map { outline.prefix + $0 }) }
        configuration = try ImageTokenizerShapes(parts, outline.names).configuration(outline, encoder: encoder)
        names = outline.names
        prefix = outline.prefix
        rounding = outline.rounding
        self.files = parts
        do {
            try configuration.validate()
        } catch {
            throw WeightsError(file: files.map(\.path).joined(separator: ", "), "\(error)")
        }
    }
}

/// The directories of a checkpoint's files, to see which tensors there are.
struct TensorDirectory {
    let files: [any TensorFile]

    func contains(_ name: String) -> Bool { files.contains { $0.entry(name) != nil } }

    /// How many of `name(0)`, `name(1)` and so on are there, in any order.
    func count(_ name: (Int) -> String) -> Int {
        (0..<ImageTokenizerLayout.mostLevels).count { contains(name($0)) }
    }
}

extension ImageTokenizerLayout {
    /// The largest number of resolutions.
    static let mostLevels = 8

    /// The first of the prefixes with which the files have a decoder of images; throws `WeightsError` if none has.
    static func prefix(_ prefixes: [String], in files: [any TensorFile]) throws -> String {
        let directory = TensorDirectory(files: files)
        if let prefix = prefixes.first(where: { directory.contains("\($0)decoder.conv_in.weight") }) { return prefix }
        throw WeightsError(
            file: files.map(\.path).joined(separator: ", "), tensor: "\(prefixes[0])decoder.conv_in.weight",
            "is missing: there is no image tokenizer")
    }

    /// Finds out which layout the files have, by the tensors' names.
    ///
    /// Throws `WeightsError` if they have none that is known, and as the layout's own function.
    ///
    /// - Parameters:
    ///   - files: the checkpoint
    ///   - encoder: whether to look for an encoder
    ///   - description: path of the `vqgan.yaml` or `config.yaml` beside weights in the layout of taming-transformers
    package static func recognize(
        _ files: [any TensorFile], encoder: Bool, description: String? = nil
    ) throws -> ImageTokenizerLayout {
        let prefix = try prefix(["", "gen_vision_model.", "model.vqmodel.", "vqmodel."], in: files)
        let directory = TensorDirectory(files: files)
        let middle = ["mid", "middle_block"].map { "\(prefix)decoder.\($0).block_1.norm1.conv_y.weight" }
        if middle.contains(where: directory.contains) { return try emu3(files, encoder: encoder) }
        if !prefix.isEmpty { return try janus(files, encoder: encoder) }
        if directory.contains("decoder.conv_blocks.0.res.0.conv1.weight") {
            return try llamaGen(files, encoder: encoder)
        }
        return try taming(files, encoder: encoder, description: description)
    }
}
