// Where the decoder of Janus stands in its two layouts.

package import WeftTensor

extension LanguageModelConfiguration {
    /// Where the files of Janus come from.
    package enum JanusLayout: Sendable, CaseIterable {
        /// The authors' `pytorch_model.bin`.
        case original
        /// transformers' port.
        case transformers
    }

    /// Where the tensors of ``projectedDecoder(codes:codeSize:)`` stand.
    package static func janusNames(_ layout: JanusLayout) -> TensorNames {
        let isOriginal = layout == .original
        let prefix = isOriginal ? "language_model.model." : "model.language_model."
        let parts =
            isOriginal
            ? [
                ("visual_embedding.", "gen_embed."), ("visual_projector.0.", "gen_aligner.layers.0."),
                ("visual_projector.1.", "gen_aligner.layers.2."),
                ("head.projector.", "gen_head.output_mlp_projector."), ("head.", "gen_head.vision_head."),
            ]
            : [
                ("visual_embedding.", "model.generation_embeddings."),
                ("visual_projector.0.", "model.generation_aligner.fc1."),
                ("visual_projector.1.", "model.generation_aligner.hidden_layers.0."),
                ("head.projector.", "model.generation_head.proj_out."),
                ("head.", "model.generation_head.vision_head."),
            ]
        return TensorNames { name in
            for (ours, theirs) in parts where name.hasPrefix(ours) {
                return TensorPlace(theirs + name.dropFirst(ours.count))
            }
            return TensorPlace(prefix + hubName(name, .llama))
        }
    }
}
