// What the tiny model is made of.

import Foundation

extension TinyModel {
    /// The text of `generation_config.json`.
    static let sampling = """
        {"temperature": 0.9, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "guidance_scale": 2.0}
        """

    /// The text of `config.json`.
    static let config = """
        {
          "format": "weft", "name": "tiny",
          "transformer": {
            "hidden_size": 32, "layers": 2, "heads": 2, "kv_heads": 1, "head_dim": 16, "rms_norm_eps": 1e-6,
            "qk_norm": true, "attention_bias": false,
            "rope": {"kind": "2d", "theta": 100.0, "pairs": "half", "prefix": "negative"},
            "feed_forward": {"activation": "silu", "hidden_size": 48},
            "moe": {"layers": [1], "experts": 4, "top_k": 2, "hidden_size": 16, "router": "softmax",
                    "renormalize": true},
            "text_vocabulary": 2048, "visual_vocabulary": 64, "tie_visual_embeddings": false},
          "image_tokenizer": {
            "codebook_size": 64, "codebook_dim": 3, "quantizer": {"kind": "fsq", "levels": [4, 4, 4]},
            "latent_channels": 8, "patch": 2, "norm": "channel", "norm_eps": 1e-6,
            "encoder": {"channels": [8, 8], "residual_blocks": [1, 0], "attention": [false, false], "middle": false},
            "decoder": {"channels": [8, 8], "residual_blocks": [1, 0], "attention": [false, false], "middle": true,
                        "middle_attention": true}},
          "text": {"tokenizer": "text.model", "null": "<null>", "begin_image": "<boi>", "max_tokens": 24},
          "sizes": [
            {"width": 16, "height": 16, "rows": 4, "columns": 4, "quality": "low"},
            {"width": 24, "height": 16, "rows": 4, "columns": 6, "quality": "medium"},
            {"width": 32, "height": 32, "rows": 8, "columns": 8, "quality": "high"}]
        }
        """

    /// The tensors of `transformer.safetensors`.
    static let transformer: [TensorSpec] =
        [
            TensorSpec("text_embedding.weight", 2048, 32), TensorSpec("visual_embedding.weight", 64, 32),
            TensorSpec("norm.weight", 32), TensorSpec("head.weight", 64, 32),
        ]
        + (0..<2).flatMap { layer in
            [
                TensorSpec("layers.\(layer).attention_norm.weight", 32),
                TensorSpec("layers.\(layer).attention.query.weight", 32, 32),
                TensorSpec("layers.\(layer).attention.key.weight", 16, 32),
                TensorSpec("layers.\(layer).attention.value.weight", 16, 32),
                TensorSpec("layers.\(layer).attention.output.weight", 32, 32),
                TensorSpec("layers.\(layer).attention.query_norm.weight", 16),
                TensorSpec("layers.\(layer).attention.key_norm.weight", 16),
                TensorSpec("layers.\(layer).feed_forward_norm.weight", 32),
            ]
        } + [
            TensorSpec("layers.0.feed_forward.gate.weight", 48, 32),
            TensorSpec("layers.0.feed_forward.up.weight", 48, 32),
            TensorSpec("layers.0.feed_forward.down.weight", 32, 48),
            TensorSpec("layers.1.moe.router.weight", 4, 32),
            TensorSpec("layers.1.moe.experts.gate_up.weight", 4, 32, 32),
            TensorSpec("layers.1.moe.experts.down.weight", 4, 32, 16),
        ]

    /// The tensors of `image_tokenizer.safetensors`.
    static let imageTokenizer: [TensorSpec] =
        [TensorSpec("quantize.embedding.weight", 64, 3)]
        + convolution("encoder.conv_in", 8, 3, 2) + residual("encoder.conv_blocks.0.res.0")
        + convolution("encoder.conv_blocks.0.downsample.conv", 8, 8, 3)
        + [TensorSpec("encoder.norm_out.weight", 8)] + convolution("encoder.conv_out", 8, 8, 3)
        + convolution("quant_conv", 3, 8, 1) + convolution("post_quant_conv", 8, 3, 1)
        + convolution("decoder.conv_in", 8, 8, 3) + residual("decoder.mid.0")
        + [TensorSpec("decoder.mid.1.norm.weight", 8)]
        + ["q", "k", "v", "proj_out"].flatMap { convolution("decoder.mid.1.\($0)", 8, 8, 1) }
        + residual("decoder.mid.2") + convolution("decoder.conv_blocks.0.upsample.conv", 8, 8, 3)
        + residual("decoder.conv_blocks.1.res.0") + [TensorSpec("decoder.norm_out.weight", 8)]
        + convolution("decoder.conv_out", 12, 8, 3)

