// The names that taming-transformers gives to the tensors of a VQGAN, and others after it.

import WeftTensor

/// Names of a VQGAN with `decoder.up.i.block.j` and `encoder.down.i.block.j` in place of the image tokenizer's own
/// `conv_blocks.i.res.j`, and `mid.block_1`, `mid.attn_1`, `mid.block_2` in place of `mid.0`, `mid.1`, `mid.2`.
struct VQGANNames {
    /// How many resolutions the decoder has.
    let levels: Int
    /// How many resolutions the encoder has.
    let encoderLevels: Int
    /// Whether `decoder.up.0` is the lowest resolution, as in transformers' Janus; else it is the highest.
    private let lowestFirst: Bool

    /// Sees from the upsampling convolutions, which all levels but the highest have, how many there are in which order.
    ///
    /// - Parameter up: what stands before a level's number
    init(_ files: [any TensorFile], prefix: String, up: String = "decoder.up") {
        let directory = TensorDirectory(files: files)
        levels = 1 + directory.count { "\(prefix)\(up).\($0).upsample.conv.weight" }
        encoderLevels = 1 + directory.count { "\(prefix)encoder.down.\($0).downsample.conv.weight" }
        lowestFirst = directory.contains("\(prefix)\(up).0.upsample.conv.weight")
    }

    /// The name of the tensor that the image tokenizer calls `name`.
    func callAsFunction(_ name: String) -> String {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 3, let index = Int(parts[2]) else { return name }
        switch (parts[0], parts[1]) {
        case (_, "mid"):
            parts[2] = index == 1 ? "attn_1" : index == 0 ? "block_1" : "block_2"
        case ("decoder", "conv_blocks"):
            parts[1] = "up"
            parts[2] = "\(lowestFirst ? index : levels - 1 - index)"
        case ("encoder", "conv_blocks"): parts[1] = "down"
        default: return name
        }
        if parts[3] == "res" { parts[3] = "block" }
        return parts.joined(separator: ".")
    }
}
