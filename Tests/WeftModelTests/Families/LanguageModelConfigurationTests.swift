// Configurations of language models: spellings, defaults, and what is refused.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct LanguageModelConfigurationTests {
    private static func decode(_ json: String) throws -> LanguageModelConfiguration {
        try JSONDecoder().decode(LanguageModelConfiguration.self, from: Data(json.utf8))
    }

    /// The keys of the fixture that holds transformers' defaults.
    private struct Reference: Decodable {
        let vocab_size, hidden_size, num_hidden_layers, num_attention_heads, num_key_value_heads, head_dim: Int
        let max_position_embeddings, intermediate_size: Int
        let sliding_window, bos_token_id, eos_token_id, pad_token_id: Int?
        let rms_norm_eps: Float
        let rope_theta: Double
        let tie_word_embeddings: Bool
        let num_experts, num_experts_per_tok, moe_intermediate_size: Int?
        let norm_topk_prob: Bool?
    }

    @Test func absentKeysHaveTransformersValues() throws {
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/language_model_defaults.json", withExtension: nil))
        let all = try JSONDecoder().decode([String: Reference].self, from: Data(contentsOf: url))
        #expect(all.count == 9)
        for (type, expected) in all {
            let c = try Self.decode("{\"model_type\": \"\(type)\"}")
            let d = try c.decoder(visual: 5..<25)
            #expect(c.vocabularySize == expected.vocab_size && d.textVocabulary == expected.vocab_size, "\(type)")
            #expect(d.hiddenSize == expected.hidden_size && d.layers == expected.num_hidden_layers, "\(type)")
            #expect(d.heads == expected.num_attention_heads && d.headDim == expected.head_dim, "\(type)")
            #expect(d.kvHeads == expected.num_key_value_heads, "\(type)")
            #expect(d.feedForward.hiddenSize == expected.intermediate_size, "\(type)")
            #expect(d.rmsNormEpsilon == expected.rms_norm_eps && d.rope.theta == expected.rope_theta, "\(type)")
            #expect(d.rope.scaling == nil && d.visualVocabulary == 20, "\(type)")
            #expect(d.tieVisualEmbeddings == expected.tie_word_embeddings, "\(type)")
            #expect(c.maximumPositions == expected.max_position_embeddings, "\(type)")
            #expect(c.slidingWindow == expected.sliding_window, "\(type)")
            #expect(c.bosToken == expected.bos_token_id && c.padToken == expected.pad_token_id, "\(type)")
            #expect(c.eosTokens == (expected.eos_token_id.map { [$0] } ?? []), "\(type)")
            #expect(d.moe?.experts == expected.num_experts && d.moe?.topK == expected.num_experts_per_tok, "\(type)")
            #expect(d.moe?.renormalize == (type == "mixtral" ? true : expected.norm_topk_prob), "\(type)")
            guard let moe = d.moe else { continue }
            #expect(moe.hiddenSize == expected.moe_intermediate_size ?? expected.intermediate_size, "\(type)")
            #expect(moe.layers == Array(0..<d.layers), "\(type)")
        }
    }

    @Test func theObjectMayStandInAnother() throws {
        let inner = "{\"hidden_size\": 2048, \"num_attention_heads\": 16}"
        for (type, key) in [("multi_modality", "language_config"), ("janus", "text_config")] {
            let c = try Self.decode("{\"model_type\": \"\(type)\", \"\(key)\": \(inner)}")
            #expect(c.modelType == .llama && c.hiddenSize == 2048 && c.headDim == 128)
        }
        #expect(try Self.decode("{\"model_type\": \"emu3\", \"text_config\": {}}").modelType == .emu3Text)
        let named = "{\"model_type\": \"any\", \"text_config\": {\"model_type\": \"qwen3\"}}"
        #expect(try Self.decode(named).modelType == .qwen3)
    }

    @Test(arguments: [
        "\"rope_theta\": 5e5, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 2}",
        "\"rope_theta\": 5e5, \"rope_scaling\": {\"rope_type\": \"linear\", \"type\": \"dynamic\", \"factor\": 2.0}",
        "\"rope_parameters\": {\"rope_theta\": 500000, \"rope_type\": \"linear\", \"factor\": 2}",
        "\"rope_theta\": 1, \"rope_parameters\": {\"rope_theta\": 500000, \"rope_type\": \"linear\", \"factor\": 2}",
    ])
    func spellingsOfRotation(_ keys: String) throws {
        let rope = try Self.decode("{\"model_type\": \"llama\", \(keys)}").decoder(visual: 0..<1).rope
        #expect(rope.theta == 5e5 && rope.scaling == RotaryScaling(kind: .linear, factor: 2))
    }

    @Test func yarnTakesWhatIsAbsentFromElsewhere() throws {
        let json = """
            {"model_type": "qwen2", "max_position_embeddings": 65536, "rope_scaling":
             {"type": "yarn", "factor": null, "original_max_position_embeddings": 16384, "beta_fast": 20}}
            """
        let scaling = try Self.decode(json).decoder(visual: 0..<1).rope.scaling
        let factor = RotaryScaling.attentionFactor(4, mscale: nil, mscaleAllDim: nil)
        #expect(
            scaling
                == RotaryScaling(
                    kind: .yarn, factor: 4, originalPositions: 16384, betaFast: 20, attentionFactor: factor))
    }

    /// Keys, and the window that follows.
    static let windows: [(String, Int?)] = [
        ("\"model_type\": \"mistral\", \"sliding_window\": null", nil),
        ("\"model_type\": \"mistral\", \"sliding_window\": 128", 128),
        ("\"model_type\": \"qwen2\", \"sliding_window\": 128", nil),
        ("\"model_type\": \"qwen2\", \"sliding_window\": 128, \"use_sliding_window\": true", 128),
        ("\"model_type\": \"qwen2\", \"use_sliding_window\": true, \"max_window_layers\": 32", nil),
        ("\"model_type\": \"qwen3\", \"use_sliding_window\": true, \"layer_types\": [\"full_attention\"]", nil),
        ("\"model_type\": \"qwen3\", \"use_sliding_window\": true, \"layer_types\": [\"sliding_attention\"]", 4096),
        ("\"model_type\": \"qwen3_moe\", \"use_sliding_window\": true", 4096),
        ("\"model_type\": \"llama\", \"sliding_window\": 5", nil),
    ]

    @Test(arguments: windows)
    func slidingWindows(keys: String, window: Int?) throws {
        #expect(try Self.decode("{\(keys)}").slidingWindow == window)
    }

    @Test func choicesOfLayersAndHeads() throws {
        let sparse = """
            {"model_type": "qwen3_moe", "num_hidden_layers": 6, "decoder_sparse_step": 2, "mlp_only_layers": [3],
             "num_local_experts": 4, "num_experts_per_tok": 4, "num_key_value_heads": null, "eos_token_id": [5, 6]}
            """
        let c = try Self.decode(sparse)
        let d = try c.decoder(visual: 0..<1)
        #expect(d.moe?.layers == [1, 5] && d.moe?.experts == 4 && d.kvHeads == 32 && c.eosTokens == [5, 6])
        #expect(
            try Self.decode("{\"model_type\": \"qwen3_moe\", \"num_experts\": 0}").decoder(visual: 0..<1).moe == nil)
        #expect(try Self.decode("{\"model_type\": \"gemma\", \"head_dim\": null}").headDim == 192)
        let legacy = try Self.decode("{\"model_type\": \"gemma\", \"hidden_act\": \"gelu\"}").decoder(visual: 0..<1)
        #expect(legacy.feedForward.activation == .geluTanh && legacy.normOffset)
        #expect(legacy.embeddingScale == Float(3072).squareRoot())
        let qwen = try Self.decode("{\"model_type\": \"qwen2\", \"attention_bias\": false}").decoder(visual: 0..<1)
        #expect(qwen.attentionBias && !qwen.attentionOutputBias)
    }

    /// Keys beside the type, and the error.
    static let mistakes: [(String, String)] = [
        ("\"model_type\": \"llama4\"", "\"model_type\" is \"llama4\"; known are llama, mistral,"),
        ("", "\"model_type\" is missing"),
        ("\"model_type\": 3", "\"model_type\" is 3.0, which is not of the type String"),
        (
            "\"model_type\": \"llama\", \"num_attention_heads\": 0",
            "\"num_attention_heads\" is 0; it must be in 1...16384"
        ),
        ("\"model_type\": \"llama\", \"hidden_size\": -4096", "\"hidden_size\" is -4096; it must be in 1...16777216"),
        (
            "\"model_type\": \"llama\", \"hidden_size\": 4097",
            "\"hidden_size\" is 4097, which does not make an even number"
        ),
        (
            "\"model_type\": \"llama\", \"hidden_size\": \"big\"",
            "\"hidden_size\" is \"big\", which is not of the type Int"
        ),
        ("\"model_type\": \"llama\", \"num_hidden_layers\": 1e9", "\"num_hidden_layers\" is 1000000000; it must be in"),
        (
            "\"model_type\": \"llama\", \"num_key_value_heads\": 5",
            "\"num_key_value_heads\" is 5, which does not divide"
        ),
        ("\"model_type\": \"llama\", \"head_dim\": 7", "\"head_dim\" is 7, which is odd"),
        ("\"model_type\": \"llama\", \"hidden_act\": \"relu\"", "\"hidden_act\" is \"relu\"; known are silu,"),
        (
            "\"model_type\": \"llama\", \"rms_norm_eps\": -1",
            "\"rms_norm_eps\" is -1.0; it must be a number from 0.0 up"
        ),
        ("\"model_type\": \"llama\", \"rope_theta\": 0", "\"rope_theta\" is 0.0; it must be a number above 0.0"),
        (
            "\"model_type\": \"llama\", \"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2}",
            "\"rope_scaling.type\" is \"dynamic\"; known are default, linear, llama3, yarn"
        ),
        (
            "\"model_type\": \"llama\", \"rope_parameters\": {\"rope_type\": \"linear\"}",
            "\"rope_parameters.factor\" is missing"
        ),
        (
            "\"model_type\": \"llama\", \"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8}",
            "\"rope_scaling.low_freq_factor\" is missing"
        ),
        ("\"model_type\": \"llama\", \"rope_scaling\": 2", "\"rope_scaling\" is not an object"),
        (
            "\"model_type\": \"llama\", \"partial_rotary_factor\": 0.5",
            "\"partial_rotary_factor\" is 0.5; heads that rotate in part are not known"
        ),
        (
            "\"model_type\": \"llama\", \"quantization_config\": {\"bits\": 4}",
            "\"quantization_config\" is set; quantised weights are not known"
        ),
        (
            "\"model_type\": \"janus\", \"text_config\": {\"vocab_size\": 0}",
            "\"text_config.vocab_size\" is 0; it must be in 1...16777216"
        ),
        (
            "\"model_type\": \"qwen3\", \"layer_types\": [\"linear_attention\"]",
            "\"layer_types\" has \"linear_attention\"; known are full_attention and sliding_attention"
        ),
        (
            "\"model_type\": \"mixtral\", \"num_experts_per_tok\": 9",
            "\"num_experts_per_tok\" is 9; it must be in 1...8"
        ),
        (
            "\"model_type\": \"mixtral\", \"num_local_experts\": 0",
            "\"num_local_experts\" is 0; it must be in 1...16384"
        ),
        ("\"model_type\": \"qwen3_moe\", \"decoder_sparse_step\": 0", "\"decoder_sparse_step\" is 0; it must be in"),
        (
            "\"model_type\": \"gemma\", \"use_bidirectional_attention\": true",
            "\"use_bidirectional_attention\" is true; only causal attention is known"
        ),
    ]

    @Test(arguments: mistakes)
    func refusedValues(keys: String, message: String) throws {
        let error = #expect(throws: LanguageModelError.self) { try Self.decode("{\(keys)}") }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: [0..<0, 50..<91, 90..<95])
    func visualTokensOutsideOfTheVocabulary(_ visual: Range<Int>) throws {
        let c = try Self.decode("{\"model_type\": \"llama\", \"vocab_size\": 90}")
        let error = #expect(throws: LanguageModelError.self) { try c.decoder(visual: visual) }
        #expect(
            error?.description
                == "\"vocab_size\" is 90; the visual tokens \(visual.lowerBound)..<\(visual.upperBound) are not in it")
    }
}
