// Where the tensors of decoders stand in the files of others.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct LanguageModelNamesTests {
    private func configuration(_ type: String) throws -> LanguageModelConfiguration {
        let json = "{\"model_type\": \"\(type)\", \"vocab_size\": 90}"
        return try JSONDecoder().decode(LanguageModelConfiguration.self, from: Data(json.utf8))
    }

    @Test func tensorsOfLayers() throws {
        let names = try configuration("qwen3_moe").names(prefix: "m.", head: "h.weight", visual: 40..<60)
        #expect(names("head.weight") == TensorPlace("h.weight", part: .rows(40..<60, total: 90)))
        #expect(
            names("visual_embedding.weight") == TensorPlace("m.embed_tokens.weight", part: .rows(40..<60, total: 90)))
        let places = [
            "text_embedding.weight": "m.embed_tokens.weight", "norm.weight": "m.norm.weight",
            "layers.12.attention_norm.weight": "m.layers.12.input_layernorm.weight",
            "layers.0.feed_forward_norm.weight": "m.layers.0.post_attention_layernorm.weight",
            "layers.0.attention.query.bias": "m.layers.0.self_attn.q_proj.bias",
            "layers.0.attention.key_norm.weight": "m.layers.0.self_attn.k_norm.weight",
            "layers.0.feed_forward.gate.bias": "m.layers.0.mlp.gate_proj.bias",
            "layers.0.moe.router.weight": "m.layers.0.mlp.gate.weight",
            "layers.0.moe.experts.11.up.weight": "m.layers.0.mlp.experts.11.up_proj.weight",
            "layers.0.moe.experts.gate_up.weight": "m.layers.0.mlp.experts.gate_up_proj",
        ]
        for (ours, theirs) in places { #expect(names(ours) == TensorPlace(theirs)) }
        let mixtral = try configuration("mixtral").names(visual: 0..<1)
        #expect(
            mixtral("layers.3.moe.experts.2.down.weight").name
                == "model.layers.3.block_sparse_moe.experts.2.w2.weight")
        #expect(mixtral("layers.3.moe.router.weight").name == "model.layers.3.block_sparse_moe.gate.weight")
    }

    @Test func layoutsOfJanus() {
        let names = LanguageModelConfiguration.janusNames(.original)
        let places = [
            "visual_embedding.weight": "gen_embed.weight", "visual_projector.0.bias": "gen_aligner.layers.0.bias",
            "visual_projector.1.weight": "gen_aligner.layers.2.weight",
            "head.projector.weight": "gen_head.output_mlp_projector.weight", "head.bias": "gen_head.vision_head.bias",
            "text_embedding.weight": "language_model.model.embed_tokens.weight",
            "layers.7.attention.output.weight": "language_model.model.layers.7.self_attn.o_proj.weight",
            "norm.weight": "language_model.model.norm.weight",
        ]
        for (ours, theirs) in places { #expect(names(ours) == TensorPlace(theirs)) }
    }

    @Test func refusedShapes() {
        let shapes = [
            "tok_embeddings.weight": [48, 60], "layers.0.attention.wqkv.weight": [180, 60],
            "layers.0.feed_forward.w2.weight": [60, 64], "cls_embedding.embedding_table.weight": [11, 60],
        ]
        func problem(heads: Int, _ changes: [String: [Int]] = [:]) -> String {
            do {
                _ = try LanguageModelConfiguration.llamaGen(
                    shape: { (changes[$0] ?? shapes[$0]).flatMap { $0.isEmpty ? nil : $0 } }, heads: heads)
                return ""
            } catch { return "\(error)" }
        }
        #expect(problem(heads: 3) == "")
        #expect(problem(heads: 7) == "7 heads do not divide the 60 columns of \"tok_embeddings.weight\"")
        #expect(problem(heads: 0) == "0 heads do not divide the 60 columns of \"tok_embeddings.weight\"")
        #expect(problem(heads: 6) == "transformer.head_dim: 10 is not a multiple of 4, which rotation on a grid needs")
        #expect(
            problem(heads: 3, ["layers.0.attention.wqkv.weight": [170, 60]])
                == "tensor \"layers.0.attention.wqkv.weight\" has 170 rows, which do not fit 3 heads")
        #expect(
            problem(heads: 3, ["layers.0.feed_forward.w2.weight": []])
                == "tensor \"layers.0.feed_forward.w2.weight\" is missing")
        #expect(
            problem(heads: 3, ["tok_embeddings.weight": [48]])
                == "tensor \"tok_embeddings.weight\" has the shape [48], which is no matrix")
    }
}
