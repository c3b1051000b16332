// Shapes have the sizes of the published models, and their lists of tensors are those that networks take.

import Testing
import WeftTensor

@testable import WeftModel

@Suite struct ModelShapeTests {
    /// Weights of the transformers in millions: LlamaGen's are those of its paper; Janus-Pro has no text head, and Emu3 one of
    /// the visual tokens only, beside their table.
    @Test(arguments: [
        ("llamagen-b", 111), ("llamagen-l", 343), ("llamagen-xl", 775), ("llamagen-xxl", 1411), ("llamagen-3b", 3097),
        ("janus-pro-1b", 1485), ("janus-pro-7b", 6592), ("emu3", 8004),
    ])
    func countsOfWeights(name: String, millions: Int) throws {
        let shape = try #require(try ModelShape.published(name))
        let bytes = shape.transformer.tensors(.float32).reduce(0) { $0 + $1.byteCount }
        #expect((bytes + 2_000_000) / 4_000_000 == millions)
        #expect(shape.name == name)
    }

    @Test func namesAreKnown() throws {
        for name in ModelShape.publishedNames { #expect(try ModelShape.published(name) != nil) }
        #expect(try ModelShape.published("llamagen") == nil)
    }

    /// All ways that tensors of a decoder depend on its configuration.
    @Test(arguments: [
        (DecoderConfiguration.QueryKeyNorm.none, 0, nil, false, true), (.rms, 40, nil, false, false),
        (.layer, 40, 4, true, false),
    ])
    func decodersTakeAllTensorsOfTheirLists(
        norm: DecoderConfiguration.QueryKeyNorm, text: Int, codes: Int?, head: Bool, tied: Bool
    ) throws {
        let configuration = try DecoderConfiguration(
            hiddenSize: 16, layers: 2, heads: 4, kvHeads: 2, headDim: 8, rmsNormEpsilon: 1e-6, qkNorm: norm,
            attentionBias: norm == .rms, attentionOutputBias: norm == .layer,
            rope: .init(kind: .sequence, theta: 100, pairs: .half, prefix: .sequential),
            feedForward: .init(activation: .silu, hiddenSize: 24, bias: norm == .layer),
            moe: norm == .none
                ? nil
                : .init(
                    layers: [1], experts: 3, topK: 2, hiddenSize: 8, router: .sigmoid, renormalize: true,
                    sharedExperts: 1, sharedHiddenSize: 12, selectionBias: norm == .rms),
            textVocabulary: text, visualVocabulary: 32, tieVisualEmbeddings: tied, visualCodeSize: codes,
            headProjector: head)
        let pool = ThreadPool(threadCount: 1)
        let reader = TensorReader([RandomTensors("tiny", configuration.tensors(.bfloat16), pool: pool)])
        let decoder = try Decoder(configuration, tensors: reader)
        try reader.finish()
        let state = decoder.makeState(rows: 1, prefixCapacity: 3, fedCapacity: 4, pool: pool)
        let prefix =
            text == 0
            ? Prefix(row: 0, embeddings: (0..<48).map { Float($0 % 5) - 2 }, columns: 4)
            : Prefix(row: 0, tokens: [1, 2, 3], columns: 4)
        try state.prefill([prefix])
        try state.step(rows: [0], tokens: [.visual(1)])
        #expect(Set(state.logits(0)).count > 16)
        #expect(state.logits(0).allSatisfy { $0.isFinite })
    }

    @Test(arguments: ["llamagen-b", "emu3"])
    func imageTokenizersTakeAllTensorsOfTheirLists(name: String) throws {
        let shape = try #require(try ModelShape.published(name))
        let pool = ThreadPool()
        let checkpoint = shape.checkpoint(weights: .bfloat16, pool: pool)
        let tokenizer = try #require(try checkpoint.makeImageTokenizer())
        let workspace = try ImageTokenizer.Workspace(tokenizer.configuration, rows: 1, columns: 2)
        let pixels = try tokenizer.decode(tokens: [5, 6], rows: 1, columns: 2, workspace: workspace, pool: pool)
        #expect(pixels.allSatisfy { $0.isFinite })
        #expect(Set(pixels).count > 100)
    }

    @Test func stepsBeginAgainAfterThePrefix() throws {
        let decoder = try RandomDecoder.make(RandomDecoder.configuration())
        let state = decoder.makeState(rows: 2, prefixCapacity: 4, fedCapacity: 3, pool: ThreadPool(threadCount: 2))
        try state.prefill((0..<2).map { Prefix(row: $0, tokens: [1, 2, 3 + $0], columns: 3) })
        func steps(_ tokens: [Int]) throws -> [[UInt32]] {
            state.restart()
            for token in tokens { try state.step(rows: [0, 1], tokens: [.visual(token), .visual(token + 1)]) }
            return (0..<2).map { state.bits($0) }
        }
        let first = try steps([7, 9])
        #expect(try steps([100, 200, 4]) != first)
        #expect(try steps([7, 9]) == first)
        #expect(state.visualCount(1) == 2)
    }

    @Test func aStepReadsTheExpertsThatItAsksFor() throws {
        let decoder = try RandomDecoder.make(RandomDecoder.configuration())
        let none = decoder.weightBytes(loads: [[], [0, 0, 0, 0, 0, 0]])
        let two = decoder.weightBytes(loads: [[], [0, 1, 0, 5, 0, 0]])
        #expect(two - none == 2 * 3 * 128 * 64 * 4)
        // Two attentions, a dense layer, a router, what is shared, the head; outputs are filled up to panels of 16.
        let attention = 128 * (8 * 20 * 2 + 2 * 48)
        #expect(none == 4 * (2 * attention + 128 * (2 * 208 + 200) + 16 * 128 + 3 * 128 * 48 + 304 * 128))
    }
}
