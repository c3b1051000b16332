// VQGANs of taming-transformers: those of Chameleon, Anole, Lumina-mGPT and Liquid, and IBQ of Emu3.5.

package import WeftTensor

extension ImageTokenizerLayout {
    /// `vqgan.ckpt` with `vqgan.yaml`, `model.ckpt` with `config.yaml`, or the same names in other files; codebook rows as
    /// they are stored, attention wherever its tensors are.
    ///
    /// Throws `WeightsError` that names a tensor that is missing or makes no network, and `CheckpointError` for a
    /// description that cannot be read or says something else than the tensors.
    ///
    /// - Parameters:
    ///   - files: the checkpoint
    ///   - encoder: whether to look for the encoder
    ///   - description: path of the YAML file that describes the network, if there is one
    package static func taming(
        _ files: [any TensorFile], encoder: Bool, description: String? = nil
    ) throws -> ImageTokenizerLayout {
        _ = try prefix([""], in: files)
        let names = VQGANNames(files, prefix: "")
        let outline = Outline(
            names: TensorNames { TensorPlace(names($0)) }, levels: names.levels, encoderLevels: names.encoderLevels,
            quantizer: .plain, rounding: .truncated)
        let layout = try ImageTokenizerLayout(outline, files, encoder: encoder)
        if let description { try VQGANDescription(path: description).check(layout.configuration) }
        return layout
    }
}
