// Janus' image tokenizer, in its own layout and in that of transformers: https://github.com/deepseek-ai/Janus

package import WeftTensor

extension ImageTokenizerLayout {
    /// The tokenizer among the tensors of a Janus checkpoint: LlamaGen's network under `gen_vision_model.`, or under
    /// `model.vqmodel.` or `vqmodel.` with names like those of taming-transformers, the lowest resolution first.
    ///
    /// Throws `WeightsError` that names a tensor that is missing or makes no network.
    ///
    /// - Parameters:
    ///   - files: the checkpoint
    ///   - encoder: whether to look for the encoder
    package static func janus(_ files: [any TensorFile], encoder: Bool) throws -> ImageTokenizerLayout {
        let prefix = try prefix(["gen_vision_model.", "model.vqmodel.", "vqmodel.", ""], in: files)
        let directory = TensorDirectory(files: files)
        if !directory.contains("\(prefix)decoder.mid.block_1.conv1.weight") {
            return try convolutionBlocks(files, prefix: prefix, rounding: .truncated, encoder: encoder)
        }
        let names = VQGANNames(files, prefix: prefix)
        let outline = Outline(
            prefix: prefix, names: TensorNames { TensorPlace(prefix + names($0)) }, levels: names.levels,
            encoderLevels: names.encoderLevels, quantizer: .l2, rounding: .truncated)
        return try ImageTokenizerLayout(outline, files, encoder: encoder)
    }
}
