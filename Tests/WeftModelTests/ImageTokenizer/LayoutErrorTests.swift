// Tests of image tokenizers in other layouts that do not fit, and of the descriptions beside them.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct LayoutErrorTests {
    // MARK: - Tensors

    /// A fixture, the tensor to take away, and whether sizes cannot even be read without it.
    static let needed: [(LayoutFixture, String)] = [
        (.llamaGen, "quantize.embedding.weight"), (.llamaGen, "post_quant_conv.weight"),
        (.llamaGen, "decoder.conv_in.weight"), (.llamaGen, "decoder.mid.1.proj_out.bias"),
        (.llamaGen, "decoder.mid.0.conv1.weight"), (.llamaGen, "decoder.conv_blocks.0.attn.0.norm.weight"),
        (.janus, "vqmodel.decoder.up.0.upsample.conv.bias"), (.janus, "vqmodel.decoder.norm_out.bias"),
        (.chameleon, "decoder.up.1.block.0.conv2.weight"), (.chameleon, "decoder.up.0.block.0.nin_shortcut.weight"),
        (.chameleon, "decoder.mid.attn_1.k.weight"), (.ibq, "decoder.conv_out.weight"),
        (.emu3, "decoder.time_res_stack.0.norm2.running_var"), (.emu3, "post_quant_conv.conv.weight"),
        (.emu3, "decoder.up.0.block.1.norm1.conv_y.weight"), (.emu3, "decoder.time_conv.1.conv.conv.bias"),
        (.emu3Transformers, "vqmodel.decoder.middle_block.attn_norm.conv_b.bias"),
        (.emu3Transformers, "vqmodel.decoder.up_block.up.1.attn_norms.1.norm_layer.weight"),
        (.emu3Transformers, "vqmodel.decoder.up_block.up.1.attn.0.out_proj.weight"),
    ]

    @Test(arguments: needed) func missingTensorsAreNamed(_ fixture: LayoutFixture, name: String) throws {
        let error = try loadingError(fixture) { $0[name] = nil }
        #expect(error.tensor == name)
        #expect(error.reason.hasPrefix("is missing"))
    }

    @Test(arguments: LayoutFixture.all) func leftOverTensorsAreNamed(_ fixture: LayoutFixture) throws {
        let prefix = try fixture.layout().prefix
        for name in ["decoder.extra.weight", "decoder.up.9.block.0.conv1.weight", "post_quant_conv.more"] {
            let error = try loadingError(fixture) { tensors in
                tensors[prefix + name] = Tensor(name: name, shape: [1], floats: [0])
            }
            #expect(error.tensor == prefix + name)
            #expect(error.reason.hasPrefix("is left over"))
        }
    }

    @Test func whatIsNotOfTheDecoderIsNotLookedAt() throws {
        for fixture in LayoutFixture.all {
            let file = try ChangedFile(fixture.weights()) { tensors in
                for name in ["encoder.more", "loss.weight", "text_model.norm.weight", "quantize.codebook_used"] {
                    tensors[name] = Tensor(name: name, shape: [1], floats: [0])
                }
            }
            _ = try fixture.read([file], false).makeImageTokenizer()
        }
    }

    @Test func wrongShapesAreNamed() throws {
        let (fixture, name) = (LayoutFixture.emu3, "decoder.up.0.block.0.norm1.conv_b.weight")
        var error = try loadingError(fixture) { $0[name] = $0[name]?.reshaped([16, 8, 1, 1]) }
        #expect(error.tensor == name && error.reason == "has the shape [16, 8, 1, 1] instead of [32, 4, 1, 1]")
        error = try loadingError(fixture) { $0["post_quant_conv.conv.weight"] = $0["decoder.norm_out.conv_b.bias"] }
        #expect(error.tensor == "post_quant_conv.conv.weight")
        error = try loadingError(.chameleon) { tensors in
            tensors["decoder.conv_in.weight"] = Tensor(name: "", shape: [], floats: [1])
        }
        #expect(error.description.hasSuffix("\"decoder.conv_in.weight\": has the shape [], not 2 dimensions or more"))
        // Sizes that make no network.
        error = try loadingError(.ibq) { tensors in
            tensors["decoder.conv_in.weight"] = Tensor(
                name: "", shape: [48, 14, 3, 3], floats: [Float](repeating: 0, count: 48 * 14 * 9))
        }
        #expect(error.tensor == "decoder.conv_in.weight" || error.reason.contains("norm_groups"))
        error = try loadingError(.llamaGen) { tensors in
            tensors["quantize.embedding.weight"] = Tensor(name: "", shape: [0, 5], floats: [])
        }
        #expect(error.reason == "image_tokenizer.codebook_size: 0 is not in 1...16777216")
    }

    @Test func filesWithoutImageTokenizer() throws {
        let file = try ChangedFile(LayoutFixture.ibq.weights(), prefix: "other.")
        for read in [ImageTokenizerLayout.llamaGen, ImageTokenizerLayout.janus, ImageTokenizerLayout.emu3] {
            let error = #expect(throws: WeightsError.self) { try read([file], false) }
            #expect(error?.reason == "is missing: there is no image tokenizer")
        }
        #expect(throws: WeightsError.self) { try ImageTokenizerLayout.recognize([file], encoder: false) }
        #expect(throws: WeightsError.self) { try ImageTokenizerLayout.taming([], encoder: false) }
    }

    @Test func emu3CannotEncode() throws {
        let error = #expect(throws: ImageTokenizerError.self) { try LayoutFixture.emu3.layout(encoder: true) }
        #expect(error?.code == .encoder)
        #expect(
            error?.description
                == "Emu3's image tokenizer encodes videos of several moments: it can decode pictures only")
    }

    @Test func spatialNormsGoWithoutEncoder() throws {
        var configuration = try LayoutFixture.emu3.layout().configuration
        configuration.encoder = .levels(configuration.decoder)
        var error = #expect(throws: ImageTokenizerError.self) { try configuration.validate() }
        #expect(error?.description.hasSuffix("encoder: does not go with spatial norms or temporal layers") == true)
        configuration.encoder = nil
        configuration.latentChannels = 5
        error = #expect(throws: ImageTokenizerError.self) { try configuration.validate() }
        #expect(error?.description.hasSuffix("temporal: needs latent_channels 5 to be codebook_dim 4") == true)
        configuration.temporal?.convolutions = 65
        error = #expect(throws: ImageTokenizerError.self) { try configuration.validate() }
        #expect(error?.description.hasSuffix("temporal.convolutions: 65 is not in 0...64") == true)
    }

    // MARK: - Descriptions

    /// What stands in chameleon.yaml, what is put there instead, and the error.
    static let mistakes = [
        ("ch: 32", "ch: thirty", "line 12: ch: \"thirty\" is not a whole number"),
        ("ch: 32", "ch: -32", "line 12: ch: \"-32\" is not a whole number"),
        ("ch: 32", "ch: 64", "line 13: ch_mult: [1, 2] times ch 64, but the tensors' channels are [32, 64]"),
        ("[1, 2]", "[1, 2", "line 13: ch_mult: \"[1, 2\" is not a list"),
        ("[1, 2]", "[1, x]", "line 13: ch_mult: \"x\" is not a whole number"),
        ("[1, 2]", "[1, 2, 2]", "line 13: ch_mult: [1, 2, 2] times ch 32, but the tensors' channels are [32, 64]"),
        (
            "[1, 2]", "[1, 9223372036854775807]",
            "line 13: ch_mult: [1, 9223372036854775807] times ch 32, but the tensors' channels are [32, 64]"
        ),
        ("[1, 2]", "[1,1,1,1,1,1,1,1,1]", "line 13: ch_mult: more than 8 levels"),
        ("n_embed: 48", "n_embed: 8192", "line 5: n_embed: 8192, but the tensors make it 48"),
        ("embed_dim: 6", "embed_dim: 256", "line 4: embed_dim: 256, but the tensors make it 6"),
        ("z_channels: 10", "z_channels: 256", "line 8: z_channels: 256, but the tensors make it 10"),
        ("out_ch: 3", "out_ch: 4", "line 11: out_ch: 4, but the tensors make it 3"),
        (
            "num_res_blocks: 0", "num_res_blocks: 2",
            "line 14: num_res_blocks: 2, but the decoder's tensors make [1, 1] blocks, which should be one more each"
        ),
        ("dropout: 0.0", "tanh_out: True", "line 16: tanh_out: \"True\" is not supported"),
    ]

    @Test(arguments: mistakes) func descriptionsAreCompared(old: String, new: String, message: String) throws {
        let text = try String(contentsOf: layoutURL("chameleon", "yaml"), encoding: .utf8)
        try #require(text.contains(old))
        let path = try temporary(text.replacingOccurrences(of: old, with: new))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let error = #expect(throws: CheckpointError.self) { try chameleon(path) }
        #expect(error?.description == "\(path): \(message)")
    }

    @Test(arguments: ["", "\n", "- 1\n- 2\n", "ch_mult:\n- 1\n- 2\nch: 32 # channels\n", ":\n::\n", "ch_mult: [1, 2]"])
    func descriptionsMaySayLittle(text: String) throws {
        let path = try temporary(text)
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try chameleon(path)
    }

    @Test func descriptionsThatAreNone() throws {
        let path = try temporary(String(repeating: "ch: 32\n", count: 10000))
        defer { try? FileManager.default.removeItem(atPath: path) }
        var error = #expect(throws: CheckpointError.self) { try chameleon(path) }
        #expect(error?.description == "\(path): is not text of at most 65536 bytes")
        try Data([0xff, 0xfe, 0x00]).write(to: URL(fileURLWithPath: path))
        error = #expect(throws: CheckpointError.self) { try chameleon(path) }
        #expect(error?.description == "\(path): is not text of at most 65536 bytes")
        error = #expect(throws: CheckpointError.self) { try chameleon("/nowhere/vqgan.yaml") }
        #expect(error?.description == "/nowhere/vqgan.yaml: cannot be opened")
        try Data("ch_mult:\n".utf8 + Data(repeating: 0x2d, count: 60000)).write(to: URL(fileURLWithPath: path))
        error = #expect(throws: CheckpointError.self) { try chameleon(path) }
        #expect((error?.description.utf8.count ?? 0) < 200 + path.utf8.count)
    }

    // MARK: - Helpers

    private func chameleon(_ description: String) throws -> ImageTokenizerLayout {
        try .taming([LayoutFixture.chameleon.weights()], encoder: false, description: description)
    }

    private func temporary(_ text: String) throws -> String {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml")
        try Data(text.utf8).write(to: url)
        return url.path
    }

    private func loadingError(
        _ fixture: LayoutFixture, _ change: (inout [String: Tensor]) -> Void
    ) throws -> WeightsError {
        let file = try ChangedFile(fixture.weights(), change)
        let error = #expect(throws: WeightsError.self) {
            _ = try fixture.read([file], false).makeImageTokenizer()
        }
        return try #require(error)
    }
}
