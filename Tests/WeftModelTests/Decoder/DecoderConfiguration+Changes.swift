// Copies of configurations with one value changed.

import Foundation
import Testing
import WeftModel
import WeftTensor

extension DecoderConfiguration {
    func with(moe: MixtureOfExperts) throws -> DecoderConfiguration {
        try DecoderConfiguration(
            hiddenSize: hiddenSize, layers: layers, heads: heads, kvHeads: kvHeads, headDim: headDim,
            rmsNormEpsilon: rmsNormEpsilon, normOffset: normOffset, normPlacement: normPlacement, qkNorm: qkNorm,
            attentionBias: attentionBias, attentionOutputBias: attentionOutputBias, rope: rope,
            feedForward: feedForward, moe: moe, textVocabulary: textVocabulary, visualVocabulary: visualVocabulary,
            tieVisualEmbeddings: tieVisualEmbeddings, embeddingScale: embeddingScale, visualCodeSize: visualCodeSize,
            headProjector: headProjector)
    }
}

extension DecoderConfiguration.MixtureOfExperts {
    func with(
        topK: Int? = nil, router: Router? = nil, renormalize: Bool? = nil, scaling: Float? = nil
    ) -> DecoderConfiguration.MixtureOfExperts {
        .init(
            layers: layers, experts: experts, topK: topK ?? self.topK, hiddenSize: hiddenSize,
            router: router ?? self.router, renormalize: renormalize ?? self.renormalize, sharedExperts: sharedExperts,
            sharedHiddenSize: sharedHiddenSize, selectionBias: selectionBias, scaling: scaling ?? self.scaling)
    }
}

extension DecoderFixture {
    /// The fixture's weights under another configuration.
    func decoder(_ configuration: DecoderConfiguration) throws -> WeftModel.Decoder {
        let path = try #require(
            Bundle.module.url(forResource: "decoder_\(name)", withExtension: "safetensors", subdirectory: "Fixtures"))
        return try WeftModel.Decoder(configuration, tensors: TensorReader([try SafeTensors(path: path.path)]))
    }
}
