// The memory of a generation: planned, taken once, and not taken again.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct DecoderPlanTests {
    @Test func countsKeysAndValues() throws {
        let configuration = try RandomDecoder.configuration()
        let plan = DecoderPlan(configuration, rows: 3, prefixCapacity: 20, fedCapacity: 44)
        // 2 layers, 3 rows, 2 key heads, 64 positions, a key of 20 floats and a value of 20 in a place of 32.
        #expect(plan.keyValueBytes == 2 * 3 * 2 * 64 * (20 + 32) * 4)
        let wide = DecoderPlan(configuration, rows: 6, prefixCapacity: 20, fedCapacity: 44)
        #expect(wide.keyValueBytes == 2 * plan.keyValueBytes)
        #expect(wide.bufferBytes > plan.bufferBytes)
        let bytes = KeyValueFormat.allCases.map {
            DecoderPlan(configuration, rows: 3, prefixCapacity: 20, fedCapacity: 44, cache: $0).keyValueBytes
        }
        #expect(bytes == [plan.keyValueBytes, plan.keyValueBytes / 2, 2 * 3 * 2 * 64 * (20 + 32 + 8)])
    }

    /// 33 tokens at most, or 66 copies of them for experts, of the 200 inputs of a feed-forward layer's last product:
    /// 2 groups of 128 bytes, a scale and 4 sums, rounded up to 64 bytes.
    @Test func quantisedActivationsAreCounted() throws {
        let configuration = try RandomDecoder.configuration()
        func bytes(_ isQuantised: Bool) -> Int {
            DecoderPlan(
                configuration, rows: 33, prefixCapacity: 1, fedCapacity: 0, isQuantised: isQuantised
            ).bufferBytes
        }
        #expect(bytes(true) - bytes(false) == 66 * 320)
    }

    @Test func layersAreCounted() throws {
        func weights(_ c: DecoderConfiguration) -> Int {
            DecoderPlan(c, rows: 1, prefixCapacity: 1, fedCapacity: 0).layerWeights
        }
        // Attention: 8 + 8 query and output heads, 2 + 2 key and value heads.
        let attention = 128 * 20 * (8 + 2) * 2
        #expect(weights(try RandomDecoder.configuration()) == attention + 3 * 128 * (6 * 64 + 48))
        #expect(weights(try RandomDecoder.configuration(expertWidth: 2)) == attention + 3 * 128 * 200)
    }

    @Test func passesAreAsManyAsTokensAllow() throws {
        let configuration = try RandomDecoder.configuration()
        for (rows, passes) in [(1, 1), (7, 1), (8, 2), (256, 64), (4096, 64)] {
            #expect(DecoderPlan(configuration, rows: rows, prefixCapacity: 1, fedCapacity: 0).sidePasses == passes)
        }
    }

    @Test func hugePlansDoNotOverflow() throws {
        let size = 1 << 24
        let configuration = try DecoderConfiguration(
            hiddenSize: size, layers: 1 << 14, heads: 1 << 14, kvHeads: 1 << 14, headDim: 1 << 14, rmsNormEpsilon: 1e-6,
            qkNorm: .none, attentionBias: false, rope: .init(kind: .grid, theta: 1, pairs: .half, prefix: .zeroed),
            feedForward: .init(activation: .gelu, hiddenSize: size), textVocabulary: size, visualVocabulary: size)
        let plan = DecoderPlan(configuration, rows: 1 << 20, prefixCapacity: 1 << 20, fedCapacity: 1 << 20)
        #expect(plan.keyValueBytes == .max && plan.bufferBytes > 1 << 50)
        #expect(plan.layerWeights > DecoderPlan.smallLayer)
    }

    #if os(Linux) && arch(x86_64)
        @Test(arguments: [nil, WeightFormat.quantised(.q8)], [(1, 8), (1, 33), (2, 8), (2, 33)])
        func stepsTakeNoMemory(_ format: WeightFormat?, sizes: (threads: Int, rows: Int)) throws {
            let (threads, rows) = sizes
            let decoder = try RandomDecoder.make(RandomDecoder.configuration(), format: format)
            let state = decoder.makeState(
                rows: rows, prefixCapacity: 20, fedCapacity: 300 * 21, pool: ThreadPool(threadCount: threads))
            try state.prefill((0..<rows).map { Prefix(row: $0, tokens: [1, 2, $0], columns: 100) })
            try expectNoGrowth(state, rows: Array(0..<rows), tokens: (30..<30 + rows).map(FedToken.visual))
        }

        /// Projectors, norms after attention, layer norms of heads, experts in tensors of their own, text tokens.
        @Test(arguments: ["janus", "chameleon_swin", "qwen3_moe"])
        func stepsOfLanguageModelsTakeNoMemory(name: String) throws {
            let fixture = try #require(LanguageModelFixture.all.first { $0.name == name })
            let state = try fixture.decoder().makeState(
                rows: 2, prefixCapacity: 4, fedCapacity: 2 * 300 * 21, tokensPerStep: 2,
                pool: ThreadPool(threadCount: 2))
            try state.prefill((0..<2).map { Prefix(row: $0, tokens: [1, 2, $0], columns: 1) })
            try expectNoGrowth(state, rows: [0, 0, 1, 1], tokens: [.visual(3), .text(7), .visual(4), .text(7)])
        }

        private func expectNoGrowth(_ state: DecoderState, rows: [Int], tokens: [FedToken]) throws {
            let inUse = try #require(bytesInUse)
            try state.step(rows: rows, tokens: tokens)
            // Tests that run at the same time take and give back memory, so one interval without growth is what counts.
            var changes: [Int] = []
            while changes.last != 0, changes.count < 1500 {
                changes.append(0)
                let before = inUse()
                for _ in 0..<4 { try state.step(rows: rows, tokens: tokens) }
                changes[changes.count - 1] = inUse() - before
            }
            #expect(changes.contains { $0 <= 0 }, "\(changes)")
        }

        /// Bytes that the allocator has handed out, by glibc's `mallinfo2`, which the Glibc module does not show.
        private var bytesInUse: (() -> Int)? {
            guard let symbol = dlsym(nil, "mallinfo2") else { return nil }
            // On x86-64 a large result is written to memory whose address comes as a hidden first argument.
            typealias Function = @convention(c) (UnsafeMutablePointer<Int>) -> Void
            let function = unsafeBitCast(symbol, to: Function.self)
            return {
                withUnsafeTemporaryAllocation(of: Int.self, capacity: 10) { fields in
                    guard let address = fields.baseAddress else { return 0 }
                    function(address)
                    return address[4] + address[7]  // hblkhd, uordblks
                }
            }
        }
    #endif
}
