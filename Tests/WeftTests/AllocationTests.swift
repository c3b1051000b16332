// A decode step takes no memory: every call of malloc and its kin is counted.

#if os(Linux) && canImport(CAllocations)
    import CAllocations
    import Foundation
    import Synchronization
    import Testing
    import WeftModel
    import WeftSampling
    import WeftTensor

    @testable import Weft

    @Suite struct AllocationTests {
        /// One of each kind of picture, or six, which are enough rows for each thread to take some through all layers.
        @Test(arguments: ["F32", "BF16", "q8", "q4", "embedded"].flatMap { [($0, 1, 1), ($0, 2, 1), ($0, 2, 6)] })
        func stepsAllocateNothing(kind: String, threads: Int, copies: Int) async {
            // In a process of its own, where no other test takes memory at the same time.
            await #expect(processExitsWith: .success) { [kind, threads, copies] in
                let tiny = try TinyModel(dtype: kind == "BF16" ? "BF16" : "F32")
                let model = try Model(
                    at: kind == "embedded" ? nil : tiny.folder, weights: WeightType(rawValue: kind))
                let width = try model.size(quality: kind == "embedded" ? nil : .high).width
                var filtered = try model.request(width: width, guidance: 1)
                filtered.sampling = SamplingSettings(temperature: 1.1, topK: 20, topP: 0.9, minP: 0.01)
                var greedy = try model.request(width: width)
                greedy.sampling.temperature = 0
                let kinds = [try model.request(width: width), filtered, greedy]
                let requests = (0..<copies).flatMap { _ in kinds }
                let pool = ThreadPool(threadCount: threads)
                let arrived = Atomic<Int>(0)
                // A thread takes memory when it starts, so all of them have to be there.
                pool.run(threads) { _ in
                    arrived.wrappingAdd(1, ordering: .relaxed)
                    while arrived.load(ordering: .relaxed) < threads { sched_yield() }
                }
                let batch = GenerationBatch(
                    try model.decoder, rowEnd: model.checkpoint.rowEnd,
                    capacity: .init(places: requests.count, isGuided: true, prefix: 64, fed: 64),
                    options: DrawingOptions(),
                    pool: pool)
                for (index, request) in requests.enumerated() {
                    let prefixes = try model.description.prefixes(for: request, pool: pool)
                    try batch.add(PreparedPicture(index: index, request: request, prefixes: prefixes))
                }
                _ = try batch.readPrompts()
                for _ in 0..<4 { try batch.step() }
                let before = allocation_count()
                for _ in 0..<40 {
                    try batch.step()
                    if !batch.takeFinished().isEmpty { break }
                }
                let taken = allocation_count() - before
                #expect(batch.pictures.allSatisfy { $0.tokens.count == 44 } && batch.pictures.count == 3 * copies)
                #expect(taken == 0, "\(taken) allocations in 40 steps")
            }
        }

        @Test func allocationsAreCounted() {
            let before = allocation_count()
            let array = Array(0..<Int.random(in: 100...200))
            let after = allocation_count()
            #expect(after > before, "\(array.count) numbers take memory")
        }
    }
#endif
