// The JSON of decoders: what it means and what is refused.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct DecoderConfigurationTests {
    private static let json = """
        {"hidden_size": 256, "layers": 6, "heads": 4, "kv_heads": 2, "head_dim": 64, "rms_norm_eps": 1e-6,
         "qk_norm": true, "attention_bias": false,
         "rope": {"kind": "2d", "theta": 100.0, "pairs": "half", "prefix": "negative"},
         "feed_forward": {"activation": "silu", "hidden_size": 512},
         "moe": {"layers": [1, 3, 5], "experts": 8, "top_k": 2, "hidden_size": 192, "router": "softmax",
          "renormalize": true, "shared_experts": 0, "shared_hidden_size": 0, "selection_bias": false, "scaling": 1.0},
         "text_vocabulary": 1024, "visual_vocabulary": 4096, "tie_visual_embeddings": false}
        """

    private static func decode(_ json: String) throws -> DecoderConfiguration {
        try JSONDecoder().decode(DecoderConfiguration.self, from: Data(json.utf8))
    }

    @Test func readsEveryKey() throws {
        let c = try Self.decode(Self.json)
        let moe = DecoderConfiguration.MixtureOfExperts(
            layers: [1, 3, 5], experts: 8, topK: 2, hiddenSize: 192, router: .softmax, renormalize: true)
        let expected = try DecoderConfiguration(
            hiddenSize: 256, layers: 6, heads: 4, kvHeads: 2, headDim: 64, rmsNormEpsilon: 1e-6, qkNorm: .rms,
            attentionBias: false, rope: .init(kind: .grid, theta: 100, pairs: .half, prefix: .negative),
            feedForward: .init(activation: .silu, hiddenSize: 512), moe: moe, textVocabulary: 1024,
            visualVocabulary: 4096)
        #expect(c == expected)
        #expect(!c.isMixture(0) && c.isMixture(5))
    }

    @Test func expertsMayBeLeftOut() throws {
        let start = try #require(Self.json.range(of: "\"moe\""))
        let end = try #require(Self.json.range(of: "\"text_vocabulary\""))
        for value in ["", "\"moe\": null, "] {
            let json = Self.json[..<start.lowerBound] + value + Self.json[end.lowerBound...]
            #expect(try Self.decode(String(json)).moe == nil)
        }
    }

    @Test(arguments: DecoderFixture.all)
    func survivesEncoding(_ fixture: DecoderFixture) throws {
        let c = try fixture.configuration()
        #expect(try JSONDecoder().decode(DecoderConfiguration.self, from: JSONEncoder().encode(c)) == c)
    }

    /// What is replaced, by what, and the error.
    static let mistakes: [(String, String, String)] = [
        ("\"layers\": 6,", "", "layers: is missing"),
        ("\"layers\": 6", "\"layers\": 0", "layers: 0 is not in 1...16384"),
        ("\"layers\": 6", "\"layers\": \"six\"", "layers: \"six\" is not of the type Int"),
        ("\"layers\": 6", "\"layers\": null", "layers: null is not of the type Int"),
        ("\"layers\": 6", "\"layers\": 1.5", "layers: 1.5 is not of the type Int"),
        ("\"layers\": 6", "\"layers\": 6, \"dropout\": 0", "dropout: is not a known key"),
        ("\"pairs\"", "\"scaling\": 2, \"pairs\"", "rope.scaling: 2.0 is not of the type RotaryScaling"),
        ("\"pairs\"", "\"base\": 2, \"pairs\"", "rope.base: is not a known key"),
        ("\"hidden_size\": 256", "\"hidden_size\": -1", "hidden_size: -1 is not in 1...16777216"),
        ("\"kv_heads\": 2", "\"kv_heads\": 3", "kv_heads: 3 does not divide the 4 heads"),
        ("\"kv_heads\": 2", "\"kv_heads\": 8", "kv_heads: 8 is not in 1...4"),
        ("\"head_dim\": 64", "\"head_dim\": 7", "head_dim: 7 is odd"),
        ("\"head_dim\": 64", "\"head_dim\": 6", "head_dim: 6 is not a multiple of 4, which rotation on a grid needs"),
        ("1e-6", "-1", "rms_norm_eps: -1.0 is not a number from 0 up"),
        ("\"qk_norm\": true", "\"qk_norm\": \"head\"", "qk_norm: \"head\" is not one of none, rms, layer"),
        ("\"qk_norm\": true", "\"qk_norm\": 1.5", "qk_norm: 1.5 is not of the type String"),
        ("\"moe\"", "\"norm_placement\": \"post\", \"moe\"", "norm_placement: \"post\" does not go with experts"),
        ("\"moe\"", "\"norm_placement\": \"mid\", \"moe\"", "norm_placement: \"mid\" is not one of pre, post"),
        ("\"qk_norm\"", "\"visual_code_size\": 0, \"qk_norm\"", "visual_code_size: 0 is not in 1...16777216"),
        ("\"2d\"", "\"3d\"", "rope.kind: \"3d\" is not one of 1d, 2d"),
        ("\"half\"", "\"both\"", "rope.pairs: \"both\" is not one of half, interleaved"),
        ("\"negative\"", "\"none\"", "rope.prefix: \"none\" is not one of negative, zeroed, sequential"),
        ("\"negative\"", "\"sequential\"", "rope.prefix: \"sequential\" does not go with the kind \"2d\""),
        ("\"2d\"", "\"1d\"", "rope.prefix: \"negative\" does not go with the kind \"1d\""),
        ("100.0", "0", "rope.theta: 0.0 is not a number above 0"),
        ("\"silu\"", "\"relu\"", "feed_forward.activation: \"relu\" is not one of silu, gelu, gelu_tanh"),
        ("512", "0", "feed_forward.hidden_size: 0 is not in 1...16777216"),
        ("[1, 3, 5]", "[1, 6]", "moe.layers: 6 is not in 0...5"),
        ("[1, 3, 5]", "[3, 3]", "moe.layers: 3 is not above the layer before it, 3"),
        ("\"experts\": 8", "\"experts\": 0", "moe.experts: 0 is not in 1...16384"),
        ("\"top_k\": 2", "\"top_k\": 9", "moe.top_k: 9 is not in 1...8"),
        ("192", "0", "moe.hidden_size: 0 is not in 1...16777216"),
        ("\"softmax\"", "\"noisy\"", "moe.router: \"noisy\" is not one of softmax, sigmoid"),
        ("\"renormalize\": true,", "", "moe.renormalize: is missing"),
        ("\"shared_experts\": 0", "\"shared_experts\": 1", "moe.shared_hidden_size: 0 is not in 1...16777216"),
        (
            "\"shared_hidden_size\": 0", "\"shared_hidden_size\": 4",
            "moe.shared_hidden_size: 4 should be 0 without shared experts"
        ),
        ("1024", "-1", "text_vocabulary: -1 is not in 0...16777216"),
        ("4096", "0", "visual_vocabulary: 0 is not in 1...16777216"),
    ]

    @Test(arguments: mistakes)
    func refusedValues(old: String, new: String, message: String) throws {
        let changed = Self.json.replacingOccurrences(of: old, with: new)
        #expect(changed != Self.json)
        let error = #expect(throws: DecoderError.self) { try Self.decode(changed) }
        #expect(error?.description == "transformer." + message)
        #expect(error?.code == .configuration)
    }
}
