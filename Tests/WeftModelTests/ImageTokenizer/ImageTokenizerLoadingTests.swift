// Tests of configurations and checkpoints that do not fit.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct ImageTokenizerLoadingTests {
    // MARK: - Configuration

    @Test func configurationsAreRead() throws {
        let configuration = try TokenizerFixture.scalar.configuration()
        #expect(configuration.quantizer.kind == .scalar && configuration.quantizer.levels == [8, 5])
        #expect(configuration.norm == .channel && configuration.patch == 4 && configuration.downsampling == 8)
        guard case .levels(let encoder) = configuration.encoder else { return #expect(Bool(false), "levels are read") }
        #expect(!encoder.middle && configuration.decoder.middleAttention && configuration.scales == [1])
        let json = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(ImageTokenizerConfiguration.self, from: json) == configuration)
        #expect(try TokenizerFixture.llamaGen.configuration().downsampling == 4)
    }

    /// What stands in the file, what is put there instead, and the error.
    static let mistakes = [
        ("\"codebook_size\": 40", "\"codebook_size\": 0", "codebook_size: 0 is not in 1...16777216"),
        ("\"codebook_size\": 40", "\"codebook_size\": \"40\"", "codebook_size: is not of the type Int"),
        ("\"codebook_size\": 40", "\"codebooksize\": 40", "codebook_size: is missing"),
        ("\"codebook_size\": 40", "\"codebook_size\": null", "codebook_size: is null"),
        (
            "\"codebook_size\": 40", "\"codebook_size\": 41",
            "quantizer.levels: the product of [8, 5] is not the codebook_size 41"
        ),
        ("\"codebook_dim\": 2", "\"codebook_dim\": -2", "codebook_dim: -2 is not in 1...4096"),
        (
            "\"codebook_dim\": 2", "\"codebook_dim\": 3",
            "quantizer.levels: [8, 5] has not one entry for each of the 3 of codebook_dim"
        ),
        ("\"fsq\"", "\"lfq\"", "quantizer.kind: \"lfq\" is not one of fsq, l2, plain"),
        ("\"fsq\"", "\"l2\"", "quantizer.levels: [8, 5] has no meaning for the kind l2"),
        ("\"levels\"", "\"steps\"", "quantizer.levels: is missing"),
        ("\"latent_channels\": 8", "\"latent_channels\": 9000", "latent_channels: 9000 is not in 1...8192"),
        ("\"patch\": 4", "\"patch\": 0", "patch: 0 is not in 1...32"),
        ("\"channel\"", "\"layer\"", "norm: \"layer\" is not one of group, channel, spatial"),
        ("\"channel\"", "\"group\"", "norm_groups: is missing"),
        ("\"channel\"", "\"group\", \"norm_groups\": 0", "norm_groups: 0 is not in 1...8192"),
        ("\"channel\"", "\"group\", \"norm_groups\": 8", "decoder.channels: 12 is not a multiple of norm_groups 8"),
        ("\"norm_eps\": 1e-06", "\"norm_eps\": 0", "norm_eps: 0.0 is not in (0, 1)"),
        ("[12, 20]", "[]", "decoder.channels: the count of levels: 0 is not in 1...8"),
        ("[12, 20]", "[12, 0]", "decoder.channels: 0 is not in 1...8192"),
        (
            "[12, 20]", "[12, 20, 20]",
            "decoder.residual_blocks: [2, 1] has not one entry for each of the channels [12, 20, 20]"
        ),
        ("[2, 1]", "[2, -1]", "decoder.residual_blocks: -1 is not in 0...64"),
        (
            "[2, 1]", "[0, 1]",
            "decoder.channels: [12, 20]: a level without residual blocks cannot change the width"
        ),
        ("\"middle_attention\"", "\"attention_in_the_middle\"", "decoder.middle_attention: is missing"),
        ("\"middle\": true", "\"middle\": \"yes\"", "decoder.middle: is not of the type Bool"),
        ("\"decoder\"", "\"encoder2\"", "decoder: is missing"),
    ]

    @Test(arguments: mistakes) func mistakesAreNamed(old: String, new: String, message: String) throws {
        try expectMistake("image_tokenizer_scalar", old: old, new: new, message: message)
    }

    @Test func encoderAndDecoderMustAgree() throws {
        var configuration = try TokenizerFixture.llamaGen.configuration()
        configuration.encoder = .levels(
            .init(channels: [8], residualBlocks: [1], attention: [false], middle: false, middleAttention: false))
        let error = #expect(throws: ImageTokenizerError.self) { try configuration.validate() }
        #expect(
            error?.description
                == "image_tokenizer.encoder.channels: [8] makes 1 pixels a token, decoder.channels [8, 8, 12] 4")
    }

    // MARK: - Checkpoints

    @Test func aMissingTensor() throws {
        var configuration = try TokenizerFixture.llamaGen.configuration()
        configuration.decoder.residualBlocks[0] = 2
        let error = try loadingError(configuration)
        #expect(error.tensor == "decoder.conv_blocks.2.res.1.norm1.weight")
        #expect(error.reason == "is missing")
        #expect(error.file.hasSuffix("image_tokenizer_llamagen.safetensors"))
    }

    @Test func aTensorOfAnotherShape() throws {
        var configuration = try TokenizerFixture.llamaGen.configuration()
        configuration.latentChannels = 16
        let error = try loadingError(configuration)
        #expect(error.tensor == "encoder.conv_out.weight")
        #expect(error.reason == "has the shape [8, 12, 3, 3] instead of [16, 12, 3, 3]")
    }

    @Test func aTensorThatIsLeftOver() throws {
        var configuration = try TokenizerFixture.llamaGen.configuration()
        configuration.decoder.residualBlocks[2] = 1
        let error = try loadingError(configuration)
        #expect(error.tensor?.hasPrefix("decoder.conv_blocks.0.") == true)
        #expect(error.reason.hasPrefix("is left over"))
    }

    @Test func anImpossibleConfigurationIsRefusedBeforeTensorsAreRead() throws {
        var configuration = try TokenizerFixture.llamaGen.configuration()
        configuration.patch = -1
        let error = #expect(throws: ImageTokenizerError.self) {
            try ImageTokenizer(configuration, tensors: TensorReader([]))
        }
        #expect(error?.description == "image_tokenizer.patch: -1 is not in 1...32")
    }

    @Test func withoutEncoderOnlyDecodingWorks() throws {
        var configuration = try TokenizerFixture.llamaGen.configuration()
        configuration.encoder = nil
        let reader = TensorReader([try TokenizerFixture.llamaGen.weights()])
        let tokenizer = try ImageTokenizer(configuration, tensors: reader)
        try reader.finish(ignoring: ["encoder.", "quant_conv."])
        #expect(!tokenizer.canEncode)
        let pool = ThreadPool(threadCount: 2)
        let workspace = try ImageTokenizer.Workspace(configuration, rows: 4, columns: 4)
        let tokens = try TokenizerFixture.llamaGen.expected("decode.4x4.tokens").map { Int($0) }
        let pixels = try tokenizer.decode(tokens: tokens, rows: 4, columns: 4, workspace: workspace, pool: pool)
        #expect(largestDifference(pixels, try TokenizerFixture.llamaGen.expected("decode.4x4.pixels")) < 2e-5)
        let error = #expect(throws: ImageTokenizerError.self) {
            try tokenizer.encode(pixels: pixels, height: 16, width: 16, workspace: workspace, pool: pool)
        }
        #expect(error?.code == .encoder)
    }

    private func loadingError(_ configuration: ImageTokenizerConfiguration) throws -> WeightsError {
        let error = #expect(throws: WeightsError.self) {
            let reader = TensorReader([try TokenizerFixture.llamaGen.weights()])
            _ = try ImageTokenizer(configuration, tensors: reader)
            try reader.finish()
        }
        return try #require(error)
    }
}
