// The sizes of published models.

import WeftTensor

extension ModelShape {
    /// The names of ``published(_:)``, smallest model first of each family.
    package static let publishedNames = [
        "llamagen-b", "llamagen-l", "llamagen-xl", "llamagen-xxl", "llamagen-3b", "janus-pro-1b", "janus-pro-7b",
        "emu3",
    ]

    /// The shape of a published model; nil for a name that is not one of ``publishedNames``.
    ///
    /// Sources: arXiv:2406.06525 and FoundationVision/LlamaGen, deepseek-ai/Janus, baaivision/Emu3.
    package static func published(_ name: String) throws -> ModelShape? {
        switch name {
        case "llamagen-b": try llamaGen(name, layers: 12, heads: 12, width: 768, hidden: 2048)
        case "llamagen-l": try llamaGen(name, layers: 24, heads: 16, width: 1024, hidden: 2816)
        case "llamagen-xl": try llamaGen(name, layers: 36, heads: 20, width: 1280, hidden: 3584)
        case "llamagen-xxl": try llamaGen(name, layers: 48, heads: 24, width: 1536, hidden: 4096)
        case "llamagen-3b": try llamaGen(name, layers: 24, heads: 32, width: 3200, hidden: 8704)
        case "janus-pro-1b": try janus(name, layers: 24, heads: 16, width: 2048, hidden: 5632)
        case "janus-pro-7b": try janus(name, layers: 30, heads: 32, width: 4096, hidden: 11008)
        case "emu3": try emu3(name)
        default: nil
        }
    }

    private static func llamaGen(
        _ name: String, layers: Int, heads: Int, width: Int, hidden: Int
    ) throws -> ModelShape {
        let transformer = try DecoderConfiguration(
            hiddenSize: width, layers: layers, heads: heads, kvHeads: heads, headDim: width / heads,
            rmsNormEpsilon: 1e-5, rope: .init(kind: .grid, theta: 1e4, pairs: .interleaved, prefix: .zeroed),
            feedForward: .init(activation: .silu, hiddenSize: hidden), textVocabulary: 1001, visualVocabulary: 16384)
        return ModelShape(
            name, transformer: transformer, imageTokenizer: vq16,
            grids: [24, 16].map { PictureGrid(rows: $0, columns: $0, scale: 16) },
            sampling: SamplingDefaults(guidanceScale: 4))
    }

    private static func janus(_ name: String, layers: Int, heads: Int, width: Int, hidden: Int) throws -> ModelShape {
        let transformer = try DecoderConfiguration(
            hiddenSize: width, layers: layers, heads: heads, kvHeads: heads, headDim: width / heads,
            rmsNormEpsilon: 1e-6, rope: .init(kind: .sequence, theta: 1e4, pairs: .half, prefix: .sequential),
            feedForward: .init(activation: .silu, hiddenSize: hidden), textVocabulary: 102400,
            visualVocabulary: 16384, visualCodeSize: 8, headProjector: true)
        return ModelShape(
            name, transformer: transformer, imageTokenizer: vq16,
            grids: [PictureGrid(rows: 24, columns: 24, scale: 16)], sampling: SamplingDefaults(guidanceScale: 5))
    }

    private static func emu3(_ name: String) throws -> ModelShape {
        let transformer = try DecoderConfiguration(
            hiddenSize: 4096, layers: 32, heads: 32, kvHeads: 8, headDim: 128, rmsNormEpsilon: 1e-5,
            rope: .init(kind: .sequence, theta: 1e6, pairs: .half, prefix: .sequential),
            feedForward: .init(activation: .silu, hiddenSize: 14336), textVocabulary: 184622, visualVocabulary: 32768)
        let imageTokenizer = ImageTokenizerConfiguration(
            codebookSize: 32768, codebookDim: 4, quantizer: .init(kind: .plain), latentChannels: 4, norm: .spatial,
            normGroups: 32, normEpsilon: 1e-6, temporal: .init(residualBlocks: 2, convolutions: 2), encoder: nil,
            decoder: levels([256, 512, 512, 1024]))
        return ModelShape(
            name, transformer: transformer, imageTokenizer: imageTokenizer,
            grids: [PictureGrid(rows: 90, columns: 90, scale: 8)], rowEnd: Emu3.Token.endLine,
            sampling: SamplingDefaults(guidanceScale: 3))
    }

    /// LlamaGen's image tokenizer of 16 x 16 pixels a token, which Janus has too.
    private static let vq16 = ImageTokenizerConfiguration(
        codebookSize: 16384, codebookDim: 8, quantizer: .init(kind: .l2), latentChannels: 256, norm: .group,
        normGroups: 32, normEpsilon: 1e-6, encoder: nil, decoder: levels([128, 128, 256, 256, 512]))

    /// VQGAN's decoder: three residual blocks a level, attention at the lowest resolution only.
    private static func levels(_ channels: [Int]) -> ImageTokenizerConfiguration.Stack {
        ImageTokenizerConfiguration.Stack(
            channels: channels, residualBlocks: channels.map { _ in 3 },
            attention: channels.indices.map { $0 == channels.count - 1 }, middle: true, middleAttention: true)
    }
}
