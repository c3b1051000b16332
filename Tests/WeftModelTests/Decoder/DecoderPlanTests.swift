// The memory of a generation: planned, taken once, and not taken again.

import Foundation
import Testing
import WeftModel
import WeftTensor

@Suite struct DecoderPlanTests {
    @Test func countsKeysAndValues() throws {
        let configuration = try RandomDecoder.configuration()
        let plan = DecoderPlan(configuration, rows: 3, prefixCapacity: 20, visualCapacity: 44)
        // 2 layers, 3 rows, 2 key heads, 64 positions, a key of 20 floats and a value of 20 in a place of 32.
        #expect(plan.keyValueBytes == 2 * 3 * 2 * 64 * (20 + 32) * 4)
        let wide = DecoderPlan(configuration, rows: 6, prefixCapacity: 20, visualCapacity: 44)
        #expect(wide.keyValueBytes == 2 * plan.keyValueBytes)
        #expect(wide.bufferBytes > plan.bufferBytes)
    }

    @Test func hugePlansDoNotOverflow() throws {
        let size = 1 << 24
        let configuration = try DecoderConfiguration(
            hiddenSize: size, layers: 1 << 14, heads: 1 << 14, kvHeads: 1 << 14, headDim: 1 << 14, rmsNormEpsilon: 1e-6,
            qkNorm: false, attentionBias: false, rope: .init(kind: .grid, theta: 1, pairs: .half, prefix: .zeroed),
            feedForward: .init(activation: .gelu, hiddenSize: size), textVocabulary: size, visualVocabulary: size)
        let plan = DecoderPlan(configuration, rows: 1 << 20, prefixCapacity: 1 << 20, visualCapacity: 1 << 20)
        #expect(plan.keyValueBytes == .max && plan.bufferBytes > 1 << 50)
    }

    #if os(Linux) && arch(x86_64)
        @Test(arguments: [1, 2])
        func stepsTakeNoMemory(threads: Int) throws {
            let inUse = try #require(bytesInUse)
            let decoder = try RandomDecoder.make(RandomDecoder.configuration())
            let pool = ThreadPool(threadCount: threads)
            let state = decoder.makeState(rows: 8, prefixCapacity: 20, visualCapacity: 300 * 21, pool: pool)
            try state.prefill((0..<8).map { Prefix(row: $0, tokens: [1, 2, $0], columns: 100) })
            let (rows, tokens) = (Array(0..<8), Array(30..<38))
            try state.step(rows: rows, tokens: tokens)
            // Tests that run at the same time take and give back memory, so one interval without growth is what counts.
            var changes: [Int] = []
            while changes.last != 0, changes.count < 300 {
                changes.append(0)
                let before = inUse()
                for _ in 0..<20 { try state.step(rows: rows, tokens: tokens) }
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
