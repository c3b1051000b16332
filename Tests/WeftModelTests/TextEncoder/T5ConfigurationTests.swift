// What a T5 encoder's configuration accepts and how it sorts distances.

import Foundation
import Testing
import WeftModel

@Suite struct T5ConfigurationTests {
    private func decode(_ json: String) throws -> T5Configuration {
        try JSONFile.decode(T5Configuration.self, from: Data(json.utf8), path: "config.json")
    }

    private func message(_ json: String) -> String {
        do {
            _ = try decode(json)
            return "nothing"
        } catch { return "\(error)" }
    }

    @Test func flanT5XL() throws {
        let configuration = try decode(
            """
            {"architectures": ["T5ForConditionalGeneration"], "d_ff": 5120, "d_kv": 64, "d_model": 2048,
             "decoder_start_token_id": 0, "dropout_rate": 0.1, "eos_token_id": 1, "feed_forward_proj": "gated-gelu",
             "initializer_factor": 1.0, "is_encoder_decoder": true, "layer_norm_epsilon": 1e-06, "model_type": "t5",
             "n_positions": 512, "num_decoder_layers": 24, "num_heads": 32, "num_layers": 24, "output_past": true,
             "pad_token_id": 0, "relative_attention_num_buckets": 32, "tie_word_embeddings": false,
             "use_cache": true, "vocab_size": 32128}
            """)
        #expect(configuration.modelSize == 2048 && configuration.feedForwardSize == 5120)
        #expect(configuration.heads == 32 && configuration.headDim == 64 && configuration.layers == 24)
        #expect(configuration.feedForward == .gatedGELU && configuration.epsilon == 1e-6)
        #expect(configuration.vocabularySize == 32128)
        #expect(configuration.buckets == DistanceBuckets(count: 32, maximumDistance: 128))
    }

    @Test func absentKeysHaveTheDefaultsOfTransformers() throws {
        let configuration = try decode("{\"model_type\": \"t5\"}")
        #expect(configuration.modelSize == 512 && configuration.feedForwardSize == 2048)
        #expect(configuration.heads == 8 && configuration.headDim == 64 && configuration.layers == 6)
        #expect(configuration.feedForward == .relu && configuration.vocabularySize == 32128)
        #expect(configuration.buckets == DistanceBuckets(count: 32, maximumDistance: 128))
    }

    @Test(arguments: [
        ("{}", "\"model_type\" is missing"),
        ("[]", "is not an object"),
        ("{\"model_type\": \"mt5\"}", "\"model_type\" is \"mt5\"; known are t5"),
        (
            "\"feed_forward_proj\": \"gated-silu\"",
            "\"feed_forward_proj\" is \"gated-silu\"; known are relu, gated-gelu"
        ),
        ("\"feed_forward_proj\": 3", "\"feed_forward_proj\" is 3.0, which is not of the type String"),
        ("\"num_heads\": 0", "\"num_heads\" is 0; it must be in 1...1024"),
        ("\"num_heads\": -4", "\"num_heads\" is -4; it must be in 1...1024"),
        ("\"num_heads\": 1e30", "\"num_heads\" is 1e+30, which is not of the type Int"),
        ("\"d_kv\": 0", "\"d_kv\" is 0; it must be in 1...65536"),
        ("\"d_model\": 9223372036854775807", "\"d_model\" is 9223372036854775807; it must be in 1...65536"),
        ("\"d_ff\": 65537", "\"d_ff\" is 65537; it must be in 1...65536"),
        ("\"num_layers\": 1025", "\"num_layers\" is 1025; it must be in 1...1024"),
        ("\"vocab_size\": 16777217", "\"vocab_size\" is 16777217; it must be in 1...16777216"),
        (
            "\"num_heads\": 1024, \"d_kv\": 65",
            "\"num_heads\" is 1024 and \"d_kv\" is 65; their product must be at most 65536"
        ),
        ("\"layer_norm_epsilon\": -1", "\"layer_norm_epsilon\" is -1.0; it must be a number from 0.0 up"),
        (
            "\"relative_attention_num_buckets\": 3",
            "\"relative_attention_num_buckets\" is 3; it must be in 4...65536"
        ),
        (
            "\"relative_attention_max_distance\": 8",
            "\"relative_attention_max_distance\" is 8; it must be above a quarter of the 32 of "
                + "\"relative_attention_num_buckets\""
        ),
        ("\"quantization_config\": {}", "\"quantization_config\" is set; quantised weights are not known"),
    ])
    func impossibleValues(_ json: String, _ expected: String) {
        let whole = json.first == "\"" ? "{\"model_type\": \"t5\", \(json)}" : json
        #expect(message(whole) == "config.json: \(expected)")
    }

    /// Buckets of the offsets from -511 to 511.
    private struct Table: Decodable {
        let count: Int
        let distance: Int
        let buckets: [Int]
    }

    @Test func bucketsOfTheReference() throws {
        let tables = try JSONFile.read([Table].self, from: T5Fixture.path("t5_buckets.json"))
        #expect(tables.count == 6)
        for table in tables {
            let buckets = DistanceBuckets(count: table.count, maximumDistance: table.distance)
            #expect((-511...511).map { buckets.bucket(of: $0) } == table.buckets, "\(table.count) \(table.distance)")
        }
    }

    @Test func bucketsOfAnyConfigurationExist() {
        for count in [4, 5, 6, 7, 9, 33, 65536] {
            for distance in [count / 4 + 1, count, Int(Int32.max)] {
                let buckets = DistanceBuckets(count: count, maximumDistance: distance)
                #expect((-511...511).allSatisfy { (0..<count).contains(buckets.bucket(of: $0)) })
            }
        }
    }
}
