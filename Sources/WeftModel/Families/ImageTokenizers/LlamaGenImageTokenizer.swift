// LlamaGen's image tokenizers VQ-8 and VQ-16: https://github.com/FoundationVision/LlamaGen

package import WeftTensor

extension ImageTokenizerLayout {
    /// `vq_ds16_c2i.pt` and the like: the image tokenizer's own names, codebook rows of unit length.
    ///
    /// Throws `WeightsError` that names a tensor that is missing or makes no network.
    ///
    /// - Parameters:
    ///   - files: the checkpoint
    ///   - encoder: whether to look for the encoder
    package static func llamaGen(_ files: [any TensorFile], encoder: Bool) throws -> ImageTokenizerLayout {
        try convolutionBlocks(files, prefix: prefix([""], in: files), rounding: .nearest, encoder: encoder)
    }

    /// The names of LlamaGen after a prefix.
    static func convolutionBlocks(
        _ files: [any TensorFile], prefix: String, rounding: PixelRounding, encoder: Bool
    ) throws -> ImageTokenizerLayout {
        let directory = TensorDirectory(files: files)
        let outline = Outline(
            prefix: prefix, names: .prefixed(prefix),
            levels: 1 + directory.count { "\(prefix)decoder.conv_blocks.\($0).upsample.conv.weight" },
            encoderLevels: 1 + directory.count { "\(prefix)encoder.conv_blocks.\($0).downsample.conv.weight" },
            quantizer: .l2, rounding: rounding)
        return try ImageTokenizerLayout(outline, files, encoder: encoder)
    }
}