    // MARK: - Several scales

    /// A model whose tokens stand for 4 x 4, 8 x 8 or 16 x 16 pixels, in two grids that pieces of their own ask for.
    ///
    /// - Parameter config: changes the text of `config.json` before it is written
    static func scaled(config: (String) -> String = { $0 }) throws -> TinyModel {
        try TinyModel(imageTokenizer: scaledTokenizer) { _ in config(scaledConfig) }
    }

    /// The text of `config.json` of ``scaled(config:)``.
    private static var scaledConfig: String {
        config.components(separatedBy: "\"image_tokenizer\"")[0] + """
            "image_tokenizer": {
                "codebook_size": 64, "codebook_dim": 3, "quantizer": {"kind": "plain"},
                "latent_channels": 8, "patch": 2, "norm": "channel", "norm_eps": 1e-6,
                "encoder": {"kind": "linear", "patch": 4},
                "decoder": {"channels": [8, 8, 8], "residual_blocks": [1, 1, 0], "attention": [false, false, false],
                            "middle": false,
                            "heads": [{"scale": 1, "level": 1, "patch": 2}, {"scale": 2, "level": 0, "patch": 2},
                                      {"scale": 4, "level": 0, "patch": 4}]}},
              "text": {"tokenizer": "text.model", "null": "<null>",
                       "begin_image": {"4x4": "<boi>", "8x8": "<boi16>"}, "max_tokens": 24},
              "sizes": [
                {"width": 16, "height": 16, "rows": 4, "columns": 4, "quality": "low"},
                {"width": 32, "height": 32, "rows": 4, "columns": 4, "quality": "low"},
                {"width": 32, "height": 32, "rows": 8, "columns": 8, "quality": "medium"},
                {"width": 64, "height": 64, "rows": 4, "columns": 4, "quality": "low"},
                {"width": 64, "height": 64, "rows": 8, "columns": 8, "quality": "medium"}]
            }
            """
    }

    /// The tensors of `image_tokenizer.safetensors` of ``scaled(config:)``.
    static let scaledTokenizer: [TensorSpec] =
        [TensorSpec("quantize.embedding.weight", 64, 3)]
        + convolution("encoder.conv_in", 3, 3, 4) + convolution("post_quant_conv", 8, 3, 1)
        + convolution("decoder.conv_in", 8, 8, 3) + convolution("decoder.conv_blocks.0.upsample.conv", 8, 8, 3)
        + residual("decoder.conv_blocks.1.res.0") + convolution("decoder.conv_blocks.1.upsample.conv", 8, 8, 3)
        + residual("decoder.conv_blocks.2.res.0")
        + [TensorSpec("decoder.ground.norm.weight", 8)] + convolution("decoder.ground.shares", 27, 8, 1)
        + [TensorSpec("decoder.ground.distance", 17, 17)]
        + head(scale: 1, patch: 2) + head(scale: 2, patch: 2) + head(scale: 4, patch: 4)

    private static func head(scale: Int, patch: Int) -> [TensorSpec] {
        let name = "decoder.heads.\(scale)"
        let (made, fixed) = (8 * patch * patch, 4 * 16 * scale * scale)
        return [TensorSpec("\(name).norm_out.weight", 8)] + convolution("\(name).conv_out", made, 8, 3)
            + convolution("\(name).skip", fixed, 3, 1)
    }

    private static func convolution(_ name: String, _ outputs: Int, _ inputs: Int, _ kernel: Int) -> [TensorSpec] {
        [TensorSpec("\(name).weight", outputs, inputs, kernel, kernel), TensorSpec("\(name).bias", outputs)]
    }

    private static func residual(_ name: String) -> [TensorSpec] {
        [TensorSpec("\(name).norm1.weight", 8)] + convolution("\(name).conv1", 8, 8, 3)
            + [TensorSpec("\(name).norm2.weight", 8)] + convolution("\(name).conv2", 8, 8, 3)
    }
}
