// What a language model's configuration means where it is silent.

extension LanguageModelConfiguration {
    /// The values of absent keys: those of the configuration classes of transformers 5.23.
    struct Defaults {
        var vocabularySize = 32000
        var hiddenSize = 4096
        var feedForwardSize = 11008
        var layers = 32
        var heads = 32
        /// As many as `heads` if nil.
        var kvHeads: Int?
        /// The hidden size shared by the heads if nil.
        var headDim: Int?
        var epsilon: Float = 1e-6
        var positions = 32768
        var theta = 1e4
        var slidingWindow: Int?
        var bos: Int?
        var eos: [Int] = []
        var pad: Int?

        init(_ type: ModelType) {
            switch type {
            case .llama:
                positions = 2048
                (bos, eos) = (1, [2])
            case .mistral, .mixtral:
                (feedForwardSize, kvHeads, positions) = (14336, 8, 131_072)
                (bos, eos) = (1, [2])
                if type == .mistral { slidingWindow = 4096 } else { (epsilon, theta) = (1e-5, 1e6) }
            case .qwen2, .qwen3:
                (vocabularySize, feedForwardSize, kvHeads, slidingWindow) = (151_936, 22016, 32, 4096)
                if type == .qwen3 { headDim = 128 }
            case .qwen3MoE:
                (vocabularySize, hiddenSize, feedForwardSize) = (151_936, 2048, 6144)
                (layers, kvHeads, slidingWindow) = (24, 4, 4096)
            case .gemma:
                (vocabularySize, hiddenSize, feedForwardSize) = (256_000, 3072, 24576)
                (layers, heads, kvHeads, headDim, positions) = (28, 16, 16, 256, 8192)
                (bos, eos, pad) = (2, [1], 0)
            case .chameleon:
                (vocabularySize, kvHeads, epsilon, positions) = (65536, 32, 1e-5, 4096)
                (bos, eos) = (1, [2])
            case .emu3Text, .emu3:
                (vocabularySize, feedForwardSize, kvHeads) = (184_622, 14336, 8)
                (epsilon, positions, theta) = (1e-5, 9216, 1e6)
                (bos, eos, pad) = (151_849, [151_850], 151_643)
            }
        }
    }
}
