// Emu3's video tokenizer for single pictures: https://github.com/baaivision/Emu3

package import WeftTensor

extension ImageTokenizerLayout {
    /// Emu3-VisionTokenizer in its own layout, or the same network among the tensors of transformers' Emu3, under
    /// `model.vqmodel.` or `vqmodel.`.
    ///
    /// A picture is the first moment of a video: of all convolutions over time only the last moment of the kernel sees
    /// it, so they are read as convolutions of pictures, and what makes more moments is left out.
    ///
    /// Throws `WeightsError` that names a tensor that is missing or makes no network, and ``ImageTokenizerError`` if an
    /// encoder is asked for.
    ///
    /// - Parameters:
    ///   - files: the checkpoint
    ///   - encoder: must be false: the encoder compresses several moments into one
    package static func emu3(_ files: [any TensorFile], encoder: Bool) throws -> ImageTokenizerLayout {
        if encoder {
            throw ImageTokenizerError(
                .encoder, "Emu3's image tokenizer encodes videos of several moments: it can decode pictures only")
        }
        let prefix = try prefix(["", "model.vqmodel.", "vqmodel."], in: files)
        let isOwn = !TensorDirectory(files: files).contains("\(prefix)decoder.middle_block.block_1.conv1.weight")
        let names = VQGANNames(files, prefix: prefix, up: isOwn ? "decoder.up" : "decoder.up_block.up")
        let outline = Outline(
            prefix: prefix,
            names: TensorNames { name in
                if let place = temporalPlace(name, prefix: prefix) { return place }
                return TensorPlace(prefix + (isOwn ? names(name) : transformersName(names(name))))
            },
            levels: names.levels, quantizer: .plain, norm: .spatial, rounding: .truncated)
        return try ImageTokenizerLayout(outline, files, encoder: false)
    }

    /// Where the tensors of convolutions over time stand; nil for all others.
    private static func temporalPlace(_ name: String, prefix: String) -> TensorPlace? {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if name.hasPrefix("post_quant_conv.") {
            parts.insert("conv", at: 1)
        } else if name.hasPrefix("decoder.time_conv."), parts.count == 4 {
            parts.insert(contentsOf: ["conv", "conv"], at: 3)
        } else if name.hasPrefix("decoder.time_res_stack."), parts.count == 5, parts[3].hasPrefix("conv") {
            parts.insert("conv", at: 4)
        } else {
            return nil
        }
        return TensorPlace(
            prefix + parts.joined(separator: "."), part: name.hasSuffix(".weight") ? .lastTap : .whole)
    }

    /// The name that transformers gives to what the own layout calls `name`.
    private static func transformersName(_ name: String) -> String {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 3, parts[0] == "decoder" else { return name }
        if parts[1] == "mid" {
            parts[1] = "middle_block"
            if parts[2] == "attn_1" {
                if parts[3] == "norm" { parts[2...3] = ["attn_norm"] } else { parts[3] = projection(parts[3]) }
            }
        } else if parts[1] == "up" {
            parts.replaceSubrange(1...1, with: ["up_block", "up"])
            if parts.count > 6, parts[4] == "attn" {
                if parts[6] == "norm" {
                    parts[4] = "attn_norms"
                    parts.remove(at: 6)
                } else {
                    parts[6] = projection(parts[6])
                }
            }
        }
        return parts.joined(separator: ".")
    }

    private static func projection(_ name: String) -> String { name == "proj_out" ? "out_proj" : "\(name)_proj" }
}
